import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  hooksPaths,
  type RunRecord,
} from "@xcodex/hooks-dispatcher";
import { afterAll, describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "..", "fixtures");
const HOST = join(FIXTURES, "host.mjs");
const homes: string[] = [];

afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A CODEX_HOME with a host that behaves like this. */
function homeWith(behaviour: readonly string[], more = ""): string {
  const home = mkdtempSync(join(tmpdir(), "xcodex-host-"));
  homes.push(home);
  const command = JSON.stringify([process.execPath, HOST, ...behaviour]);
  writeFileSync(join(home, "config.toml"), `[hooks.host]\nenabled = true\ncommand = ${command}\n${more}`);
  return home;
}

function outside(): NodeJS.ProcessEnv {
  const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
  return env;
}

async function dispatcherFor(codexHome: string, options: DispatcherOptions = {}): Promise<Dispatcher> {
  return createDispatcher({ codexHome, env: outside(), ...options });
}

type Line = { type: string; seq: number; count: number; from_seq: number; to_seq: number; event: { prompt: string } };

function jsonLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  // What stands behind the last line feed is being written.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as T);
}

const seen = (home: string): Line[] => jsonLines<Line>(join(home, "seen.jsonl"));
const events = (home: string): Line[] => seen(home).filter(({ type }) => type === "event");
const records = (home: string): RunRecord[] => jsonLines<RunRecord>(hooksPaths(home).records);
const starts = (home: string): number => readFileSync(join(home, "starts.log"), "utf8").trimEnd().split("\n").length;

function prompt(text: string): { [field: string]: unknown } {
  return { xcodex_event_type: "user-prompt-submit", session_id: "s-1", cwd: "/", prompt: text };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((go) => setTimeout(go, 20));
  expect(holds()).toBe(true);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

for (const inProcess of [false, true]) {
  describe(inProcess ? "a host started by this process" : "a host started by the launcher", () => {
    it("gets every event as a line, numbered from 1, and ends when its input does", async () => {
      const home = homeWith([]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      for (const number of numbers(20)) dispatcher.emit(prompt(`p${number}`));
      dispatcher.emit({ xcodex_event_type: "not.in.the.catalogue", session_id: "s-1", cwd: "/", more: [1] });
      expect(await dispatcher.close(20_000)).toEqual({ drained: true, left: 0, dropped: 0 });
      expect(seen(home).map(({ type }) => type)).toEqual([...Array(21).fill("event"), "end of input"]);
      expect(events(home).map(({ seq }) => seq)).toEqual(numbers(21));
      expect(seen(home)[4]).toMatchObject({
        schema_version: 1,
        event: { prompt: "p5", hook_event_name: "UserPromptSubmit", xcodex_event_type: "user-prompt-submit" },
      });
      expect(seen(home)[20]).toMatchObject({ event: { hook_event_name: "not.in.the.catalogue", more: [1] } });
      expect(records(home)).toMatchObject([{ hook: "host:*:1", surface: "host", outcome: "ok", exit_code: 0 }]);
    });

    it("is not started before there is an event for it", async () => {
      const home = homeWith([], '[[hooks.host.filters.session_end]]\nmatcher = "*"\n');
      const dispatcher = await dispatcherFor(home, { inProcess });
      dispatcher.emit(prompt("not for it"));
      await dispatcher.close(20_000);
      expect(existsSync(join(home, "starts.log"))).toBe(false);
    });

    it("is started again when it dies, and what it had not dealt with comes once more", async () => {
      const home = homeWith(["die-on=p3"]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      await dispatcher.dispatch(prompt("p1"), { wait: "all" });
      for (const number of [2, 3, 4, 5]) dispatcher.emit(prompt(`p${number}`));
      await until(() => events(home).some(({ event }) => event.prompt === "p5"));
      expect(await dispatcher.close(20_000)).toMatchObject({ drained: true, dropped: 0 });
      const got = events(home);
      expect(new Set(got.map(({ event }) => event.prompt))).toEqual(new Set(["p1", "p2", "p3", "p4", "p5"]));
      // What came twice is told by its number and its event_id.
      for (const { seq, event } of got) expect(event.prompt).toBe(`p${seq}`);
      expect(starts(home)).toBe(2);
      expect(records(home)).toMatchObject([{ outcome: "failed", code: "host_ended", exit_code: 7 }, { outcome: "ok" }]);
    });

    it("that reads half a line and dies gets the whole line again, and no third time", async () => {
      const home = homeWith(["half"]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      dispatcher.emit(prompt("p1"));
      await until(() => records(home).length >= 2);
      await until(() => records(home).some(({ outcome }) => outcome === "dropped"));
      const dropped = records(home).filter(({ outcome }) => outcome === "dropped");
      expect(dropped).toMatchObject([{ count: 1, code: "host_ended" }]);
      expect(await dispatcher.close(20_000)).toMatchObject({ left: 0, dropped: 1 });
    });

    it("that dies at once is left alone after three times", async () => {
      const home = homeWith(["always-die-on=event"]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      for (let round = 0; round < 40 && !records(home).some(({ code }) => code === "breaker_open"); round += 1) {
        dispatcher.emit(prompt(`p${round}`));
        await new Promise((go) => setTimeout(go, 100));
      }
      expect(records(home).filter(({ code }) => code === "breaker_open")).toHaveLength(1);
      expect(starts(home)).toBe(3);
      const { replies } = await dispatcher.dispatch(prompt("later"), { wait: "all" });
      expect(replies[0]?.end).toMatchObject({ outcome: "failed", code: "breaker_open" });
      const { dropped } = await dispatcher.close(20_000);
      expect(dropped).toBeGreaterThan(0);
      const told = records(home).filter(({ outcome }) => outcome === "dropped");
      expect(told.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(dropped);
      expect(starts(home)).toBe(3);
    });

    it("that stops reading is stopped, and started again", async () => {
      const home = homeWith(["deaf"], "timeout_sec = 1\n");
      const dispatcher = await dispatcherFor(home, { inProcess });
      const large = "x".repeat(40_000);
      for (const _ of numbers(5)) dispatcher.emit(prompt(large));
      await until(() => records(home).some(({ code }) => code === "host_stalled"));
      await until(() => starts(home) > 1);
      await dispatcher.close(100);
    });

    it("that outlives its input is stopped after its grace, with everything it started", async () => {
      const home = homeWith(["stays", "child"], "timeout_sec = 1\n");
      const dispatcher = await dispatcherFor(home, { inProcess });
      dispatcher.emit(prompt("p1"));
      await until(() => seen(home).length === 1);
      const child = Number(readFileSync(join(home, "child.pid"), "utf8"));
      await dispatcher.close(20_000);
      expect(records(home)).toMatchObject([{ outcome: "timeout", code: "timeout", signal: "SIGKILL" }]);
      await until(() => isGone(child));
    });

    it("that is too slow costs events, and they are counted, recorded and told to it", async () => {
      const home = homeWith(["slow=1"]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      for (const number of numbers(3000)) dispatcher.emit(prompt(`p${number}`));
      await until(() => events(home).length >= 1000);
      dispatcher.emit(prompt("last"));
      const { dropped, left } = await dispatcher.close(20_000);
      expect(left).toBe(0);
      expect(dropped).toBeGreaterThan(0);
      expect(events(home).length + dropped).toBe(3001);
      const notices = seen(home).filter(({ type }) => type === "events-dropped");
      expect(notices).toMatchObject([{ from_seq: 1025, to_seq: 3000, count: 1976, reason: "queue full" }]);
      expect(records(home).filter(({ code }) => code === "queue_full")).toMatchObject([{ count: 1976 }]);
    });

    it("answers gates while it lives, one by one and many at once", async () => {
      const home = homeWith([], "replies = true\n");
      const dispatcher = await dispatcherFor(home, { inProcess });
      const decisions = await Promise.all(numbers(50).map((number) => dispatcher.dispatch(prompt(`p${number}`))));
      expect(decisions.map(({ action }) => action)).toEqual(Array(50).fill("continue"));
      expect(decisions.flatMap(({ replies }) => replies.map(({ end }) => end.outcome))).toEqual(Array(50).fill("ok"));
      await dispatcher.close(20_000);
      expect(starts(home)).toBe(1);
    });

    it("gets every line whole and in order, however much is written while it reads", async () => {
      const home = homeWith([]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      const sizes = numbers(2000).map((number) => (number % 3 === 0 ? 200 : 10_000 + (number % 97) * 100));
      let before: Promise<unknown> = Promise.resolve();
      for (const [at, size] of sizes.entries()) {
        const event = prompt(`${at} ${"x".repeat(size)} ${at}`);
        if (at % 100 !== 99) dispatcher.emit(event);
        else {
          const taken = dispatcher.dispatch(event, { wait: "all" });
          await before;
          before = taken;
        }
      }
      await before;
      expect(await dispatcher.close(30_000)).toEqual({ drained: true, left: 0, dropped: 0 });
      const got = events(home);
      expect(got.map(({ seq }) => seq)).toEqual(numbers(2000));
      const wrong = got.filter(({ event }, at) => event.prompt !== `${at} ${"x".repeat(sizes[at] ?? 0)} ${at}`);
      expect(wrong.map(({ seq }) => seq)).toEqual([]);
    });

    it("takes a payload of 20 MB", async () => {
      const home = homeWith([]);
      const dispatcher = await dispatcherFor(home, { inProcess });
      dispatcher.emit(prompt("x".repeat(20_000_000)));
      expect(await dispatcher.close(30_000)).toMatchObject({ drained: true });
      expect(events(home)[0]?.event.prompt).toHaveLength(20_000_000);
    });
  });
}

function isGone(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() === "" || stdout.startsWith("Z");
}

const PYTHON = spawnSync("python3", ["--version"]).status === 0;

it.skipIf(!PYTHON && !process.env.CI)(
  `a host with a large pipe gets every line whole and in order${PYTHON ? "" : " (skipped: python3 not found)"}`,
  async () => {
    const home = homeWith([]);
    const command = JSON.stringify(["python3", join(FIXTURES, "large_pipe_host.py")]);
    writeFileSync(join(home, "config.toml"), `[hooks.host]\nenabled = true\ncommand = ${command}\n`);
    const dispatcher = await dispatcherFor(home);
    let before: Promise<unknown> = Promise.resolve();
    for (let at = 0; at < 20_000; at += 1) {
      const event = prompt(`${at} ${"x".repeat(12_000)} ${at}`);
      if (at % 250 !== 249) dispatcher.emit(event);
      else {
        const taken = dispatcher.dispatch(event, { wait: "all" });
        await before;
        before = taken;
      }
    }
    expect(await dispatcher.close(60_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    const verdict = JSON.parse(readFileSync(join(home, "verdict.json"), "utf8"));
    expect(verdict).toEqual({ right: 20_000, wrong: null, rest: 0 });
  },
  120_000,
);

describe("its files", () => {
  it("are for its user only, and its output goes to a log", async () => {
    const home = homeWith(["exit-after=1"]);
    const dispatcher = await dispatcherFor(home);
    await dispatcher.dispatch(prompt("p1"), { wait: "all" });
    await until(() => records(home).length > 0);
    await dispatcher.close(20_000);
    const { host_logs } = hooksPaths(home);
    const logs = readdirSync(host_logs);
    expect(logs.length).toBeGreaterThan(0);
    expect(statSync(host_logs).mode & 0o777).toBe(0o700);
    for (const log of logs) expect(statSync(join(host_logs, log)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(hooksPaths(home).tmp, "scratch"))).toEqual([]);
  });
});

describe("when the agent goes away", () => {
  const AGENT = `
    import { createDispatcher } from ${JSON.stringify(import.meta.resolve("@xcodex/hooks-dispatcher"))};
    const dispatcher = await createDispatcher();
    for (let number = 1; number <= Number(process.argv[2]); number += 1)
      dispatcher.emit({ xcodex_event_type: "user-prompt-submit", session_id: "s", cwd: "/", prompt: "p" + number });
    if (process.argv[1] === "later") setInterval(() => {}, 1000);
    if (process.argv[1] === "exit") process.exit(0);
    if (process.argv[1] === "throw") throw new Error("on purpose");
  `;

  function agent(home: string, how: string, count: number): ReturnType<typeof spawn> {
    const args = ["--input-type=module", "-e", AGENT, "--", how, String(count)];
    return spawn(process.execPath, args, { env: { ...outside(), CODEX_HOME: home }, stdio: "ignore" });
  }

  it.each(["exit", "throw", "by itself"])("by %s right after emit, the host gets everything and ends", async (how) => {
    const home = homeWith([]);
    agent(home, how, 1000);
    await until(() => seen(home).at(-1)?.type === "end of input");
    expect(events(home).map(({ event }) => event.prompt)).toEqual(numbers(1000).map((number) => `p${number}`));
  });

  it("killed, the host gets what was written and ends", async () => {
    const home = homeWith([]);
    const child = agent(home, "later", 10);
    await until(() => events(home).length === 10);
    child.kill("SIGKILL");
    await until(() => seen(home).at(-1)?.type === "end of input");
    await until(() => records(home).some(({ outcome }) => outcome === "ok"));
  });

  it("a host that does not follow it is stopped", async () => {
    const home = homeWith(["stays"], "timeout_sec = 1\n");
    agent(home, "exit", 1);
    await until(() => records(home).some(({ code }) => code === "timeout"));
    const pid = Number(readFileSync(join(home, "starts.log"), "utf8").trim());
    await until(() => isGone(pid));
  });
});
