import { describe, expect, it } from "vitest";
import { forEachLanguage, installSamples } from "./support/install.ts";
import { AGENTS, captured, onWire, type Payload } from "./support/payloads.ts";
import { fakeNotifier, forAll, read, runHook } from "./support/run.ts";

/** What the captured sessions say about the tools that have run: what an agent does not say is "-". */
const SUMMARIES: Readonly<Record<string, readonly string[]>> = {
  codex: Array<string>(4).fill("tool=Bash status=- success=- duration_ms=- output_bytes=-"),
  "claude-code": [
    "tool=Bash status=- success=- duration_ms=83 output_bytes=-",
    "tool=Write status=- success=- duration_ms=6 output_bytes=-",
    "tool=Read status=- success=- duration_ms=1 output_bytes=-",
    "tool=Edit status=- success=- duration_ms=4 output_bytes=-",
    "tool=Bash status=- success=- duration_ms=66 output_bytes=-",
    "tool=Bash status=- success=false duration_ms=19 output_bytes=-",
  ],
  gemini: [
    "tool=run_shell_command status=- success=- duration_ms=- output_bytes=-",
    "tool=write_file status=- success=- duration_ms=- output_bytes=-",
    "tool=read_file status=- success=- duration_ms=- output_bytes=-",
    "tool=replace status=- success=- duration_ms=- output_bytes=-",
    "tool=run_shell_command status=- success=- duration_ms=- output_bytes=-",
  ],
};

const SPELLINGS: readonly (readonly [name: string, spell: (payload: Payload) => Payload])[] = [
  ["as the agent sent it", (payload) => payload],
  ["on the xcodex wire", (payload) => onWire(payload, "xcodex")],
];

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
        const lines = (SUMMARIES[agent] ?? []).map(
          (facts) => `type=tool-call-finished ${facts} cwd=/home/dev/project\n`,
        );
        expect(read(home, "hooks-tool-calls.log")).toBe(lines.join(""));
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
