import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleHome, modeOf, runExample, SILENT, type Variables } from "./support/example.ts";
import { PYTHON } from "./support/install.ts";
import { forAll, read } from "./support/run.ts";

const TRACK = "./examples/hooks/analytics/track-usage.js";
const MEASURE = "./examples/hooks/analytics/performance-metrics.py";
const EVIL = 'x\n{"forged":true}\r\u2028 $(touch forged) " \\ 漢';

/** The lines of a file in `analytics/`, as JSON. */
function lines(home: string, name: string): readonly unknown[] {
  const text = read(home, `analytics/${name}`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

/** What holds for both programs, whatever they write. */
function writesLikeAll(argv: readonly string[], file: string, cannot: string): void {
  it.each(["", undefined])("says so when CODEX_SESSION_ID is %j", async (id) => {
    const at = exampleHome();
    const stderr = `${cannot}: CODEX_SESSION_ID is not set. Run this as a hook, or set it.\n`;
    expect(await runExample(argv, at, { CODEX_SESSION_ID: id })).toEqual({ code: 1, stdout: "", stderr });
    expect(lines(at.home, file)).toEqual([]);
  });

  it("writes to ~/.codex without CODEX_HOME, for its owner only", async () => {
    const at = exampleHome();
    const loose = ["sh", "-c", 'umask 000; exec "$0" "$@"', ...argv];
    expect(await runExample(loose, at, { CODEX_HOME: undefined })).toEqual(SILENT);
    expect(lines(join(at.user, ".codex"), file)).toHaveLength(1);
    const modes = [".codex", ".codex/analytics", `.codex/analytics/${file}`].map((name) => modeOf(join(at.user, name)));
    expect(modes).toEqual(["700", "700", "600"]);
  });

  it("writes whole lines when twenty do so at once", async () => {
    const at = exampleHome();
    const ids = Array.from({ length: 20 }, (_, index) => `session-${index}-${"x".repeat(5000)}`);
    const ran = await forAll(ids, (id) => runExample(argv, at, { CODEX_SESSION_ID: id }));
    for (const one of ran) expect(one).toEqual(SILENT);
    const logged = lines(at.home, file) as readonly { session_id: string }[];
    expect(logged.map(({ session_id }) => session_id).sort()).toEqual(ids.sort());
  });

  it("says so when it cannot write", async () => {
    const at = exampleHome();
    mkdirSync(join(at.home, "analytics", file), { recursive: true });
    const ran = await runExample(argv, at, {});
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toMatch(new RegExp(`^${cannot}: .+\n$`));
  });
}

describe("track-usage.js", () => {
  const argv = [process.execPath, TRACK];
  const end: Variables = { CODEX_EVENT_TYPE: "session_end", CODEX_DURATION: "2096000" };

  writesLikeAll(argv, "usage.jsonl", "Cannot track the usage");

  it.each([
    ["no package", undefined],
    ["a package of CommonJS modules", '{ "type": "commonjs" }'],
    ["a package of ES modules", '{ "type": "module" }'],
  ])("has a line for a session, in a folder with %s", async (_, manifest) => {
    const at = exampleHome();
    if (manifest) writeFileSync(join(at.home, "hooks", "package.json"), manifest);
    expect(await runExample(argv, at, end)).toEqual(SILENT);
    expect(lines(at.home, "usage.jsonl")).toEqual([
      { timestamp: "2024-01-01T12:00:00Z", event: "session_end", session_id: "session_abc123", duration_ms: 2_096_000 },
    ]);
  });

  it("runs as a program of its own", async () => {
    const at = exampleHome();
    chmodSync(join(at.home, "hooks", TRACK), 0o755);
    expect(await runExample([TRACK], at, end)).toEqual(SILENT);
    expect(lines(at.home, "usage.jsonl")).toHaveLength(1);
  });

  it("says of other events what their variables say", async () => {
    const at = exampleHome();
    const task = {
      CODEX_TASK_ID: "task_456",
      CODEX_SUCCESS: "false",
      CODEX_DURATION: "0",
      CODEX_EVENT_TYPE: "task_complete",
    };
    const start = { CODEX_MODEL: "gpt-4", CODEX_PROVIDER: "openai", CODEX_EVENT_TYPE: "session_start" };
    for (const variables of [task, start]) expect(await runExample(argv, at, variables)).toEqual(SILENT);
    expect(lines(at.home, "usage.jsonl")).toMatchObject([
      { event: "task_complete", task_id: "task_456", success: false, duration_ms: 0 },
      { event: "session_start", model: "gpt-4", provider: "openai" },
    ]);
  });

  it("leaves out what is no number and no truth value", async () => {
    const at = exampleHome();
    for (const text of ["", " ", "soon", "1e999", "__proto__", "constructor"]) {
      const variables = {
        ...end,
        CODEX_DURATION: text,
        CODEX_SUCCESS: text,
        CODEX_TIMESTAMP: "t",
        CODEX_EVENT_TYPE: "",
      };
      expect(await runExample(argv, at, variables)).toEqual(SILENT);
    }
    expect(lines(at.home, "usage.jsonl")).toEqual(Array(6).fill({ timestamp: "t", session_id: "session_abc123" }));
  });

  it("writes values as they are, on one line", async () => {
    const at = exampleHome();
    expect(await runExample(argv, at, { CODEX_SESSION_ID: EVIL, CODEX_EVENT_TYPE: EVIL })).toEqual(SILENT);
    expect(lines(at.home, "usage.jsonl")).toMatchObject([{ session_id: EVIL, event: EVIL }]);
  });
});

describe.skipIf(!PYTHON.there)("performance-metrics.py", () => {
  const argv = [PYTHON.program, MEASURE];

  writesLikeAll(argv, "performance.jsonl", "Cannot measure the command");

  it("has a line for a command", async () => {
    const at = exampleHome();
    const variables = { CODEX_COMMAND: '["cargo", "test"]', CODEX_EXIT_CODE: "101", CODEX_DURATION: "5000.25" };
    expect(await runExample(argv, at, variables)).toEqual(SILENT);
    expect(lines(at.home, "performance.jsonl")).toEqual([
      {
        timestamp: "2024-01-01T12:00:00Z",
        session_id: "session_abc123",
        program: "cargo",
        exit_code: 101,
        duration_ms: 5000.25,
      },
    ]);
  });

  it("keeps the program of a command and nothing else of it", async () => {
    const commands = [
      [["/usr/bin/git", "push"], "git"],
      [["npm run build -- --token=hunter2"], "npm"],
      [["A=1 PASSWORD='hunter 2' make all"], "make"],
      [["bash", "-lc", "cargo test --workspace"], "cargo"],
      [["/bin/sh", "-c", "# first\n ./run.sh hunter2"], "run.sh"],
      [["bash", "run.sh"], "bash"],
      [["echo 'half"], "echo"],
      [[""], null],
      [["A=1"], null],
      [[], null],
      ["ls", null],
      [["ls", 1], null],
    ] as const;
    const at = exampleHome();
    for (const [command] of commands) {
      expect(await runExample(argv, at, { CODEX_COMMAND: JSON.stringify(command) })).toEqual(SILENT);
    }
    const programs = (lines(at.home, "performance.jsonl") as readonly { program: unknown }[]).map(
      (line) => line.program,
    );
    expect(programs).toEqual(commands.map(([, program]) => program));
    expect(read(at.home, "analytics/performance.jsonl")).not.toContain("hunter");
  });

  it.each([
    ["missing", { CODEX_COMMAND: undefined, CODEX_EXIT_CODE: undefined, CODEX_DURATION: undefined }],
    ["senseless", { CODEX_COMMAND: "ls -la", CODEX_EXIT_CODE: "one", CODEX_DURATION: "NaN" }],
    ["hostile", { CODEX_COMMAND: "[".repeat(100_000), CODEX_EXIT_CODE: "9".repeat(100_000), CODEX_DURATION: "1e999" }],
  ])("says null for values that are %s", async (_, variables) => {
    const at = exampleHome();
    expect(await runExample(argv, at, { ...variables, CODEX_SESSION_ID: EVIL, CODEX_TIMESTAMP: EVIL })).toEqual(SILENT);
    expect(lines(at.home, "performance.jsonl")).toEqual([
      { timestamp: EVIL, session_id: EVIL, program: null, exit_code: null, duration_ms: null },
    ]);
  });
});
