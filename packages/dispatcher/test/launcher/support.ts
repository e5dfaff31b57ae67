/** Real processes, and how to watch them: what every test of the launcher needs. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CommandRun, Job, Launcher, Payload, RunEnd, RunRecord } from "../../dist/contracts.js";
import { startLauncher } from "../../dist/launcher/client.js";
import { createCore, type LauncherOptions } from "../../dist/launcher/core.js";

/** Both kinds of launcher, for `describe.each`. */
export const kinds: readonly [string, (options: LauncherOptions) => Launcher][] = [
  ["the core", createCore],
  ["the client", startLauncher],
];

/** A CODEX_HOME of its own, and what is in it. */
export interface Home {
  readonly path: string;
  readonly options: (more?: Partial<LauncherOptions> & { keep?: number; limit?: number }) => LauncherOptions;
  /** Absolute path of something under tmp/hooks. */
  readonly hooks: (...names: string[]) => string;
  readonly list: (...names: string[]) => string[];
  readonly records: () => RunRecord[];
  /** Path of a file for hooks to write to, outside of tmp/hooks. */
  readonly file: (name: string) => string;
  readonly read: (name: string) => string;
}

/** Makes a CODEX_HOME that goes when the test is over. */
export function makeHome(): Home {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "launcher-")));
  onTestFinished(() => removeHome(path));
  const hooks = (...names: string[]): string => join(path, "tmp", "hooks", ...names);
  const limits = (keep = 50, limit = 16384) => ({ max_stdin_payload_bytes: limit, keep_last_n_payloads: keep });
  return {
    path,
    options: ({ keep, limit, ...more } = {}) => ({ codex_home: path, limits: limits(keep, limit), ...more }),
    hooks,
    list: (...names) => listOf(hooks(...names)),
    records: () => linesOf(hooks("runs.jsonl")).map((line) => JSON.parse(line) as RunRecord),
    file: (name) => join(path, name),
    read: (name) => textOf(join(path, name)),
  };
}

/** A launcher that is still at work would make its folders again. */
async function removeHome(path: string): Promise<void> {
  await until(() => launchersOf(path).length === 0, "the launcher has left", 5000).catch(() => {
    for (const pid of launchersOf(path)) process.kill(pid, "SIGKILL");
  });
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** The launcher processes of a CODEX_HOME: it is their argument. A hook has the same while it is forked and not yet itself. */
export function launchersOf(codexHome: string): number[] {
  const between = process.platform === "linux" ? "\0" : " ";
  const found = processesWith(`launcher/main.js${between}${codexHome}`);
  return found.filter((pid) => !found.includes(parentOf(pid)));
}

function parentOf(pid: number): number {
  try {
    return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
  } catch {
    // It ended between two looks, or has become what it was forked for.
    return Number.NaN;
  }
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linesOf(path: string): string[] {
  return textOf(path)
    .split("\n")
    .filter((line) => line !== "");
}

/** A run of a shell script. */
export function sh(script: string, more: Partial<CommandRun> = {}): CommandRun {
  return run({ argv: ["sh", "-c", script] }, more);
}

/** A run of anything. */
export function run(command: CommandRun["command"], more: Partial<CommandRun> = {}): CommandRun {
  return {
    run_id: randomUUID(),
    hook_id: "command:PreToolUse:1",
    surface: "command",
    origin: { file: "/home/ada/.xcodex/config.toml", line: 7 },
    command,
    timeout_ms: 20_000,
    payload: 0,
    env: {},
    lane: "observe",
    blocks: false,
    ...more,
  };
}

/** A job of one event. */
export function job(runs: CommandRun | CommandRun[], more: Partial<Job> = {}): Job {
  return {
    event_id: randomUUID(),
    event_type: "tool-call-started",
    session_id: "session-1",
    cwd: tmpdir(),
    payloads: [{ json: '{"hello":"world"}' }],
    runs: Array.isArray(runs) ? runs : [runs],
    ...more,
  };
}

/** A payload that goes out by envelope when it is large. */
export function enveloped(json: string): Payload {
  const keys = { path: "payload_path", bytes: "payload_bytes", sha256: "payload_sha256" };
  return { json, envelope: { head: { schema_version: 1, event_id: "e-1" }, keys } };
}

/** Launches a job and waits for the ends of all its runs, in the order of the runs. */
export async function ends(launcher: Launcher, what: Job): Promise<RunEnd[]> {
  const got = new Map<string, RunEnd>();
  await new Promise<void>((settle) => {
    launcher.launch(what, (end) => {
      if (got.has(end.run_id)) throw new Error(`run ${end.run_id} ended twice`);
      got.set(end.run_id, end);
      if (got.size === what.runs.length) settle();
    });
  });
  return what.runs.map((each) => got.get(each.run_id) as RunEnd);
}

/** Launches a job of one run and waits for its end. */
export async function end(launcher: Launcher, what: Job): Promise<RunEnd> {
  return (await ends(launcher, what))[0] as RunEnd;
}

/** Waits until something holds. */
export async function until(holds: () => boolean, what: string, ms = 15_000): Promise<void> {
  const last = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > last) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((settle) => setTimeout(settle, 10));
  }
}

/** A mark for the environment of a hook, which everything that it starts inherits. */
export function mark(): { readonly env: Record<string, string>; readonly alive: () => number[] } {
  const value = `mark-${randomUUID()}`;
  const alive = (): number[] => processesWith(value);
  onTestFinished(() => {
    for (const pid of alive()) process.kill(pid, "SIGKILL");
  });
  return { env: { LAUNCHER_TEST_MARK: value }, alive };
}

/** Processes that have a text in their environment or arguments. Zombies have neither. */
export function processesWith(text: string): number[] {
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => textOf(`/proc/${pid}/environ`).includes(text) || textOf(`/proc/${pid}/cmdline`).includes(text))
      .map(Number);
  }
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes(text) && !line.includes("ps -axEww"))
    .map((line) => Number.parseInt(line, 10));
}

/** Writes a program that runs. */
export function writeScript(path: string, text: string, mode = 0o755): string {
  writeFileSync(path, text, { mode });
  return path;
}
