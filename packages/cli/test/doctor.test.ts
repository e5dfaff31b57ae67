import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pyo3Addon } from "../../../test/support/pyo3-addon.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import { readCommandLine, readShebang } from "../dist/doctor/command-line.js";
import { buildPlace, missingForBuild, pathWith } from "./build-place.ts";

interface Found {
  readonly code: number | null;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly state: string;
  readonly advice?: string;
}

const GATES = '[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n';
const CONFIG = `${GATES}[hooks.pyo3]\nscript_path = "hooks/pyo3_hook.py"\n`;

/** What `doctor pyo3` finds in a CODEX_HOME with these files, and that it leaves them as they are. */
async function examine(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Found> {
  const home = join(tempFolder("doctor"), "codex-home");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const place = buildPlace(home, env);
  const before = treeOf(home);
  const { code, stdout, stderr } = await place.hooks("doctor", "pyo3", "--json");
  expect(stderr).toBe("");
  expect(treeOf(home)).toEqual(before);
  const { ok, sections } = JSON.parse(stdout) as { ok: boolean; sections: Record<string, Finding[]> };
  return { code, ok, findings: sections.pyo3 ?? [] };
}

function treeOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
}

const of = (found: Found, check: string): Finding | undefined => found.findings.find((one) => one.check === check);

describe("a command line", () => {
  it.each<readonly [readonly string[], string, string | undefined, readonly string[]]>([
    [["python3", "a.py", "b.py"], "python3", "python", ["a.py", "b.py"]],
    [["python3", "-u", "-W", "ignore", "hooks/a"], "python3", "python", ["hooks/a"]],
    [["/usr/bin/python3.11", "-m", "json.tool", "a.py"], "/usr/bin/python3.11", "python", []],
    [["python3", "-c", "print('a/b')"], "python3", "python", []],
    [["/usr/bin/env", "python3", "a.py"], "python3", "python", ["a.py"]],
    [["env", "-S", "A=1", "node", "a.mjs"], "node", "node", ["a.mjs"]],
    [["env"], "env", undefined, []],
    [["node", "--import", "./hook.mjs", "a.ts"], "node", "node", ["./hook.mjs", "a.ts"]],
    [["bash", "-c", "a.sh"], "bash", "shell", []],
    [["ruby", "a.rb"], "ruby", "ruby", ["a.rb"]],
    [["C:\\Python\\python.exe", "C:\\a.py"], "C:\\Python\\python.exe", "python", ["C:\\a.py"]],
    [["notify-send", "a/b.py"], "notify-send", undefined, []],
    [[], "", undefined, []],
  ])("%j is read", (argv, program, language, scripts) => {
    expect(readCommandLine(argv)).toEqual({ program, ...(language ? { language } : {}), scripts });
  });

  it.each<readonly [string, readonly string[] | undefined]>([
    ["#!/bin/sh", ["/bin/sh"]],
    ["#! /usr/bin/env -S python3 -u", ["/usr/bin/env", "-S", "python3", "-u"]],
    ["#!", undefined],
    ["# comment", undefined],
    ["", undefined],
  ])("the first line %j is read", (line, argv) => {
    expect(readShebang(line)).toEqual(argv);
  });
});

const lacking = missingForBuild();

describe.skipIf(lacking !== undefined)(`doctor pyo3${lacking ? ` (skipped: ${lacking})` : ""}`, () => {
  it("checks what a build needs where nothing is configured, and finds no failure", async () => {
    const found = await examine({});
    expect(found.findings.map(({ check, level }) => [check, level])).toEqual([
      ["pyo3", "ok"],
      ...["cargo", "rustc", "python", "linker", "folder", "space"].map((check) => [check, "ok"]),
      ["addon", "warn"],
    ]);
    expect(of(found, "addon")?.advice).toBe("Build it: xcodex hooks build pyo3.");
    expect([found.ok, found.code]).toEqual([true, 0]);
  });

  it("fails when something that a build needs is missing", async () => {
    const PATH = pathWith(join(tempFolder("path"), "bin"), ["python3", "sh"]);
    const found = await examine({}, { PATH });
    const failed = found.findings.filter(({ level }) => level === "fail").map(({ check }) => check);
    expect(failed).toEqual(["cargo", "rustc", "linker"]);
    expect(found.code).toBe(1);
  });

  it("fails for an addon that is configured and not built", async () => {
    const found = await examine({ "config.toml": CONFIG, "hooks/pyo3_hook.py": "def on_event(event): pass\n" });
    expect(of(found, "addon")?.level).toBe("fail");
    expect(of(found, "callable")?.level).toBe("ok");
    expect(found.code).toBe(1);
  });

  it("fails for an addon that cannot be loaded", async () => {
    const found = await examine({ "bin/xcodex-pyo3.node": "no library" });
    expect(of(found, "addon")?.level).toBe("fail");
    expect(of(found, "addon")?.advice).toMatch(/xcodex hooks build pyo3/);
  });

  it.each<readonly [string, string, RegExp]>([
    ["that is closed", 'inproc = ["pyo3"]', /see the problem in the configuration/],
    ["that nobody asked for", "enable_unsafe_inproc = true", /see the problem in the configuration/],
  ])("says of a gate %s that it is", async (_what, gate, state) => {
    const found = await examine({ "config.toml": `[hooks]\n${gate}\n[hooks.pyo3]\nscript_path = "a.py"\n` });
    expect(of(found, "pyo3")?.level).not.toBe("ok");
    expect(of(found, "pyo3")?.state).toMatch(state);
  });

  it.each<readonly [what: string, script: string, check: string, level: string, state: RegExp]>([
    ["cannot be parsed", "import sys\nreturn sys\n", "syntax", "fail", /outside function at .*pyo3_hook\.py:2$/],
    ["has a byte that is none", "\0", "syntax", "fail", /null bytes/],
    ["lacks the function", "def other(event): pass\n", "callable", "fail", /does not define on_event/],
    ["has an async function", "async def on_event(event): pass\n", "callable", "fail", /on_event is async/],
    ["imports the function", "from helper import on_event\n", "callable", "ok", /defines on_event/],
    ["makes the function", "on_event = print\n", "callable", "ok", /defines on_event/],
    [
      "defines it in a branch",
      "try:\n  import x\nexcept ImportError:\n  on_event = print\n",
      "callable",
      "ok",
      /defines/,
    ],
    [
      "imports the SDK",
      "import xcodex_hooks\ndef on_event(event): pass\n",
      "module",
      "fail",
      /xcodex_hooks, which is not/,
    ],
  ])("looks at a script that %s", async (_what, script, check, level, state) => {
    const found = await examine({ "config.toml": CONFIG, "hooks/pyo3_hook.py": script });
    expect(of(found, check)?.level).toBe(level);
    expect(of(found, check)?.state).toMatch(state);
  });

  it("does not run the script", async () => {
    const marker = join(tempFolder("marker"), "ran");
    await examine({ "config.toml": CONFIG, "hooks/pyo3_hook.py": `open(${JSON.stringify(marker)}, "w")\n` });
    expect(statSync(marker, { throwIfNoEntry: false })).toBeUndefined();
  });

  it("takes on_events for the function when events come in batches", async () => {
    const config = `${CONFIG}batch_size = 8\n`;
    const found = await examine({ "config.toml": config, "hooks/pyo3_hook.py": "def on_events(events): pass\n" });
    expect(of(found, "callable")?.state).toMatch(/defines on_events/);
  });

  it("says that a script is missing, and how to get one", async () => {
    const found = await examine({ "config.toml": CONFIG });
    expect(of(found, "script")?.advice).toMatch(/xcodex hooks install samples pyo3/);
  });

  it("finds nothing wrong with an addon that works; what the next build lacks is a warning", async ({ skip }) => {
    const built = await pyo3Addon();
    if ("skipped" in built) return skip(built.skipped);
    const PATH = pathWith(join(tempFolder("path"), "bin"), ["python3"]);
    const script = { "config.toml": CONFIG, "hooks/pyo3_hook.py": "def on_event(event): pass\n" };
    const found = await examine(script, { PATH, XCODEX_HOOKS_PYO3: built.addon });
    expect(of(found, "addon")?.state).toMatch(/loads, for Python \d/);
    expect(of(found, "cargo")).toMatchObject({ level: "warn", state: "not on PATH (for the next build)" });
    expect(found.code).toBe(0);
  }, 900_000);

  it("says that a folder cannot be written", async () => {
    const file = join(tempFolder("file"), "file");
    writeFileSync(file, "");
    const home = buildPlace(join(tempFolder("doctor"), "codex-home"));
    const { code, stdout } = await home.hooks("doctor", "pyo3", "--install-dir", join(file, "bin"));
    expect(stdout).toMatch(/FAIL {2}install folder: ".*bin" cannot be written: ".*file": it is no folder/);
    expect(code).toBe(1);
  });
});
