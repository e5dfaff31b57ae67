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
  HostEvents,
  HostProcess,
  HostStart,
  Job,
  Launcher,
  Limits,
  Run,
  RunEnd,
  RunRecord,
} from "../contracts.ts";
import { DEPTH } from "../contracts.ts";
import { type CallRun, type Carrier, startCall } from "./call.ts";
import { CARRIERS } from "./carriers.ts";
import { closedBefore, endUnstarted, hostOf, queueFull, type Trouble } from "./ends.ts";
import { ensureFolders, foldersOf, removeOrphans, textOf } from "./folders.ts";
import { type ActiveHost, startHost } from "./host.ts";
import { Lane, type LaneLimits } from "./lane.ts";
import { openLogFiles } from "./log-files.ts";
import { openPayloadFiles, type PayloadFiles } from "./payload-files.ts";
import type { Env } from "./platform.ts";
import { openRecords, type Records, type RunFacts, recordOf } from "./records.ts";
import { type RunTools, startRun } from "./run.ts";
import { openSequence, type Sequence } from "./sequence.ts";
import { type JobBytes, jobBytesOf, type SharedPayload, sharePayload } from "./shared-payload.ts";
import type { ActiveRun, RunEvents, Turn } from "./turn.ts";

/** How a launcher works. Times in milliseconds. */
export interface LauncherOptions {
  readonly codex_home: string;
  readonly limits: Limits;
  /** Commands at once, in each lane. Default 8. */
  readonly max_concurrent?: number;
  /** Commands waiting, in each lane. Default 1024. */
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

/**
 * Requests and calls of tools wait for others most of their time, so there may be many; connections are bounded elsewhere. So many to one
 * server: one that is slow or gone must not hold up the others.
 */
const CALLS: LaneLimits = { most_running: 128, most_waiting: 16_384 };

class RunningCore implements Core {
  readonly #limits: Limits;
  readonly #maxHeld: number;
  readonly #handOver: boolean;
  /** From `close` on, when groups are to be handed over. */
  #leaves = false;
  readonly #records: Records;
  readonly #payloads: PayloadFiles;
  readonly #tools: RunTools;
  readonly #commands: LaneLimits;
  /** Made when first wanted: hooks are few, and so are the servers that they name. */
  readonly #lanes = new Map<string, Lane>();
  readonly #sequence: Sequence = openSequence(
    (turn) => this.#queue(turn),
    (turn, waiting) => this.#mayWait(turn, waiting >= CALLS.most_waiting ? waiting : undefined),
  );
  readonly #carriers = new Map<string, Promise<Carrier>>();
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
    this.#commands = { most_running: options.max_concurrent ?? 8, most_waiting: options.max_queued ?? 1024 };
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
    const turns = runs.map((run) => ({ job: rest, run, payload: payloadOf(run, shared), onEnd, since }));
    this.#unended += turns.length;
    this.#ungone += turns.length;
    if (this.#closing === undefined) this.#sequence.take(turns);
    else for (const turn of turns) this.#drop(turn, closedBefore(turn.run));
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

  #queue(turn: Turn): void {
    const lane = this.#laneFor(turn.run);
    if (lane.isFree || this.#mayWait(turn, lane.isFull ? lane.waiting : undefined)) lane.take(turn);
  }

  /** Whether there is room for a run to wait; without it, the run is dropped. `tooMany`: so many wait, and no more may. */
  #mayWait(turn: Turn, tooMany: number | undefined): boolean {
    const held = this.#heldByOthers(turn);
    if (tooMany === undefined && held <= this.#maxHeld) return true;
    const what = tooMany === undefined ? `payloads of ${held} bytes` : `${tooMany} runs`;
    this.#drop(turn, queueFull(turn.run, `${what} are waiting already`));
    return false;
  }

  #laneFor(run: Run): Lane {
    const name = laneOf(run);
    const limits = "command" in run ? this.#commands : CALLS;
    const lane = this.#lanes.get(name) ?? new Lane(limits, (turn) => this.#start(turn));
    this.#lanes.set(name, lane);
    return lane;
  }

  #heldByOthers({ payload }: Turn): number {
    return this.#held - (payload?.size ?? 0);
  }

  #start(turn: Turn): void {
    clearTimeout(this.#idle);
    const active = this.#begin(turn, {
      over: (end, facts) => {
        this.#laneFor(turn.run).ended();
        this.#end(turn, end, facts);
      },
      gone: () => {
        this.#active.delete(active);
        this.#onGone();
      },
    });
    this.#active.add(active);
  }

  #begin(turn: Turn, events: RunEvents): ActiveRun {
    const { run } = turn;
    if ("command" in run) return startRun(this.#tools, { ...turn, run }, events);
    return startCall((call) => this.#carrierFor(call), { ...turn, run }, events);
  }

  #carrierFor(run: CallRun): Promise<Carrier> {
    const kind = kindOf(run);
    const { folders, env, fixed, hostLogs: logs, linger_ms, kill_grace_ms, trouble } = this.#tools;
    const carrier =
      this.#carriers.get(kind) ??
      Promise.resolve(CARRIERS[kind]?.()).then((make) => {
        if (make === undefined) throw new Error(`nothing here carries out a ${kind}`);
        return make({ env: { ...env, ...fixed }, folders, logs, linger_ms, kill_grace_ms, trouble });
      });
    this.#carriers.set(kind, carrier);
    return carrier;
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
    this.#sequence.ended(turn);
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
    await this.#closeCarriers();
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

  async #closeCarriers(): Promise<void> {
    const carriers = await Promise.allSettled(this.#carriers.values());
    await Promise.allSettled(carriers.map((each) => (each.status === "fulfilled" ? each.value.close() : undefined)));
  }

  #stopAll(): void {
    for (const turn of this.#sequence.clear()) this.#drop(turn, closedBefore(turn.run));
    for (const lane of this.#lanes.values()) {
      for (const turn of lane.clear()) this.#drop(turn, closedBefore(turn.run));
    }
    for (const active of this.#active) active.stop();
    for (const host of this.#hosts) host.close();
  }
}

/** Gates never wait behind observers, commands not behind calls, and calls only behind those to the same server. */
function laneOf(run: Run): string {
  if ("command" in run) return run.lane;
  return `${run.lane} ${kindOf(run)} ${"webhook" in run ? hostOf(run.webhook.url) : run.mcp_tool.server.name}`;
}

function kindOf(run: CallRun): string {
  return "webhook" in run ? "webhook" : "mcp_tool";
}

function payloadOf({ payload }: Run, shared: readonly SharedPayload[]): SharedPayload | undefined {
  return payload === undefined ? undefined : shared[payload];
}

/** What hooks inherit, and what no run can change. Copied once: `process.env` is slow to read. */
function environmentOf(options: LauncherOptions): { readonly env: Env; readonly fixed: Env } {
  const base: Record<string, string> = {};
  for (const [key, value] of Object.entries(options.env ?? process.env)) if (value !== undefined) base[key] = value;
  base.CODEX_HOME = resolve(options.codex_home);
  const depth = Number(base[DEPTH]);
  return { env: base, fixed: { [DEPTH]: String((Number.isFinite(depth) ? depth : 0) + 1) } };
}
