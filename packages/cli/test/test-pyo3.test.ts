import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pyo3Addon } from "../../../test/support/pyo3-addon.ts";

const XCODEX = fileURLToPath(new URL("../bin/xcodex.mjs", import.meta.url));

/** The real addon; without a toolchain there is none, and then everything here is skipped. */
const built = await pyo3Addon();
const [addon, missing] = "addon" in built ? [built.addon, undefined] : ["", built.skipped];

/** `test pyo3` with the real addon: the Python function is really called, in the process of the command line. */
describe("test pyo3, built", () => {
  const home = mkdtempSync(join(tmpdir(), "test-pyo3-"));
  beforeAll(() => mkdirSync(join(home, "hooks")));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const configure = (script: string, more = ""): void => {
    const hooks =
      '[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n\n[hooks.pyo3]\nscript_path = "hooks/mine.py"\n';
    writeFileSync(join(home, "config.toml"), hooks + more);
    writeFileSync(join(home, "hooks", "mine.py"), script);
  };
  const test = (...args: string[]): { code: number | null; out: string; err: string } => {
    const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [XCODEX, "hooks", "test", ...args], {
      env: { ...env, CODEX_HOME: home, XCODEX_HOOKS_PYO3: addon },
      encoding: "utf8",
      timeout: 60_000,
    });
    return { code: status, out: stdout, err: stderr };
  };
  const really = (sentence: string, body: () => void): void => {
    const title = missing === undefined ? sentence : `${sentence} (skipped: ${missing})`;
    it.skipIf(missing !== undefined)(title, { timeout: 120_000 }, body);
  };

  really("calls the function with every example, in order", () => {
    configure(
      "import os\ndef on_event(event):\n    with open('seen', 'a') as seen:\n        print(event['xcodex_event_type'], file=seen)\n".replace(
        "'seen'",
        `${JSON.stringify(join(home, "seen"))}`,
      ),
    );
    const { code, out, err } = test("pyo3");
    expect(code, out + err).toBe(0);
    expect(out).toMatch(/^session-start: pyo3:\*:1: ok, \d+ ms\n {4}event: \{"xcodex_event_type":"session-start",/m);
    const seen = readFileSync(join(home, "seen"), "utf8").trimEnd().split("\n");
    expect(seen).toHaveLength(16);
    expect([seen[0], seen.at(-1)]).toEqual(["session-start", "session-end"]);
    expect(out).toContain("\nCalled for 16 events.\n");
  });

  really("hands batches to on_events", () => {
    const sizes = JSON.stringify(join(home, "sizes"));
    configure(`def on_events(events):\n    open(${sizes}, "a").write(f"{len(events)}\\n")\n`, "batch_size = 5\n");
    const { code, out, err } = test("pyo3", "--event", "approval-requested", "--event", "notification", "--json");
    expect(code, out + err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ checked: "hook", batch_size: 5, invoked: 4 });
    const lines = readFileSync(join(home, "sizes"), "utf8").trimEnd().split("\n");
    expect(lines.reduce((sum, line) => sum + Number(line), 0)).toBe(4);
    expect(lines.length).toBeLessThan(4);
  });

  really("fails with file and line when the function does, and shows the end of its log", () => {
    configure("def on_event(event):\n    print('about to')\n    raise ValueError('no luck')\n");
    const { code, out } = test("pyo3", "--event", "session-start");
    expect(code, out).toBe(1);
    expect(out).toMatch(/ValueError: no luck.*mine\.py:3/);
    expect(out).toMatch(/^ {4}\| .*no luck/m);
  });

  really("fails with file and line when the script cannot be loaded", () => {
    configure("def on_event(event):\n    return (\n");
    const { code, out } = test("pyo3", "--event", "session-start");
    expect(code, out).toBe(1);
    expect(out).toMatch(/SyntaxError.*mine\.py:2/);
  });

  really("ends when the function never does", () => {
    configure("def on_event(event):\n    while True:\n        pass\n");
    const { code, out } = test("pyo3", "--event", "session-start", "--timeout-seconds", "0.5");
    expect(code, out).toBe(1);
    expect(out).toMatch(/^session-start: pyo3:\*:1: timeout, /m);
  });

  really("does not call it with --configured-only", () => {
    configure("raise SystemExit('called')\n");
    const { code, out } = test("pyo3", "--configured-only");
    expect(code, out).toBe(0);
    expect(out).toContain("only the configuration was checked");
  });

  really("is one part of test all", () => {
    configure("def on_event(event):\n    pass\n");
    const { code, out } = test("all", "--event", "session-start");
    expect(code, out).toBe(0);
    expect(out).toContain("== pyo3 ==\nscript:");
    expect(out).toContain("\nCalled for 1 event.\n");
  });
});
