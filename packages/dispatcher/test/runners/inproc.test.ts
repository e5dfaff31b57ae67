import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Dispatcher, type HookReply, hooksPaths, type InprocModule } from "@xcodex/hooks-dispatcher";
import { describe, expect, it } from "vitest";
import { runProcess } from "../../../../test/support/process.ts";
import { dispatcherFor, makeHome, outside, runAgent, until } from "./homes.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");

const started = {
  xcodex_event_type: "tool-call-started",
  session_id: "s-1",
  cwd: "/home/dev/project",
  tool_name: "exec_command",
  tool_input: { cmd: "ls" },
};
const finished = { ...started, xcodex_event_type: "tool-call-finished", status: "completed", success: true };

/** For tests that start a process per event, or emit a hundred thousand: a machine may be busy. */
const LONG = 120_000;

/** An agent with functions of its own and nothing else. */
async function agentWith(...inproc: InprocModule[]): Promise<{ agent: Dispatcher; home: ReturnType<typeof makeHome> }> {
  const home = makeHome("");
  return { home, agent: await dispatcherFor(home, { inproc }) };
}

describe("calls", () => {
  it("come after emit has returned, in order, one at a time, a promise included", async () => {
    const seen: string[] = [];
    const onEvent = async ({ event_id }: { event_id: string }): Promise<void> => {
      seen.push(`${event_id} begins`);
      await new Promise((settle) => setTimeout(settle, 2));
      seen.push(`${event_id} ends`);
    };
    const { agent } = await agentWith({ name: "slow", onEvent });
    for (const event_id of ["a", "b", "c"]) agent.emit({ ...started, event_id });
    expect(seen).toEqual([]);
    await agent.close(20_000);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("get an object of their own each, with the event as it was when it was emitted", async () => {
    const seen: Record<string, unknown>[] = [];
    const onEvent = (event: Record<string, unknown>): void => {
      seen.push({ ...event });
      event.cwd = "changed by a hook";
    };
    const { agent } = await agentWith({ name: "one", onEvent }, { name: "two", onEvent, events: ["pre_tool_use"] });
    const event = { ...started };
    agent.emit(event);
    event.cwd = "changed by the agent";
    await agent.close(20_000);
    expect(seen.map(({ cwd }) => cwd)).toEqual(["/home/dev/project", "/home/dev/project"]);
    expect(seen[0]).toMatchObject({ ...started, schema_version: 1, hook_event_name: "PreToolUse", tool_alias: "Bash" });
  });

  it("of a gate do not wait behind what observers have still to see", async () => {
    let observed = 0;
    const { agent } = await agentWith(
      { name: "observer", onEvent: () => void observed++ },
      { name: "gate", onEvent: () => ({ decision: "block", reason: "no" }), events: ["PreToolUse"], mode: "sync" },
    );
    for (let n = 0; n < 1_000; n += 1) agent.emit(finished);
    const decision = await agent.dispatch(started);
    expect(decision).toMatchObject({ action: "block", reason: "no", decided_by: ["inproc:gate:1"] });
    expect(observed).toBe(0);
    await agent.close(20_000);
    expect(observed).toBe(1_001);
  });

  it("of one gate keep their order all the same", async () => {
    const seen: string[] = [];
    const onEvent = ({ event_id }: { event_id: string }): void => void seen.push(event_id);
    const { agent } = await agentWith({ name: "gate", onEvent, mode: "sync" });
    agent.emit({ ...started, event_id: "first" });
    await agent.dispatch({ ...started, event_id: "second" });
    expect(seen).toEqual(["first", "second"]);
  });

  it("can have events that JSON has no way to say", async () => {
    const seen: unknown[] = [];
    const { agent } = await agentWith({ name: "any", onEvent: ({ big }) => void seen.push(big) });
    agent.emit({ ...started, big: 1n });
    await agent.close(20_000);
    expect(seen).toEqual([1n]);
  });

  it("come for exactly the events and tools that were asked for", async () => {
    const seen: string[] = [];
    const onEvent = (name: string) => (event: { event_id: string }) => void seen.push(`${name} ${event.event_id}`);
    const { agent } = await agentWith(
      { name: "failures", onEvent: onEvent("failures"), events: ["PostToolUseFailure"] },
      { name: "bash", onEvent: onEvent("bash"), matcher: "Bash" },
      { name: "commands", onEvent: onEvent("commands"), events: ["exec.before", "PreToolUse"] },
    );
    agent.emit({ ...started, event_id: "1" });
    agent.emit({ ...finished, event_id: "2" });
    agent.emit({ ...finished, event_id: "3", success: false, tool_name: "read_file" });
    agent.emit({ xcodex_event_type: "session-start", session_id: "s-1", cwd: "/", event_id: "4" });
    await agent.close(20_000);
    expect(seen.sort()).toEqual(["bash 1", "bash 2", "commands 1", "failures 3"]);
  });

  it("that are too many at once are dropped, counted, told in one record, and said to who waits", async () => {
    let seen = 0;
    const { agent, home } = await agentWith({ name: "observer", onEvent: () => void seen++ });
    for (let n = 0; n < 3_000; n += 1) agent.emit(finished);
    const { replies } = await agent.dispatch(finished, { wait: "all" });
    expect(replies[0]?.end).toMatchObject({ outcome: "dropped", code: "queue_full" });
    const report = await agent.close(20_000);
    expect(report).toEqual({ drained: true, left: 0, dropped: 3_001 - 1_024 });
    expect(seen).toBe(1_024);
    const [record, ...more] = home.records();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ hook: "inproc:observer:1", outcome: "dropped", code: "queue_full", count: 1_977 });
  });

  it("run before the hooks of the configuration, and not with noHooks", async () => {
    const home = makeHome('[hooks]\ntool_call_started = [["true"]]\n');
    let calls = 0;
    const inproc = [{ name: "mine", onEvent: () => void calls++ }];
    const agent = await dispatcherFor(home, { inproc });
    const { replies } = await agent.dispatch(started, { wait: "all" });
    expect(replies.map(({ hook }) => hook.id)).toEqual(["inproc:mine:1", "argv-list:tool_call_started:1"]);
    await agent.close(20_000);
    const off = await dispatcherFor(home, { inproc, noHooks: true });
    await off.dispatch(started, { wait: "all" });
    expect(calls).toBe(1);
  });

  it("that come after close have failed with closed", async () => {
    const { agent, home } = await agentWith({ name: "mine", onEvent: () => {} });
    await agent.close(20_000);
    const { replies } = await agent.dispatch(started, { wait: "all" });
    expect(replies[0]?.reply).toMatchObject({ kind: "failed", code: "closed" });
    expect(home.records()).toEqual([]);
  });

  it("that close cannot wait for are left over, and those behind them have failed with closed", async () => {
    const { agent, home } = await agentWith({ name: "stuck", onEvent: () => new Promise(() => {}) });
    const replies: HookReply[] = [];
    for (let n = 0; n < 3; n += 1)
      void agent.dispatch(started, { wait: "all" }).then((d) => replies.push(...d.replies));
    expect(await agent.close(50)).toEqual({ drained: false, left: 3, dropped: 2 });
    await until(() => replies.length === 2, "those in the line have failed");
    expect(replies.map(({ end }) => end.code)).toEqual(["closed", "closed"]);
    expect(home.records()).toMatchObject([{ outcome: "dropped", code: "closed", count: 2 }]);
  });
});

describe("a function that keeps failing", () => {
  it("is left alone after three failures; each is recorded once, and what it misses is counted", async () => {
    let calls = 0;
    const onEvent = (): void => {
      calls += 1;
      throw new Error(`failure ${calls}`);
    };
    const { agent, home } = await agentWith({ name: "bad", onEvent });
    for (let n = 0; n < 100; n += 1) agent.emit(started);
    await until(() => calls === 3, "it was called three times");
    const { replies } = await agent.dispatch(started, { wait: "all" });
    expect(replies[0]?.reply).toMatchObject({ kind: "failed", code: "breaker_open" });
    expect(await agent.close(20_000)).toEqual({ drained: true, left: 0, dropped: 98 });
    expect(calls).toBe(3);
    const records = home.records();
    expect(records.map(({ code, count }) => `${code} ${count ?? ""}`)).toEqual([
      "hook_threw ",
      "hook_threw ",
      "hook_threw ",
      "breaker_open ",
      "breaker_open 98",
    ]);
    expect(records[3]?.message).toMatch(
      /^Cannot deliver to inproc:bad: it failed 3 times in a row .* Error: failure 3 at /,
    );
    expect(records[0]).toMatchObject({
      hook: "inproc:bad:1",
      origin: "<the agent's own program>:1",
      outcome: "failed",
    });
  });

  it("and one that fails now and then has a few records per second, not one per failure", async () => {
    let calls = 0;
    const onEvent = (): void => {
      calls += 1;
      if (calls % 2 === 0) throw new Error("every other time");
    };
    const { agent, home } = await agentWith({ name: "moody", onEvent });
    for (let n = 0; n < 1_000; n += 1) agent.emit(started);
    await agent.close(20_000);
    expect(calls).toBe(1_000);
    const records = home.records();
    const failures = records.reduce((sum, { count = 1 }) => sum + count, 0);
    expect(failures).toBe(500);
    expect(records.length).toBeLessThan(50);
  });

  it("does not touch the one beside it", async () => {
    let calls = 0;
    const { agent } = await agentWith(
      {
        name: "bad",
        onEvent: () => {
          throw new Error("no");
        },
      },
      { name: "good", onEvent: () => void calls++ },
    );
    for (let n = 0; n < 50; n += 1) agent.emit(started);
    await agent.close(20_000);
    expect(calls).toBe(50);
  });
});

describe("a mistake of the agent's builder", () => {
  const onEvent = (): void => {};
  const mistakes: readonly (readonly [code: string, message: RegExp, modules: readonly object[]])[] = [
    ["wrong_type", /"": it has no name/, [{ name: "", onEvent }]],
    ["wrong_type", /"a": its onEvent is no function/, [{ name: "a" }]],
    [
      "wrong_type",
      /"a": two have this name/,
      [
        { name: "a", onEvent },
        { name: "a", onEvent },
      ],
    ],
    [
      "wrong_type",
      /"tool_call_summary": hooks.inproc of config.toml has such names/,
      [{ name: "tool_call_summary", onEvent }],
    ],
    ["wrong_type", /"hooks\/a.mjs": hooks.inproc of config.toml has such names/, [{ name: "hooks/a.mjs", onEvent }]],
    [
      "unknown_event",
      /"PreTolUse" is not in the catalogue.*Did you mean "PreToolUse"\?/,
      [{ name: "a", onEvent, events: ["PreTolUse"] }],
    ],
    ["unknown_event", /"\*" is the name of none/, [{ name: "a", onEvent, events: ["*"] }]],
    ["wrong_type", /its events are no list/, [{ name: "a", onEvent, events: "PreToolUse" }]],
    ["wrong_type", /an entry of its events is no text/, [{ name: "a", onEvent, events: [5] }]],
    ["bad_matcher", /its matcher "\(\?=x\)" cannot be read: .*look-around/, [{ name: "a", onEvent, matcher: "(?=x)" }]],
    [
      "bad_matcher",
      /its matcher is for tools, and "session_start" is not about one/,
      [{ name: "a", onEvent, matcher: "Bash", events: ["PreToolUse", "session_start"] }],
    ],
    ["bad_matcher", /its matcher is no text/, [{ name: "a", onEvent, matcher: /x/ }]],
    ["unknown_mode", /its mode is "gate"/, [{ name: "a", onEvent, mode: "gate" }]],
    ["bad_timeout", /its timeout_ms is 0/, [{ name: "a", onEvent, timeout_ms: 0 }]],
  ];
  it.each(mistakes)("is refused with %s: %s", async (code, message, modules) => {
    const home = makeHome("");
    const refused = dispatcherFor(home, { inproc: modules as InprocModule[] });
    await expect(refused).rejects.toMatchObject({ name: "HooksError", code });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(/^Cannot /);
  });
});

describe("a module", () => {
  it("that failed loads once it is mended, and what it missed is not made up for", async () => {
    const home = makeHome('[hooks]\nenable_unsafe_inproc = true\ninproc = ["hooks/mine.mjs"]\n');
    home.write("hooks/mine.mjs", "import './helper.mjs';\n");
    const mended = "export const on_event = (e) => appendFileSync(new URL('seen', import.meta.url), e.event_id);\n";
    const { stdout, stderr } = await runAgent(
      home,
      `
const ask = async (event_id) => console.log(said(await agent.dispatch({ ...event, event_id }, { wait: "all" })));
await ask("a");
writeFileSync(${JSON.stringify(home.file("hooks/helper.mjs"))}, "syntax error");
await ask("b");
writeFileSync(${JSON.stringify(home.file("hooks/mine.mjs"))}, ${JSON.stringify(`import { appendFileSync } from "node:fs";\n${mended}`)});
await ask("c");
await ask("d");
await agent.close();`,
    );
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n")).toEqual(["module_not_loaded", "module_not_loaded", "ok", "ok"]);
    expect(home.read("hooks/seen")).toBe("cd");
  });

  it("that waits for ever at its top is given up at the timeout, and the agent ends", async () => {
    const home = makeHome("");
    const module = home.write("never.mjs", "await new Promise(() => {});\n");
    const { stdout, stderr } = await runAgent(
      home,
      `
const config = { ...agent.config, hooks: [{ id: "inproc:never:1", surface: "inproc", origin: { file: "f", line: 1 }, runner: "inproc",
  key: "*", event_type: "*", matcher: { source: "*", matches: () => true }, wire: "xcodex", mode: "async", may_gate: false,
  required: false, timeout_ms: 50, target: "inproc:never", inproc: { module: ${JSON.stringify(module)} } }] };
const other = await createDispatcher({ config, inProcess: true });
const { replies } = await other.dispatch(event, { wait: "all" });
console.log(replies[0].end.message);
await other.close();`,
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Cannot load the module ".*never\.mjs": it has not loaded within 50 ms\./);
  });
});

describe("tool_call_summary", () => {
  const samples = join(ROOT, "packages", "samples");
  const nasty = [
    "a b",
    "x\ntype=tool-call-finished tool=forged",
    'x" success="true',
    "\\",
    "-",
    "tab\tbell\u0007escape\u001b[31m",
    "\u007f\u0085\u2028\u2029\u202e\u200b\ufeff\u00a0",
    "größe/漢字/🚀",
    "\ud83d half",
    "\u{e0041}\u{f0000} tags",
    "C:\\Users\\dev",
    "",
  ];

  function captured(agent: string): readonly Record<string, unknown>[] {
    const file = join(ROOT, "conformance", "captures", `${agent}.jsonl`);
    return readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).stdin);
  }

  /** What the sample of the same name writes, which is a program that is started for every event. */
  async function sample(payloads: readonly object[]): Promise<string> {
    const home = makeHome("");
    const files = [
      "external/tool-call-summary/tool_call_summary.mjs",
      "external/shared/hooks_log.mjs",
      "dist/xcodex_hooks.mjs",
    ];
    for (const file of files) home.write(`hooks/${file.split("/").at(-1)}`, readFileSync(join(samples, file), "utf8"));
    const hook = home.file("hooks/tool_call_summary.mjs");
    for (const payload of payloads) {
      const ended = await runProcess([process.execPath, hook], JSON.stringify(payload), {
        env: { CODEX_HOME: home.path },
      });
      expect(ended).toMatchObject({ code: 0, stderr: "" });
    }
    return home.read("hooks-tool-calls.log");
  }

  async function builtin(payloads: readonly object[]): Promise<string> {
    const home = makeHome('[hooks]\ninproc = ["tool_call_summary"]\n');
    const agent = await dispatcherFor(home);
    for (const payload of payloads) agent.emit(payload as Record<string, unknown>);
    await agent.close(20_000);
    return home.read("hooks-tool-calls.log");
  }

  it.each(["codex", "claude-code", "gemini"])(
    "writes what the sample writes, byte for byte, for a session of %s",
    async (name) => {
      const payloads = captured(name);
      const wanted = await sample(payloads);
      expect(wanted).not.toBe("");
      expect(await builtin(payloads)).toBe(wanted);
    },
    LONG,
  );

  it(
    "and for values that try to forge a line",
    async () => {
      const payloads = nasty.map((value) => ({ ...finished, tool_name: value, status: value, cwd: value }));
      const wanted = await sample(payloads);
      expect(wanted.trimEnd().split("\n")).toHaveLength(nasty.length);
      expect(await builtin(payloads)).toBe(wanted);
    },
    LONG,
  );
});

describe("a log file", () => {
  const LOG = '[hooks]\ninproc = ["event_log_jsonl"]\n';

  it("is the owner's alone, also when it was there before with a wider mode", async () => {
    const home = makeHome(LOG);
    const agent = await dispatcherFor(home);
    await agent.dispatch(finished, { wait: "all" });
    const mode = (): number => statSync(home.file("hooks.jsonl")).mode & 0o777;
    expect(mode()).toBe(0o600);
    await agent.close(20_000);
    chmodSync(home.file("hooks.jsonl"), 0o644);
    const again = await dispatcherFor(home);
    await again.dispatch(finished, { wait: "all" });
    await again.close(20_000);
    expect(mode()).toBe(0o600);
    expect(home.lines("hooks.jsonl")).toHaveLength(2);
  });

  it("is written whole when several agents write it at once", async () => {
    const home = makeHome(LOG);
    const agents = await Promise.all([1, 2, 3].map(() => dispatcherFor(home)));
    const text = "x".repeat(5_000);
    for (let n = 0; n < 300; n += 1) {
      for (const [at, agent] of agents.entries()) agent.emit({ ...finished, event_id: `${at}-${n}`, text });
      if (n % 50 === 0) await new Promise((settle) => setImmediate(settle));
    }
    await Promise.all(agents.map((agent) => agent.close(20_000)));
    const events = home.lines("hooks.jsonl").map((line) => JSON.parse(line));
    expect(events).toHaveLength(900);
    const first = events.filter(({ event_id }) => event_id.startsWith("0-")).map(({ event_id }) => event_id);
    expect(first).toEqual(Array.from({ length: 300 }, (_, n) => `0-${n}`));
  });

  const unwritable: readonly (readonly [string, (path: string) => void])[] = [
    ["a symbolic link", (path) => symlinkSync(join(path, "..", "elsewhere"), path)],
    ["a folder", (path) => mkdirSync(path)],
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ];
  it.each(unwritable)("that is %s is refused, and the agent goes on", async (_, put) => {
    const home = makeHome(LOG);
    put(home.file("hooks.jsonl"));
    const agent = await dispatcherFor(home);
    const codes: (string | undefined)[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { replies, action } = await agent.dispatch(started, { wait: "all" });
      expect(action).toBe("continue");
      codes.push(replies[0]?.end.code);
    }
    const failed = "log_not_written";
    expect(codes).toEqual([failed, failed, failed, "breaker_open", "breaker_open"]);
    await agent.close(20_000);
    expect(existsSync(home.file("elsewhere"))).toBe(false);
    expect(home.records().map(({ code }) => code)).toEqual([failed, failed, failed, "breaker_open", "breaker_open"]);
    expect(home.records()[0]?.message).toMatch(/^Cannot append to ".*hooks\.jsonl": .*\. Make it a file/);
  });

  it("on a disk without room has whole lines only, and says so", async () => {
    const home = makeHome(LOG);
    const body = `
for (let n = 0; n < 40; n += 1) agent.emit({ ...event, event_id: String(n), text: "x".repeat(1000) });
console.log(said(await agent.dispatch(event, { wait: "all" })));
await agent.close();`;
    const script = home.write(
      "agent.mjs",
      `const { createDispatcher } = await import(${JSON.stringify(join(ROOT, "packages/dispatcher/dist/index.js"))});
const agent = await createDispatcher({ codexHome: ${JSON.stringify(home.path)}, inProcess: true });
const event = ${JSON.stringify(finished)};
const said = ({ replies }) => replies.map(({ end }) => end.code ?? end.outcome).join();
await agent.dispatch(event, { wait: "all" });${body}`,
    );
    // A limit on the size of files is what a full disk is to a program: a write that takes only a part.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$1"`;
    const { stdout, stderr } = await runProcess(["bash", "-c", limited, process.execPath, script], "", {
      env: outside(),
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("log_not_written\n");
    const lines = home.lines("hooks.jsonl");
    expect(home.read("hooks.jsonl").endsWith("\n")).toBe(true);
    expect(lines.map((line) => JSON.parse(line).session_id)).toEqual(["s-1"]);
    expect(home.records()).toMatchObject([{ code: "log_not_written", count: 41 }]);
  });

  it("that somebody takes away is made again", async () => {
    const home = makeHome(LOG);
    const agent = await dispatcherFor(home);
    await agent.dispatch({ ...finished, event_id: "a" }, { wait: "all" });
    execFileSync("rm", [home.file("hooks.jsonl")]);
    await agent.dispatch({ ...finished, event_id: "b" }, { wait: "all" });
    await agent.close(20_000);
    expect(home.lines("hooks.jsonl").map((line) => JSON.parse(line).event_id)).toEqual(["b"]);
  });

  const leaving: readonly (readonly [string, string])[] = [
    ["at once", ""],
    ["while it is being written", "await new Promise((settle) => setImmediate(settle));"],
    ["a moment later", "await new Promise((settle) => setTimeout(settle, 2));"],
  ];
  it.each(leaving)("has every line when the agent exits %s", async (_, pause) => {
    const home = makeHome(LOG);
    const body = `
const emit = (from, to) => { for (let n = from; n < to; n += 1) agent.emit({ ...event, event_id: String(n), text: "x".repeat(2000) }); };
emit(0, 500);
${pause}
emit(500, 1000);
process.exit(0);`;
    expect(await runAgent(home, body)).toMatchObject({ code: 0, stderr: "" });
    const ids = home.lines("hooks.jsonl").map((line) => Number(JSON.parse(line).event_id));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
    expect(statSync(home.file("hooks.jsonl")).mode & 0o777).toBe(0o600);
  });

  it("cannot have an event that is no JSON, and the other hooks still see it", async () => {
    const home = makeHome('[hooks]\ninproc = ["event_log_jsonl", "tool_call_summary"]\n');
    const agent = await dispatcherFor(home);
    const { replies } = await agent.dispatch({ ...finished, big: 1n }, { wait: "all" });
    expect(replies.map(({ end }) => end.code ?? end.outcome)).toEqual(["not_encodable", "ok"]);
    await agent.close(20_000);
    expect(home.lines("hooks-tool-calls.log")).toHaveLength(1);
    expect(home.records().map(({ code }) => code)).toEqual(["not_encodable"]);
  });
});

it("twenty dispatchers in one process are no reason for a warning", async () => {
  const home = makeHome('[hooks]\ninproc = ["event_log_jsonl"]\n');
  const body = `
for (let n = 0; n < 20; n += 1) {
  const other = await createDispatcher({ codexHome: ${JSON.stringify(home.path)}, inProcess: true, inproc: [{ name: "f", onEvent: () => {} }] });
  other.emit(event);
}`;
  expect(await runAgent(home, body)).toMatchObject({ code: 0, stderr: "" });
  expect(home.lines(hooksPaths("").events_log.replace(/^\//, ""))).toHaveLength(20);
});

it(
  "a hundred thousand events: each is accounted for, and memory stays",
  async () => {
    const home = makeHome('[hooks]\ninproc = ["event_log_jsonl", "tool_call_summary"]\n');
    const body = `
const rss = () => { globalThis.gc?.(); return process.memoryUsage.rss() / 2 ** 20; };
const burst = async (times) => {
  for (let n = 0; n < times; n += 1) {
    for (let m = 0; m < 500; m += 1) agent.emit(event);
    await new Promise((settle) => setImmediate(settle));
  }
};
await burst(40);
const before = rss();
await burst(160);
const after = rss();
const { left, dropped } = await agent.close(20000);
console.log(JSON.stringify({ grown: after - before, left, dropped }));`;
    const { stdout, stderr } = await runAgent(home, body);
    expect(stderr).toBe("");
    const { grown, left, dropped } = JSON.parse(stdout);
    expect(left).toBe(0);
    const written = home.lines("hooks.jsonl").length + home.lines("hooks.jsonl.1").length;
    expect(written + home.lines("hooks-tool-calls.log").length + dropped).toBe(200_000);
    const counted = home.records().reduce((sum, { count = 1 }) => sum + count, 0);
    expect(counted).toBe(dropped);
    expect(grown).toBeLessThan(50);
  },
  LONG,
);
