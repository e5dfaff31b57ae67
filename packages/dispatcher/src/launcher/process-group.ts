/**
 * One process and its group, from start to the moment when nothing of it is left.
 *
 * The run is over when the process we started is; what it left running in its group gets a little time, then TERM, then KILL.
 * A process that made a session of its own has left the group, and with it our care: that is what a daemon does on purpose.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { atExit } from "./at-exit.ts";
import { type Env, groupExists, type Invocation, signalGroup, sweepLater } from "./platform.ts";

/** What to start. */
export interface GroupSpec {
  readonly invocation: Invocation;
  readonly cwd: string;
  readonly env: Env;
  readonly stdin: number | "pipe";
  readonly stdout: number | "ignore" | "pipe";
  readonly stderr: number | "ignore" | "pipe";
  /** From now on; then the whole group is stopped. Infinity: never. */
  readonly timeout_ms: number;
  /** How long the rest of the group may live after the process ended. */
  readonly linger_ms: number;
  /** Between TERM and KILL. */
  readonly kill_grace_ms: number;
}

/** How the process ended; both null when it survived even KILL (it is another user's, or stuck in the kernel). */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What is said about a group. `start failed`, or `exit` and `gone`, each once and never from within `startGroup`. */
export interface GroupEvents {
  /** The process could not be started. */
  readonly failed: (error: Error) => void;
  /** The deadline passed; the group has been told to stop. */
  readonly expired: () => void;
  /** Nothing of the group is left. Comes before `exit` when the process was alone. */
  readonly gone: () => void;
  /** The process ended. */
  readonly exit: (exit: Exit) => void;
}

/** A started group. */
export interface Group {
  readonly pid: number | undefined;
  /** Our ends of what the spec says is a pipe. Whoever asked for them closes them. */
  readonly pipes: Pick<ChildProcess, "stdin" | "stdout" | "stderr">;
  /** TERM now, KILL after the grace. Asking twice changes nothing. */
  readonly stop: () => void;
  /** Leaves what the process left behind to somebody who outlives us. Only after `exit`. */
  readonly handOver: () => void;
}

/** Starts a process in a group of its own. Throws what `spawn` throws on arguments that no process can have. */
export function startGroup(spec: GroupSpec, events: GroupEvents): Group {
  return new ProcessGroup(spec, events);
}

/** Timers cannot wait longer than this. */
const LONGEST_MS = 2 ** 31 - 1;

/** After KILL, how long until a group that does not die is given up: another user's, or dead but never waited for by pid 1. */
const GIVE_UP_MS = 1000;

/** Without a look at the group for so long, its number may belong to somebody else: then it is left alone. */
const BLIND_MS = 5000;

class ProcessGroup implements Group {
  readonly pid: number | undefined;
  readonly #spec: GroupSpec;
  readonly #events: GroupEvents;
  readonly #child: ChildProcess;
  readonly #deadline: number;
  /** The next step: deadline, end of lingering, KILL, giving up. */
  #step: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #seen = 0;
  #forget: (() => void) | undefined;
  #stopping = false;
  #exited = false;
  #gone = false;

  constructor(spec: GroupSpec, events: GroupEvents) {
    this.#spec = spec;
    this.#events = events;
    const endless = spec.timeout_ms === Number.POSITIVE_INFINITY;
    const wait = endless ? spec.timeout_ms : Math.min(Math.max(spec.timeout_ms, 1), LONGEST_MS);
    this.#deadline = performance.now() + wait;
    this.#child = spawn(spec.invocation.file, spec.invocation.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: [spec.stdin, spec.stdout, spec.stderr],
      detached: true,
      windowsHide: true,
      windowsVerbatimArguments: spec.invocation.verbatim,
    });
    this.pid = this.#child.pid;
    this.#child.once("error", (error) => this.#onError(error));
    this.#child.once("exit", (code, signal) => this.#onExit({ code, signal }));
    if (this.pid === undefined) return;
    // A process that exits in the middle leaves no hook without a deadline behind: no time is left for manners.
    this.#forget = atExit(() => this.#signal("SIGKILL"));
    if (!endless) this.#step = setTimeout(() => this.#expire(), this.#deadline - performance.now());
  }

  get pipes(): Pick<ChildProcess, "stdin" | "stdout" | "stderr"> {
    return this.#child;
  }

  stop(): void {
    if (this.#stopping || this.#gone || this.pid === undefined) return;
    this.#stopping = true;
    this.#signal("SIGTERM");
    this.#next(this.#spec.kill_grace_ms, () => this.#kill());
  }

  handOver(): void {
    if (!this.#exited || this.#gone || this.pid === undefined) return;
    const left = Math.max(0, this.#deadline - performance.now());
    const linger = this.#stopping ? 0 : Math.min(this.#spec.linger_ms, left);
    if (this.#isOurs()) sweepLater(this.pid, linger, this.#spec.kill_grace_ms);
    this.#onGone();
  }

  #expire(): void {
    this.#events.expired();
    this.stop();
  }

  #kill(): void {
    this.#signal("SIGKILL");
    this.#next(GIVE_UP_MS, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#child.unref();
    this.#onGone();
    this.#onExit({ code: null, signal: null });
  }

  #onError(error: Error): void {
    // An error after the start is about a signal that could not be sent.
    if (this.pid !== undefined) return;
    this.#events.failed(error);
  }

  #onExit(exit: Exit): void {
    if (this.#exited || this.pid === undefined) return;
    this.#exited = true;
    this.#seen = performance.now();
    if (this.#gone || !groupExists(this.pid)) this.#onGone();
    else this.#linger();
    this.#events.exit(exit);
  }

  #linger(): void {
    if (!this.#stopping) {
      const left = Math.max(0, this.#deadline - performance.now());
      this.#next(Math.min(this.#spec.linger_ms, left), () => this.stop());
    }
    this.#watch(10);
  }

  /** Without a parent's right to wait for it, a group can only be looked at. */
  #watch(pause: number): void {
    this.#look = setTimeout(() => {
      if (this.pid !== undefined && this.#isOurs() && groupExists(this.pid)) {
        this.#seen = performance.now();
        this.#watch(Math.min(pause * 2, 100));
      } else {
        this.#onGone();
      }
    }, pause);
  }

  /** The group's number is certainly ours while our child lives, and as good as certainly while we keep looking. */
  #isOurs(): boolean {
    return !this.#exited || performance.now() - this.#seen < BLIND_MS;
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.pid !== undefined && this.#isOurs()) signalGroup(this.pid, signal);
  }

  #next(pause: number, act: () => void): void {
    clearTimeout(this.#step);
    this.#step = setTimeout(act, pause);
  }

  #onGone(): void {
    clearTimeout(this.#step);
    clearTimeout(this.#look);
    if (this.#gone) return;
    this.#gone = true;
    this.#forget?.();
    this.#events.gone();
  }
}
