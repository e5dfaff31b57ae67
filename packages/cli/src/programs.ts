import { type ChildProcess, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { lastLines } from "./ui/printable.ts";

/** How a program is run. Nothing is on its standard input, no shell reads its arguments, and its group ends with it. */
export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** From the start on, in milliseconds; then its whole group is killed. Default: no end. */
  readonly deadlineMs?: number;
  /** Told to stop when this is aborted, and killed 3 seconds later. */
  readonly signal?: AbortSignal;
  /** Gets every line of standard output. */
  readonly onOutput?: (line: string) => void;
  /** Gets every line of standard error. */
  readonly onError?: (line: string) => void;
}

/** How a program ended. */
export interface Ran {
  /** Its exit code; null when it has none, and then `trouble` says why. */
  readonly code: number | null;
  /** The last 256 KiB of each. */
  readonly stdout: string;
  readonly stderr: string;
  /** What it came to when that was no plain exit: `not started (ENOENT)`, `still running after 10 s`, `killed by SIGSEGV`. */
  readonly trouble?: string;
  readonly duration_ms: number;
}

/** Characters of an output that are kept. */
const KEPT = 256 * 1024;
/** Between TERM and KILL, in milliseconds. */
const GRACE_MS = 3_000;
/** A process that is left over may hold the output open: so long is waited for its end, in milliseconds. */
const DRAIN_MS = 500;

/** Runs a program to its end. Never rejects: that it could not be started is an answer too. */
export function runProgram(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const { promise, resolve } = deferred<Ran>();
  const started = performance.now();
  const output = collect(options.onOutput);
  const errors = collect(options.onError);
  let stopped: string | undefined;
  const end = (code: number | null, trouble: string | undefined): void => {
    options.signal?.removeEventListener("abort", onAbort);
    for (const timer of timers) clearTimeout(timer);
    const duration_ms = performance.now() - started;
    resolve({ code, stdout: output.end(), stderr: errors.end(), duration_ms, ...(trouble ? { trouble } : {}) });
  };
  const timers: NodeJS.Timeout[] = [];
  const onAbort = (): void => {
    stopped ??= "stopped";
    signalGroup(child, "SIGTERM");
    timers.push(setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS));
  };
  const child = start(argv, options);
  if (child instanceof Error) {
    end(null, notStarted(child));
    return promise;
  }
  child.stdout?.setEncoding("utf8").on("data", output.add);
  child.stderr?.setEncoding("utf8").on("data", errors.add);
  child.once("error", (error) => child.pid === undefined && end(null, notStarted(error)));
  const ended = (code: number | null, signal: string | null): void =>
    end(stopped === undefined ? code : null, stopped ?? (signal === null ? undefined : `killed by ${signal}`));
  child.once("close", ended);
  child.once("exit", (code, signal) => {
    timers.push(setTimeout(() => ended(code, signal), DRAIN_MS));
    // What it left behind in its group would hold the output open. Windows has no group, and its number may be another's by now.
    if (process.platform !== "win32") signalGroup(child, "SIGKILL");
  });
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort);
  const { deadlineMs } = options;
  if (deadlineMs !== undefined) {
    const expire = (): void => {
      stopped ??= `still running after ${deadlineMs / 1000} s`;
      signalGroup(child, "SIGKILL");
    };
    timers.push(setTimeout(expire, deadlineMs));
  }
  return promise;
}

function start([file = "", ...args]: readonly string[], { env, cwd }: RunOptions): ChildProcess | Error {
  try {
    return spawn(file, args, {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that all of it can be stopped. Windows has none, and would open a window.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    return error as Error;
  }
}

function notStarted(error: NodeJS.ErrnoException): string {
  return `not started (${error.code ?? error.message})`;
}

function signalGroup(child: ChildProcess | Error, signal: "SIGTERM" | "SIGKILL"): void {
  if (child instanceof Error || child.pid === undefined) return;
  try {
    if (process.platform === "win32") endTree(child.pid);
    else process.kill(-child.pid, signal);
  } catch {
    // Gone in the meantime.
  }
}

function endTree(pid: number): void {
  spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => {});
}

/** Keeps the end of a text that comes in pieces, and hands its lines on. */
function collect(onLine: ((line: string) => void) | undefined): { add: (text: string) => void; end: () => string } {
  let kept = "";
  let begun = "";
  return {
    add: (text) => {
      kept = (kept + text).slice(-KEPT);
      if (!onLine) return;
      const lines = (begun + text).split(/\r?\n/);
      begun = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    },
    end: () => {
      if (begun !== "") onLine?.(begun);
      begun = "";
      return kept;
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Why a program did not do what it should, in a few words: its trouble, or the last line that it wrote, or its exit code. */
export function whatWentWrong({ code, stdout, stderr, trouble }: Ran): string {
  const [said] = lastLines(`${stdout}\n${stderr}`, 1);
  return trouble ?? said?.trim() ?? `it ended with ${code}`;
}

/** The number of our own process. */
export function processId(): number {
  return process.pid;
}

/** Whether there is a process of this number, whoever owns it. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
