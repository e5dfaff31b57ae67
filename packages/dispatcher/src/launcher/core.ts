/**
 * Runs commands in this very process: whose turn it is, how many at once, and what happens at the end.
 *
 * For the launcher process, and for programs as small and short-lived as the CLI. A large agent must not use it: starting a
 * process copies the memory map of the one that starts it, and blocks meanwhile.
 */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type {
  CloseReport,
  CommandRun,
  HostEvents,
  HostProcess,
  HostStart,
  Job,
  Launcher,
  Limits,
  RunEnd,
  RunRecord,
} from "../contracts.ts";
import { DEPTH } from "../contracts.ts";
import { closedBefore, endUnstarted, queueFull, type Trouble } from "./ends.ts";
import { ensureFolders, foldersOf, removeOrphans, textOf } from "./folders.ts";
import { type ActiveHost, startHost } from "./host.ts";
import { openLogFiles } from "./log-files.ts";
import { openPayloadFiles, type PayloadFiles } from "./payload-files.ts";
import type { Env } from "./platform.ts";
import { openRecords, type Records, type RunFacts, recordOf } from "./records.ts";
import { type ActiveRun, type RunTools, startRun, type Turn } from "./run.ts";
import { type JobBytes, jobBytesOf, type SharedPayload, sharePayload } from "./shared-payload.ts";

/** How a launcher works. Times in milliseconds. */
export interface LauncherOptions {
  readonly codex_home: string;
  readonly limits: Limits;
  /** Runs at once, in each lane. Default 8. */
  readonly max_concurrent?: number;
  /** Runs waiting, in each lane. Default 1024. */
  readonly max_queued?: number;
  /** Bytes of other payloads held in memory beyond which no run may wait. Default 128 MiB. */
  readonly max_held_bytes?: number;
  /** How long what a hook left running may live. Default 2000. */
  readonly linger_ms?: number;
  /** Between TERM and KILL. Default 1000. */
  readonly kill_grace_ms?: number;
  /** What hooks inherit. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How a core works. */
export interface CoreOptions extends LauncherOptions {
  /**
   * Whether `close` hands over what ended hooks left running, instead of waiting for it: for a program that somebody waits for.
   * Default false.
   */
  readonly hand_over?: boolean;
  /** Hears of what concerns no single run, such as records that cannot be written. */
  readonly trouble?: (message: string) => void;
}

/** A launcher in this process. */
export interface Core extends Launcher {
  /** `launch` for payloads that are bytes already. */
  readonly launchBytes: (job: JobBytes, onEnd?: (end: RunEnd) => void) => void;
}

/** Starts a launcher in this process. Never throws: a CODEX_HOME that cannot be written shows in the ends of the runs. */
export function createCore(options: CoreOptions): Core {
  return new RunningCore(options);
}

/** After the last run, how long until the folders are pruned of what other launchers left. */
const IDLE_MS = 250;

/** Runs of one kind: those at work, and the waiting line. */
interface Lane {
  running: number;
  readonly waiting: Turn[];
}

class RunningCore implements Core {
  readonly #limits: Limits;
  readonly #maxConcurrent: number;
  readonly #maxQueued: number;
  readonly #maxHeld: number;
  readonly #handOver: boolean;
  /** From `close` on, when groups are to be handed over. */
  #leaves = false;
  readonly #records: Records;
  readonly #payloads: PayloadFiles;
  readonly #tools: RunTools;
  readonly #lanes: Readonly<Record<CommandRun["lane"], Lane>> = {
    gate: { running: 0, waiting: [] },
    observe: { running: 0, waiting: [] },
  };
  /** Runs of which a process is left, be it only one they left behind. */
  readonly #active = new Set<ActiveRun>();
  /** Hosts of which a process is left. */
  readonly #hosts = new Set<ActiveHost>();
  /** Runs that have not ended, and groups of which something is left. */
  #unended = 0;
  #ungone = 0;
  #dropped = 0;
  /** Bytes of the payloads of all runs that are left. */
  #held = 0;
  #closing: Promise<CloseReport> | undefined;
  #onQuiet: (() => void) | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: CoreOptions) {
    const trouble = options.trouble ?? (() => {});
    const folders = foldersOf(options.codex_home);
    this.#limits = options.limits;
    this.#maxConcurrent = options.max_concurrent ?? 8;
    this.#maxQueued = options.max_queued ?? 1024;
    this.#maxHeld = options.max_held_bytes ?? 128 * 1024 * 1024;
    this.#handOver = options.hand_over ?? false;
    this.#records = openRecords(folders, trouble);
    this.#payloads = openPayloadFiles(folders, options.limits.keep_last_n_payloads);
    this.#tools = {
      folders,
      logs: openLogFiles(folders, options.limits.keep_last_n_payloads),
      hostLogs: openLogFiles(folders, options.limits.keep_last_n_payloads, folders.host_logs),
      ...environmentOf(options),
      linger_ms: options.linger_ms ?? 2000,
      kill_grace_ms: options.kill_grace_ms ?? 1000,
      trouble,
    };
    try {
      ensureFolders(folders);
      removeOrphans(folders.scratch);
    } catch (error) {
      trouble(`Cannot prepare "${folders.root}": ${textOf(error)}. Make it writable.`);
    }
  }

  prepare(): void {
    // Here is where they are started.
  }

  launch(job: Job, onEnd?: (end: RunEnd) => void): void {
    this.launchBytes(jobBytesOf(job), onEnd);
  }

  launchBytes(job: JobBytes, onEnd?: (end: RunEnd) => void): void {
    const since = performance.now();
    const shared = this.#share(job);
    // A run that waits, or that only has to be told its end, must not hold on to all payloads of its job.
    const { payloads: _, runs, ...rest } = job;
    for (const run of runs) this.#accept({ job: rest, run, payload: shared[run.payload], onEnd, since });
  }

  note(record: RunRecord): void {
    this.#records.append(record);
  }

  host(start: HostStart, events: HostEvents): HostProcess {
    this.#unended += 1;
    this.#ungone += 1;
    if (this.#closing !== undefined) return this.#refuseHost(start, events);
    clearTimeout(this.#idle);
    const host = startHost(this.#tools, start, {
      ...events,
      record: (record) => this.#records.append(record),
      ended: (end) => {
        this.#unended -= 1;
        this.#hear(`host ${start.start_id}`, () => events.ended(end));
        this.#checkQuiet();
      },
      gone: () => {
        this.#hosts.delete(host);
        this.#onGone();
      },
    });
    this.#hosts.add(host);
    return host;
  }

  close(budgetMs: number): Promise<CloseReport> {
    this.#leaves = this.#handOver;
    this.#closing ??= this.#drain(budgetMs);
    for (const host of this.#hosts) host.end();
    return this.#closing;
  }

  #share(job: JobBytes): SharedPayload[] {
    return job.payloads.map((payload, index) => {
      const users = job.runs.filter((run) => run.payload === index).length;
      const size = users === 0 ? 0 : payload.bytes.length;
      this.#held += size;
      const freed = (): void => {
        this.#held -= size;
      };
      return sharePayload(payload, job.event_id, users, this.#limits.max_stdin_payload_bytes, this.#payloads, freed);
    });
  }

  #accept(turn: Turn): void {
    this.#unended += 1;
    this.#ungone += 1;
    const lane = this.#lanes[turn.run.lane];
    if (this.#closing !== undefined) this.#drop(turn, closedBefore(turn.run));
    else if (lane.running < this.#maxConcurrent) this.#start(lane, turn);
    else if (lane.waiting.length >= this.#maxQueued)
      this.#drop(turn, queueFull(turn.run, `${lane.waiting.length} runs are waiting already`));
    else if (this.#heldByOthers(turn) > this.#maxHeld)
      this.#drop(turn, queueFull(turn.run, `payloads of ${this.#heldByOthers(turn)} bytes are waiting already`));
    else lane.waiting.push(turn);
  }

  #heldByOthers({ payload }: Turn): number {
    return this.#held - (payload?.size ?? 0);
  }

  #start(lane: Lane, turn: Turn): void {
    lane.running += 1;
    clearTimeout(this.#idle);
    const active = startRun(this.#tools, turn, {
      over: (end, facts) => {
        lane.running -= 1;
        this.#end(turn, end, facts);
        this.#startNext(lane);
      },
      gone: () => {
        this.#active.delete(active);
        this.#onGone();
      },
    });
    this.#active.add(active);
  }

  #startNext(lane: Lane): void {
    while (lane.running < this.#maxConcurrent) {
      const turn = lane.waiting.shift();
      if (turn === undefined) return;
      this.#start(lane, turn);
    }
  }

  /** Ends a run that has not been started; later, so that `launch` has returned before its caller hears of it. */
  #drop({ payload, ...turn }: Turn, trouble: Trouble): void {
    this.#dropped += 1;
    const facts = payload === undefined ? {} : { payload_bytes: payload.size };
    // Not later: thousands may be dropped before anybody hears of the first.
    payload?.leave();
    setImmediate(() => {
      this.#onGone();
      this.#end(turn, endUnstarted(turn.run, "dropped", trouble, turn.since), facts);
    });
  }

  #end(turn: Omit<Turn, "payload">, end: RunEnd, facts: RunFacts): void {
    this.#records.append(recordOf(turn.job, turn.run, end, facts));
    this.#unended -= 1;
    this.#hear(`run ${end.run_id}`, () => turn.onEnd?.(end));
    this.#checkQuiet();
  }

  /** One listener's fault must not stop the others. */
  #hear(what: string, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#tools.trouble(`Cannot report the end of ${what}: ${textOf(error)}. Report this as a bug.`);
    }
  }

  #refuseHost(start: HostStart, events: HostEvents): HostProcess {
    const { message } = closedBefore(start);
    setImmediate(() => {
      this.#unended -= 1;
      this.#hear(`host ${start.start_id}`, () =>
        events.ended({ exit_code: null, signal: null, code: "closed", message }),
      );
      this.#onGone();
    });
    return { connected: () => {}, write: () => {}, end: () => {}, stop: () => {} };
  }

  #onGone(): void {
    this.#ungone -= 1;
    this.#checkQuiet();
  }

  #checkQuiet(): void {
    if (this.#unended > 0) return;
    if (this.#leaves) for (const active of [...this.#active, ...this.#hosts]) active.handOver();
    if (this.#ungone > 0) return;
    this.#onQuiet?.();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#prune(), IDLE_MS).unref();
  }

  #prune(): void {
    this.#payloads.rescan();
    this.#tools.logs.rescan();
    this.#tools.hostLogs.rescan();
  }

  async #drain(budgetMs: number): Promise<CloseReport> {
    const inTime = await this.#quiet(budgetMs);
    const left = inTime ? 0 : this.#unended;
    if (!inTime) {
      this.#stopAll();
      await this.#quiet(Number.POSITIVE_INFINITY);
    }
    clearTimeout(this.#idle);
    this.#prune();
    this.#records.close();
    return { drained: left === 0, left, dropped: this.#dropped };
  }

  /** Waits until nothing is left, or the time is over; says which. */
  #quiet(budgetMs: number): Promise<boolean> {
    this.#checkQuiet();
    if (this.#unended === 0 && this.#ungone === 0) return Promise.resolve(true);
    return new Promise((settle) => {
      const timer = setTimeout(() => settle(false), Math.min(Math.max(budgetMs, 0), 2 ** 31 - 1));
      this.#onQuiet = () => {
        clearTimeout(timer);
        settle(true);
      };
    });
  }

  #stopAll(): void {
    for (const lane of Object.values(this.#lanes)) {
      for (const turn of lane.waiting.splice(0)) this.#drop(turn, closedBefore(turn.run));
    }
    for (const active of this.#active) active.stop();
    for (const host of this.#hosts) host.close();
  }
}

/** What hooks inherit, and what no run can change. Copied once: `process.env` is slow to read. */
function environmentOf(options: LauncherOptions): { readonly env: Env; readonly fixed: Env } {
  const base: Record<string, string> = {};
  for (const [key, value] of Object.entries(options.env ?? process.env)) if (value !== undefined) base[key] = value;
  base.CODEX_HOME = resolve(options.codex_home);
  const depth = Number(base[DEPTH]);
  return { env: base, fixed: { [DEPTH]: String((Number.isFinite(depth) ? depth : 0) + 1) } };
}
