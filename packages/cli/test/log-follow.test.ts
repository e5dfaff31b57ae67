import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runProcess } from "../../../test/support/process.ts";
import { tempFolder } from "../../../test/support/temp.ts";

const PROGRAM = fileURLToPath(new URL("../bin/xcodex-hooks.mjs", import.meta.url));
const DISPATCHER = new URL("../../dispatcher/dist/launcher/", import.meta.url).href;

/** Deadlines are there to end a test that hangs; nothing is measured. */
const LONG_MS = 120_000;

/** A process that writes records as launchers do; between two of them the file grows above the size at which it is rotated. */
const WRITER = `
  import { appendFileSync } from "node:fs";
  const { openRecords } = await import("${DISPATCHER}records.js");
  const { foldersOf } = await import("${DISPATCHER}folders.js");
  const folders = foldersOf(process.argv[1]);
  const records = openRecords(folders, (trouble) => { throw new Error(trouble); });
  const record = (hook, more) => ({ schema_version: 1, at: new Date().toISOString(), hook, outcome: "ok", ...more });
  const write = (hook) => records.append(record(hook));
  write("command:wanted:1");
  const filler = JSON.stringify(record("command:filler:1", { message: "x".repeat(1000) })) + "\\n";
  appendFileSync(folders.runs_file, filler.repeat(1 + 32 * 1024 * 1024 / filler.length));
  for (const n of [2, 3]) write("command:wanted:" + n);
`;

interface Following {
  readonly child: ChildProcess;
  /** Everything so far. */
  readonly said: { stdout: string; stderr: string };
  /** Settles when this stands in one of the streams. */
  readonly until: (stream: "stdout" | "stderr", text: string) => Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Starts `log --follow`, which is ended by the test. */
function follow(codexHome: string, ...args: string[]): Following {
  const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
  const argv = [PROGRAM, "log", "--follow", ...args];
  const child = spawn(process.execPath, argv, {
    env: { ...env, CODEX_HOME: codexHome },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  const until = async (stream: "stdout" | "stderr", text: string): Promise<void> => {
    for (const end = Date.now() + LONG_MS; !said[stream].includes(text); ) {
      if (Date.now() > end) throw new Error(`"${text}" was not said, but: ${said.stdout}${said.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, said, until, ended };
}

const lineOf = (hook: string): string => `${JSON.stringify({ at: "2026-01-31T12:00:00.000Z", outcome: "ok", hook })}\n`;

describe("log --follow", () => {
  it(
    "shows what other processes record, from before there is a file and across a rotation, until Ctrl-C",
    async () => {
      const codexHome = tempFolder("follow");
      const { child, said, until, ended } = follow(codexHome, "--json", "--hook", "command:wanted");
      await until("stderr", "Waiting for more");
      expect(said.stderr).toContain("No run is recorded yet");
      const wrote = await runProcess([process.execPath, "--input-type=module", "-e", WRITER, codexHome], "");
      expect(wrote.stderr).toBe("");
      expect(existsSync(join(codexHome, "tmp/hooks/runs.1.jsonl"))).toBe(true);
      await until("stdout", "command:wanted:3");
      child.kill("SIGINT");
      expect(await ended).toBe(0);
      const hooks = said.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { hook: string }).hook);
      expect(hooks).toEqual(["command:wanted:1", "command:wanted:2", "command:wanted:3"]);
    },
    LONG_MS,
  );

  it(
    "begins with the last ones, says which lines it skipped, and ends as told by another signal",
    async () => {
      const codexHome = tempFolder("follow");
      const records = join(codexHome, "tmp/hooks/runs.jsonl");
      mkdirSync(join(codexHome, "tmp/hooks"), { recursive: true });
      writeFileSync(records, lineOf("one") + lineOf("two"));
      const { child, said, until, ended } = follow(codexHome, "--limit", "1");
      await until("stdout", "two");
      appendFileSync(records, `no record\n${lineOf("three and longer")}`);
      await until("stdout", "three");
      await until("stderr", "Skipped 1 line");
      child.kill("SIGTERM");
      expect(await ended).toBe(143);
      expect(said.stdout).toMatch(/^\S+ {2}ok {2}- {2}two\n\S+ {2}ok {2}- {2}three and longer\n$/);
    },
    LONG_MS,
  );

  it(
    "ends when nobody reads it any more",
    async () => {
      const codexHome = tempFolder("follow");
      const records = join(codexHome, "tmp/hooks/runs.jsonl");
      mkdirSync(join(codexHome, "tmp/hooks"), { recursive: true });
      writeFileSync(records, lineOf("one"));
      const { child, until, ended } = follow(codexHome);
      await until("stdout", "one");
      child.stdout?.destroy();
      appendFileSync(records, lineOf("two"));
      expect(await ended).toBe(0);
    },
    LONG_MS,
  );
});

describe("64 MiB of records", () => {
  const codexHome = tempFolder("large");
  mkdirSync(join(codexHome, "tmp/hooks"), { recursive: true });
  const lines = Array.from(
    { length: 1000 },
    (_, at) =>
      `${JSON.stringify({ at: "2026-01-31T12:00:00.000Z", outcome: "ok", hook: "command:a:1", duration_ms: at + 1, message: "x".repeat(400) })}\n`,
  ).join("");
  const times = Math.ceil((32 * 1024 * 1024) / lines.length);
  for (const name of ["runs.1.jsonl", "runs.jsonl"])
    writeFileSync(join(codexHome, "tmp/hooks", name), lines.repeat(times));

  it.each([
    ["stats", "--json"],
    ["log", "--limit", "0"],
    ["log", "--hook", "nobody"],
  ])(
    "are read within 48 MiB of heap: %s %s",
    async (...args) => {
      const argv = [process.execPath, "--max-old-space-size=48", PROGRAM, ...args];
      const ran = await runProcess(argv, "", { env: { CODEX_HOME: codexHome } });
      expect(ran.code).toBe(0);
      expect(ran.stderr).toBe(
        args.includes("nobody") ? `${2 * times * 1000} records looked at, none is wanted.\n` : "",
      );
      if (args[0] !== "stats") return;
      expect(JSON.parse(ran.stdout).hooks).toMatchObject([
        { runs: 2 * times * 1000, duration_ms: { p50: 500, p95: 950, max: 1000 } },
      ]);
    },
    LONG_MS,
  );
});
