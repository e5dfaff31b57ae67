/** Calls of tools of a real MCP server over stdio: what is sent, what an answer means, what goes wrong. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Launcher, RunEnd } from "../../dist/contracts.js";
import { createCore, type LauncherOptions } from "../../dist/launcher/core.js";
import { call, type Differences, endsOf, type Served, stdioServer, toolRun } from "./mcp-support.ts";
import { type Home, kinds, makeHome } from "./support.ts";

/** A server, and a launcher that calls its tools. */
function set(
  differences: Differences = {},
  more: Partial<LauncherOptions> = {},
): { home: Home; launcher: Launcher } & Served {
  const home = makeHome();
  const launcher = createCore(home.options(more));
  onTestFinished(async () => void (await launcher.close(0)));
  return { home, launcher, ...stdioServer(home, differences) };
}

const of = (tool: string): string => `tool "${tool}" of MCP server "scanner" of /home/ada/.xcodex/hooks.toml:7`;

describe.each(kinds)("with %s", (_, start) => {
  it("a tool is called with its arguments exactly, and its silence lets the agent go on", async () => {
    const home = makeHome();
    const { server, calls } = stdioServer(home);
    const launcher = start(home.options());
    onTestFinished(async () => void (await launcher.close(5000)));
    const args = {
      quotes: `"it's" \`so\``,
      shell: "$(rm -rf /); echo $HOME && exit",
      lines: "one\ntwo\r\n\tthree\u2028",
      unicode: "Zürich 🦀 \u0000 \ud83d",
      template: `\${command} $\${HOME}`,
      nested: { list: [1, 2.5, null, true, { a: [] }], "": "" },
    };
    expect(await call(launcher, server, "allow", args)).toMatchObject({ outcome: "ok", exit_code: null });
    // A lone surrogate is none in UTF-8, which is what a pipe carries.
    expect(calls()).toEqual([{ ...args, unicode: "Zürich 🦀 \u0000 \ud83d" }]);
    expect(home.records()).toMatchObject([{ outcome: "ok", hook: "hooks-toml:exec.before:1", delivery: "request" }]);
  });
});

describe("what a tool answers", () => {
  const block = (
    tool: string,
    args: Record<string, unknown>,
    reason: string,
  ): [string, typeof args, Partial<RunEnd>] => [tool, args, { outcome: "blocked", reason }];
  const ok = (tool: string, args: Record<string, unknown>): [string, typeof args, Partial<RunEnd>] => [
    tool,
    args,
    { outcome: "ok" },
  ];
  it("blocks, or not, in every shape that answers have", async () => {
    const { launcher, server } = set();
    const cases = [
      block("answer", { structured: { decision: "block", reason: "not here" } }, "not here"),
      block(
        "answer",
        { structured: { hookSpecificOutput: { permissionDecision: "deny", permissionDecisionReason: "no" } } },
        "no",
      ),
      block("say", { words: '{"decision":"deny","reason":"as text"}' }, "as text"),
      block("say", { words: 'Scanned.\n{"decision":"block","reason":"at last"}' }, "at last"),
      block("wrap", { words: '{"decision":"block","reason":"wrapped"}' }, "wrapped"),
      ok("answer", { structured: { decision: "allow" } }),
      ok("answer", { structured: { findings: 0 } }),
      ok("wrap", { words: "Scanned {3} files" }),
      ok("say", { words: "" }),
    ];
    const ends = await endsOf(
      launcher,
      cases.map(([tool, args]) => toolRun(server, tool, args)),
    );
    expect(ends).toMatchObject(cases.map(([, , end]) => end));
  });

  it("is nothing where the hook may not stop the agent", async () => {
    const { launcher, server } = set();
    const args = { structured: { decision: "block", reason: "not here" } };
    expect(await call(launcher, server, "answer", args, { blocks: false })).toMatchObject({ outcome: "ok" });
  });

  it("has failed when it cannot be followed", async () => {
    const { launcher, server } = set();
    const cases: [string, Record<string, unknown>][] = [
      ["answer", { structured: { decision: "perhaps" } }],
      ["say", { words: '{"decision": "block", "reas' }],
      ["wrap", { words: '{"decision": "block", "reas' }],
    ];
    for (const [tool, args] of cases) {
      const end = await call(launcher, server, tool, args);
      expect(end).toMatchObject({ outcome: "failed", code: "bad_answer" });
      expect(end.message).toContain(of(tool));
    }
  });
});

describe("a call fails, and the next one is well,", () => {
  it.each<[string, string, Record<string, unknown>, string, string]>([
    [
      "when the tool says that it failed",
      "fail",
      { words: "No\n  rules." },
      "tool_failed",
      "it failed: No rules. Mend",
    ],
    ["when the tool fails without a word", "fail", {}, "tool_failed", "it says that it failed, and no more. Mend"],
    ["when there is no such tool", "nothing", {}, "tool_refused", "Tool nothing not found"],
    ["when the arguments are wrong", "strict", { command: 7 }, "tool_failed", "command must be string"],
    ["when the answer has 10 MB", "large", {}, "bad_answer", "a message of more than 4194304 bytes"],
    [
      "when the server dies meanwhile",
      "die",
      {},
      "server_ended",
      "its server exited with code 3: Cannot open the database. See",
    ],
  ])("%s", async (_, tool, args, code, words) => {
    const { launcher, server, home } = set();
    const end = await call(launcher, server, tool, args);
    expect(end).toMatchObject({ outcome: "failed", code });
    expect(end.message).toContain(`Cannot call ${of(tool)}: `);
    expect(end.message).toContain(words);
    expect(end.message).not.toMatch(/\n/);
    expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
    expect(home.records().map((record) => record.code)).toEqual([code, undefined]);
  });

  it("when it has had its time; the server is told that nobody waits", async () => {
    const { launcher, server, trace } = set();
    await call(launcher, server, "allow");
    const end = await call(launcher, server, "hang", {}, { timeout_ms: 300 });
    expect(end).toMatchObject({ outcome: "timeout", code: "timeout" });
    expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
    expect(trace()).toContainEqual(expect.objectContaining({ cancelled: "hang" }));
  });

  it("and what others are waiting for goes on", async () => {
    const { launcher, server } = set();
    const runs = [
      toolRun(server, "hang", {}, { timeout_ms: 600 }),
      toolRun(server, "fail"),
      toolRun(server, "allow"),
      toolRun(server, "answer", { structured: { decision: "block", reason: "no" } }),
    ];
    const outcomes = (await endsOf(launcher, runs)).map((end) => end.outcome);
    expect(outcomes).toEqual(["timeout", "failed", "ok", "blocked"]);
  });
});

describe("what a server prints", () => {
  it("beside messages is no answer, and goes to its log", async () => {
    const { launcher, server, home } = set({ modes: ["banner"] });
    expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
    const [log] = home.list("host", "logs");
    expect(readFileSync(home.hooks("host", "logs", log as string), "utf8")).toBe(
      'Welcome!\n{"level":"info","text":"ready"}\n{ not JSON\n',
    );
  });

  it.each([
    ["is half a message", "cut", "it is no message of JSON-RPC"],
    ["is no result", "nonsense", "Invalid result for tools/call"],
  ])("%s: whoever waits for it hears at once", async (_, mode, words) => {
    const { launcher, server, pids } = set({ modes: [mode] });
    const end = await call(launcher, server, "allow");
    expect(end).toMatchObject({ outcome: "failed", code: "bad_answer" });
    expect(end.message).toContain(words);
    expect(await call(launcher, server, "fail")).toMatchObject({ code: "bad_answer" });
    expect(pids()).toHaveLength(1);
  });

  it("on stderr does not fill the disk", async () => {
    const { launcher, server, home } = set();
    expect(await call(launcher, server, "flood")).toMatchObject({ outcome: "ok" });
    await launcher.close(5000);
    const [log] = home.list("host", "logs");
    const text = readFileSync(home.hooks("host", "logs", log as string), "utf8");
    expect(text.length).toBeLessThan(1024 * 1024 + 100);
    expect(text.endsWith("\n[more is left out]\n")).toBe(true);
  });
});

describe("a server that does not start", () => {
  it.each<[string, Differences, string]>([
    [
      "has no program",
      { transport: { argv: ["no-such-server"] } },
      'its server "no-such-server" cannot be started: no such program on PATH',
    ],
    [
      "has a program that is none",
      { transport: { argv: [fileURLToPath(import.meta.url)] } },
      'mcp-tool.test.ts" may not be executed. Run: chmod +x',
    ],
    ["has no folder", { transport: { cwd: "/nowhere" } }, 'the folder "/nowhere"'],
    [
      "ends at once",
      { modes: ["early"] },
      "its server exited with code 4 before it was ready: Cannot read its settings. See",
    ],
    ["never answers", { modes: ["mute"], startup_timeout_ms: 400 }, "its server was not ready after 400 ms"],
  ])("%s", async (_, differences, words) => {
    const { launcher, server } = set(differences);
    const end = await call(launcher, server, "allow");
    expect(end).toMatchObject({ outcome: "failed", code: "server_not_started" });
    expect(end.message).toContain(`Cannot call ${of("allow")}: `);
    expect(end.message).toContain(words);
  });

  it("holds up no other server, and no call longer than it has time", async () => {
    const { launcher, server, home } = set({ modes: ["mute"] });
    const other = stdioServer(home).server;
    const ends = await endsOf(launcher, [toolRun(server, "allow", {}, { timeout_ms: 1500 }), toolRun(other, "allow")]);
    expect(ends.map((end) => end.outcome)).toEqual(["timeout", "ok"]);
  });
});

describe("the environment of a server", () => {
  const traced = ({ trace }: Served): Record<string, string> => trace()[0]?.environment as Record<string, string>;

  it("is what is safe, what it is given, what it asks for, and the depth that no definition changes", async () => {
    const transport = { env: { MODE: "strict", XCODEX_HOOKS_DEPTH: "0" }, env_vars: ["ASKED", "ABSENT"] };
    const env = { PATH: process.env.PATH, HOME: "/home/ada", ASKED: "yes", API_KEY: "secret", XCODEX_HOOKS_DEPTH: "1" };
    const { launcher, home, ...served } = set({ transport }, { env: env as NodeJS.ProcessEnv });
    expect(await call(launcher, served.server, "allow")).toMatchObject({ outcome: "ok" });
    const { PATH: _, ...rest } = traced(served);
    expect(rest).toEqual({
      HOME: "/home/ada",
      MODE: "strict",
      ASKED: "yes",
      XCODEX_HOOKS_DEPTH: "2",
      CODEX_HOME: home.path,
    });
    expect(served.trace()[0]?.cwd).toBe(home.path);
  });

  it("does not come back in messages, records or logs", async () => {
    const secret = "tok-4711-very-secret";
    const transport = { env: { GIVEN: `${secret}-given` }, env_vars: ["ASKED"] };
    const env = { ...process.env, ASKED: `${secret}-asked` };
    const { launcher, server, home } = set({ transport }, { env });
    for (const variable of ["GIVEN", "ASKED"]) {
      const end = await call(launcher, server, "leak", { variable });
      expect(end.message).toContain(`bad value "[${variable}]"`);
    }
    await launcher.close(5000);
    const [log] = home.list("host", "logs");
    expect(readFileSync(home.hooks("host", "logs", log as string), "utf8")).toBe(
      "my secret is [GIVEN]\nmy secret is [ASKED]\n",
    );
    expect(readFileSync(home.hooks("runs.jsonl"), "utf8")).not.toContain(secret);
  });
});
