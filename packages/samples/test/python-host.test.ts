import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectEvent } from "../../../test/conformance/compare.ts";
import { runAsHook } from "../../../test/conformance/driver.ts";
import { hostInput, hosts } from "../../../test/conformance/suite.ts";
import { hostCommand, hostHome, hostLines, LINE_TYPES, REPLIES, runHookInHost, runHost } from "./support/host.ts";
import { PYTHON, SAMPLES, SETS } from "./support/install.ts";
import { AGENTS, captured, SPELLINGS, SUMMARIES, toolCall } from "./support/payloads.ts";
import { read } from "./support/run.ts";

/** The command of the snippet, started with the interpreter that the tests found. */
function snippetCommand(): readonly string[] {
  const [, argv = ""] = /^command = (\[.*\])$/m.exec(SETS["python-host"].snippet) ?? [];
  const [program, ...rest] = JSON.parse(argv) as string[];
  expect(program).toBe("python3");
  return [PYTHON.program, ...rest];
}

describe.skipIf(!PYTHON.there)("the example", () => {
  describe.each(AGENTS)("on a session of %s", (agent) => {
    describe.each(SPELLINGS)("%s", (_, spell) => {
      it.each(LINE_TYPES)("sums up every tool that has run, in lines of the type %s", async (type) => {
        const home = hostHome();
        const ran = await runHost(home, snippetCommand(), hostLines(captured(agent).map(spell), type));
        expect(ran).toMatchObject({ code: 0, stdout: "", stderr: "" });
        expect(read(home, "hooks-host-tool-calls.log")).toBe(SUMMARIES[agent]);
        expect(statSync(join(home, "hooks-host-tool-calls.log")).mode & 0o777).toBe(0o600);
      });
    });
  });
});

describe.skipIf(!PYTHON.there)("the host on the vectors", () => {
  // `run` decides what its input is; what a host makes of lines is the same.
  const applying = hosts.filter(({ name, vector }) => vector.start === "serve" || name.includes("run-host"));

  it("has most of them", () => expect(applying.length).toBeGreaterThan(25));

  it.each(applying)(
    "$name",
    async ({ vector }) => {
      const home = hostHome();
      copyFileSync(join(SAMPLES, "test", "support", "conformance_hook.py"), join(home, "conformance_hook.py"));
      const command = [PYTHON.program, "-u", join(home, "hooks", "host", "python", "host.py")];
      // The driver's argument, which says how to start it, is the hook here.
      const ran = await runAsHook(command, join(home, "conformance_hook.py"), hostInput(vector), {
        ...vector,
        env: { CODEX_HOME: home },
      });
      const { exit_code, events, dropped, replies, stderr_includes } = vector.expect;
      expect(ran.code, ran.stderr).toBe(exit_code);
      expect(ran.events.length, ran.stderr).toBe(events.length);
      for (const [at, event] of events.entries()) expectEvent(ran.events[at], event);
      expect(ran.dropped).toEqual(dropped);
      const lines = ran.stdout.split("\n").filter(Boolean);
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(replies);
      for (const text of stderr_includes) expect(ran.stderr).toContain(text);
    },
    60_000,
  );
});

describe.skipIf(!PYTHON.there)("what the README says about it", () => {
  const section =
    readFileSync(join(SAMPLES, "README.md"), "utf8").split("\n## python-host\n")[1]?.split("\n## ")[0] ?? "";

  it("is the snippet", () => expect(section).toContain(SETS["python-host"].snippet));

  it("is a hook that blocks", async () => {
    const [, code = ""] = /```py\n([\s\S]*?)```/.exec(section) ?? [];
    const asked = ["WebFetch", "Bash"].map((tool_name) => toolCall({}, { tool_name }));
    const ran = await runHookInHost(code, hostLines(asked), REPLIES);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toBe('{"seq":1,"decision":"block","reason":"No web today."}\n{"seq":2}\n');
  });

  it("is what it says of a file that cannot be loaded", async () => {
    const home = hostHome({ "broken.py": "x = 1\ndef on_event(event)\n    pass\n" });
    const ran = await runHost(home, hostCommand(["hooks/broken.py"]), "");
    expect(ran.code).toBe(2);
    // The words of Python differ by its version.
    const said = (text: string) => text.replace(/SyntaxError: .* at /, "SyntaxError: … at ");
    const [, sentence = ""] = /^(hook_not_loaded: .*)$/m.exec(ran.stderr) ?? [];
    expect(said(section)).toContain(said(sentence.replace(home, "/home/dev/.codex")));
  });
});
