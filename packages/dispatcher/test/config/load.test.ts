import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../dist/config/load.js";
import { formatProblem } from "../../dist/config/problems.js";
import { configFolder } from "./folder.ts";

const { path, load } = configFolder();
const elsewhere = mkdtempSync(join(tmpdir(), "xcodex-load-"));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

const LIMITS = { max_stdin_payload_bytes: 16_384, keep_last_n_payloads: 50 };

describe("a configuration file", () => {
  it("that does not exist has no hooks and no problems", async () => {
    const codexHome = join(elsewhere, "no", "such", "folder");
    const file = join(codexHome, "config.toml");
    const nothing = {
      codex_home: codexHome,
      file,
      exists: false,
      hooks: [],
      disabled: [],
      problems: [],
      limits: LIMITS,
      redaction: { enabled: true, allow: [], patterns: [] },
    };
    expect(await loadConfig({ codexHome })).toMatchObject(nothing);
    expect(await loadConfig({ codexHome })).not.toHaveProperty("hooks_toml");
  });

  it("that is a folder is reported as unreadable", async () => {
    mkdirSync(join(elsewhere, "config.toml"));
    const config = await loadConfig({ codexHome: elsewhere });
    expect(config).toMatchObject({ exists: true, hooks: [], limits: LIMITS });
    expect(config.problems.map(({ severity, code }) => [severity, code])).toEqual([["error", "unreadable"]]);
    expect(config.problems[0]?.message).toContain("no regular file");
  });

  it.runIf(process.platform !== "win32")("that is a pipe is reported at once, nobody waits for a writer", async () => {
    const codexHome = join(elsewhere, "pipe");
    mkdirSync(codexHome);
    spawnSync("mkfifo", [join(codexHome, "config.toml")]);
    expect((await loadConfig({ codexHome })).problems.map(({ code }) => code)).toEqual(["unreadable"]);
  });

  it("whose folder is a file is reported as unreadable", async () => {
    const codexHome = join(elsewhere, "file");
    writeFileSync(codexHome, "");
    const { problems } = await loadConfig({ codexHome });
    expect(problems.map(({ code, origin }) => [code, basename(origin.file)])).toEqual([
      ["unreadable", "config.toml"],
      ["unreadable", "config.json"],
    ]);
  });

  it("that is not UTF-8 says in which line", async () => {
    const { problems, hooks } = await load(Buffer.from("[hooks]\n# caf\xe9\nstop = ['a']\n", "latin1"));
    expect(hooks).toEqual([]);
    expect(problems).toMatchObject([{ code: "bad_toml", origin: { line: 2 } }]);
  });

  it("that was saved as UTF-16 asks for UTF-8", async () => {
    const { problems } = await load(Buffer.from("\ufeff[hooks]\r\nstop = ['a']\r\n", "utf16le"));
    expect(problems).toMatchObject([{ code: "bad_toml", message: expect.stringContaining("UTF-8") }]);
  });

  it("is named by every hook and problem, with line and column", async () => {
    const { hooks, problems } = await load("[hooks]\n  stop = [ ['a'],  ['b', 1] ]\n");
    const file = join(path, "config.toml");
    expect(hooks.map(({ origin }) => origin)).toEqual([{ file, line: 2, column: 12 }]);
    expect(problems.map(({ origin }) => origin)).toEqual([{ file, line: 2, column: 26 }]);
  });

  it("is read anew every time", async () => {
    expect((await load("[hooks]\nstop = ['a']\n")).hooks).toHaveLength(1);
    expect((await load("")).hooks).toHaveLength(0);
  });
});

describe("a large configuration", () => {
  it("of ten thousand lines works", async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `  ["hook", "${n}"],`);
    const { hooks, problems } = await load(`[hooks]\nstop = [\n${lines.join("\n")}\n]\n`);
    expect(problems).toEqual([]);
    expect(hooks).toHaveLength(10_000);
    expect(hooks[9_999]).toMatchObject({ id: "argv-list:stop:10000", origin: { line: 10_002 } });
  });

  it("of thousands of groups and patterns works", async () => {
    const groups = Array.from(
      { length: 3_000 },
      (_, n) => `[[hooks.command.PreToolUse]]\nmatcher = "^tool_${n}$"\nhooks = [{ argv = ["a"] }]`,
    );
    const { hooks, problems } = await load(groups.join("\n"));
    expect(problems).toEqual([]);
    expect(hooks).toHaveLength(3_000);
    expect(hooks[2_999]?.matcher.matches(["tool_2999"])).toBe(true);
    expect(hooks[2_999]?.matcher.matches(["tool_2998"])).toBe(false);
  });

  it("of thousands of mistakes reports every one", async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `session_start_${n} = ["a"]`);
    expect((await load(`[hooks]\n${lines.join("\n")}\n`)).problems).toHaveLength(3_000);
  });

  it("with a text of a hundred thousand characters works", async () => {
    const long = "é".repeat(100_000);
    const { hooks, problems } = await load(`instructions = """${long}"""\n[hooks]\nstop = ["a", "${long}"]\n`);
    expect(problems).toEqual([]);
    expect(hooks).toMatchObject([{ command: { argv: ["a", long] } }]);
  });

  it.each([
    ["a text that no parser can hold", `x = "${"y".repeat(3_000_000)}"`],
    ["lists without end", `x = ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("with %s is one problem", async (_, toml) => {
    const { hooks, problems } = await load(`${toml}\n[hooks]\nstop = ["a"]\n`);
    expect(hooks).toEqual([]);
    expect(problems).toMatchObject([{ code: "bad_toml" }]);
  });

  it("with names of very many parts works", async () => {
    const parts = Array.from({ length: 10_000 }, () => "a").join(".");
    const { hooks, problems } = await load(`[hooks]\nstop = ["a"]\n${parts} = 1\n`);
    expect(hooks).toHaveLength(1);
    expect(problems).toMatchObject([{ code: "unknown_key", origin: { line: 3 } }]);
  });
});

describe("without hooks", () => {
  const toml = "[hooks]\nkeep_last_n_payloads = 1\nstop = ['a']\nsession_end = [['b']]\nbogus = 1\n";

  it("the rest of the configuration is the same", async () => {
    const config = await load(toml);
    expect(config.hooks).toHaveLength(2);
    expect(await load(toml, true)).toEqual({ ...config, hooks: [] });
  });
});

describe("a problem as text", () => {
  it("is a line with the file's name and the line", async () => {
    const { problems } = await load("[hooks]\nstop = ['']\nkeep_last_n_payload = 1\nnotification = []\n");
    expect(problems.map(formatProblem)).toEqual([
      'config.toml:2: Cannot use hooks.stop: it names no program. Give one, for example ["python3", "/path/to/hook.py"].',
      'config.toml:3: Cannot use hooks.keep_last_n_payload: there is no such key, and the number 1 is not how hooks of an event are written. Mend its name or remove it. Did you mean "keep_last_n_payloads"?',
    ]);
  });

  it("shows long and multi-line values on one line, cut", async () => {
    const { problems } = await load(`[hooks]\nstop = """${"a\n".repeat(500)}"""\n`);
    const text = problems.map(formatProblem).join();
    expect(text).not.toContain("\n");
    expect(text).toContain("a\\na\\n");
    expect(text.length).toBeLessThan(400);
  });

  it("gives the old notify as the new list", async () => {
    const { problems } = await load('notify = ["python3", "/path/notify.py"]\n');
    expect(problems[0]?.message).toContain('hooks.agent_turn_complete = [["python3", "/path/notify.py"]]');
  });

  it("names the way out where Python in process is not switched on", async () => {
    const table = '[hooks.pyo3]\nscript_path = "a.py"\n';
    const say = async (toml: string): Promise<readonly string[]> => (await load(toml)).problems.map(formatProblem);
    expect(await say(table)).toEqual([
      'config.toml:1: Cannot run Python in process: hooks.inproc does not ask for it. Add inproc = ["pyo3"] to [hooks].',
    ]);
    expect(await say(`[hooks]\ninproc = ["pyo3"]\n${table}`)).toEqual([
      "config.toml:3: Cannot run Python in process: hooks.enable_unsafe_inproc is not true. Set it to true if you trust the script as you trust the agent.",
    ]);
  });

  it("gives the name in quotes where a filter's was read as tables", async () => {
    const toml = '[hooks.host]\nenabled = true\ncommand = ["a"]\n[[hooks.host.filters.session.start]]\n';
    expect((await load(toml)).problems.map(formatProblem)).toEqual([
      'config.toml:4: Cannot use hooks.host.filters.session: a name with dots needs quotes. Write [[hooks.host.filters."session.start"]].',
    ]);
  });

  it("names what a pattern may not have", async () => {
    const group = (matcher: string): string => `[[hooks.command.PreToolUse]]\nmatcher = '${matcher}'\nhooks = []\n`;
    const { problems } = await load(["(?!Bash)", "(a)\\1", "(?>a)", "[z-a]"].map(group).join(""));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("no look-around"),
      expect.stringContaining("no back references"),
      expect.stringContaining("no atomic groups"),
      expect.stringContaining("invalid character class range"),
    ]);
  });
});
