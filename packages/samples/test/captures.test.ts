import { describe, expect, it } from "vitest";
import { forEachLanguage, installSamples } from "./support/install.ts";
import { AGENTS, captured, SPELLINGS, SUMMARIES } from "./support/payloads.ts";
import { fakeNotifier, forAll, read, runHook } from "./support/run.ts";

describe.each(AGENTS)("a session of %s", (agent) => {
  describe.each(SPELLINGS)("%s", (_, spell) => {
    const payloads = captured(agent).map(spell);
    const inputs = payloads.map((payload) => JSON.stringify(payload));

    forEachLanguage((language) => {
      const silent = { code: 0, stdout: "", stderr: "" };

      it("is logged whole, byte for byte", async () => {
        const home = installSamples();
        for (const ran of await forAll(inputs, (input) => runHook(language, "log_all_jsonl", input, { home }))) {
          expect(ran).toEqual(silent);
        }
        const logged = read(home, "hooks.jsonl").split("\n");
        expect(logged.pop()).toBe("");
        expect(logged.sort()).toEqual([...inputs].sort());
      });

      it("is summed up, one line per tool that has run", async () => {
        const home = installSamples();
        for (const input of inputs) {
          expect(await runHook(language, "tool_call_summary", input, { home })).toEqual(silent);
        }
        expect(read(home, "hooks-tool-calls.log")).toBe(SUMMARIES[agent]);
      });

      it("asks for nothing, so nobody is told", async () => {
        const home = installSamples();
        const notifier = fakeNotifier("notify-send");
        const env = { XCODEX_NOTIFY_BIN: notifier.path };
        for (const ran of await forAll(inputs, (input) => runHook(language, "approval_notify", input, { home, env }))) {
          expect(ran).toEqual(silent);
        }
        expect(notifier.calls()).toEqual([]);
      });

      it("has nothing in it that the guard blocks", async () => {
        const home = installSamples();
        for (const ran of await forAll(inputs, (input) => runHook(language, "guard_rm_rf", input, { home }))) {
          expect(ran).toEqual(silent);
        }
      });
    });
  });
});
