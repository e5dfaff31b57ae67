import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostCommand, hostHome, hostLines, LINE_TYPES, runHost } from "./support/host.ts";
import { installSamples, PYTHON, SAMPLES, SETS } from "./support/install.ts";
import { AGENTS, captured, SPELLINGS, SUMMARIES } from "./support/payloads.ts";
import { read, runProgram } from "./support/run.ts";

/** Imports the hook the way the agent's process does it, and calls one of its functions. */
const CALLS = {
  on_event: "for line in sys.stdin: pyo3_hook.on_event(json.loads(line))",
  on_events: "pyo3_hook.on_events([json.loads(line) for line in sys.stdin]); pyo3_hook.on_events([])",
} as const;

function importAndCall(home: string, call: keyof typeof CALLS, lines: string): ReturnType<typeof runProgram> {
  const code = `import json, sys; sys.path.append(${JSON.stringify(join(home, "hooks"))}); import pyo3_hook\n${CALLS[call]}`;
  return runProgram(PYTHON.program, ["-c", code], lines, { CODEX_HOME: home });
}

function expectLogs(home: string, logged: string, summaries: string): void {
  expect(read(home, "hooks-pyo3.jsonl")).toBe(logged);
  expect(read(home, "hooks-tool-calls-pyo3.log")).toBe(summaries);
  for (const log of ["hooks-pyo3.jsonl", "hooks-tool-calls-pyo3.log"]) {
    expect(statSync(join(home, log)).mode & 0o777).toBe(0o600);
  }
}

describe.skipIf(!PYTHON.there).each(AGENTS)("the hook for PyO3 on a session of %s", (agent) => {
  describe.each(SPELLINGS)("%s", (_, spell) => {
    const payloads = captured(agent).map(spell);
    const logged = payloads.map((payload) => `${JSON.stringify(payload)}\n`).join("");

    it.each(["on_event", "on_events"] as const)("logs and sums it up with %s", async (call) => {
      const home = installSamples("pyo3");
      expect(await importAndCall(home, call, logged)).toEqual({ code: 0, stdout: "", stderr: "" });
      expectLogs(home, logged, SUMMARIES[agent]);
    });

    it.each(LINE_TYPES)("does the same in the Python host, from lines of the type %s", async (type) => {
      const hook = readFileSync(join(SAMPLES, "pyo3", "pyo3_hook.py"), "utf8");
      const home = hostHome({ "pyo3_hook.py": hook });
      const ran = await runHost(home, hostCommand(["hooks/pyo3_hook.py"]), hostLines(payloads, type));
      expect(ran).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expectLogs(home, logged, SUMMARIES[agent]);
    });
  });
});

describe.skipIf(!PYTHON.there)("the hook for PyO3", () => {
  it("makes no file before there is something to write", async () => {
    const home = installSamples("pyo3");
    expect(await importAndCall(home, "on_events", "")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(read(home, "hooks-pyo3.jsonl") + read(home, "hooks-tool-calls-pyo3.log")).toBe("");
  });

  it("keeps halves of surrogate pairs, and what JSON has no number for is null", async () => {
    const home = installSamples("pyo3");
    await importAndCall(home, "on_event", '{"text":"\\ud800","number":1e400}\n');
    expect(read(home, "hooks-pyo3.jsonl")).toBe('{"text":"\\ud800","number":null}\n');
  });

  it("is configured as the README says", () => {
    expect(readFileSync(join(SAMPLES, "README.md"), "utf8")).toContain(SETS.pyo3.snippet);
  });
});
