/**
 * The launcher as an agent sees it: hands jobs to the launcher process and hears how their runs ended.
 *
 * Handing over costs microseconds and one write, so that an agent that exits right afterwards loses nothing. Whatever happens
 * to the launcher process, every run ends exactly once; one that somebody waits for even when that process is there but does
 * nothing.
 */
import { performance } from "node:perf_hooks";
import type { CloseReport, CommandRun, Job, Launcher, Outcome, RunEnd, RunRecord, Wait } from "../contracts.ts";
import type { Trouble } from "./ends.ts";
import { closedBefore, endUnstarted, launcherLost, launcherMissing, payloadUnwritten, queueFull } from "./ends.ts";
import { type Folders, foldersOf } from "./folders.ts";
import { type LateRecords, openLateRecords } from "./late-records.ts";
import { type Link, type LinkOptions, openLink } from "./link.ts";
import { encodeJob, encodeMessage } from "./protocol.ts";
import { type JobFacts, recordOf } from "./records.ts";
import { keepVigil, type Vigil } from "./vigil.ts";

/** How the launcher process works, and how it is started. */
export interface ClientOptions extends LinkOptions {
  /**
   * How late the end of a run may be that somebody waits for before the launcher is asked whether it is there, and how long it
   * may then be silent before it is killed. In milliseconds, default 5000.
   */
  readonly patience_ms?: number;
}

/** Starts the launcher process, early, while the agent is small. Never throws. */
export function startLauncher(options: ClientOptions): Launcher {
  return new Client(options);
}

/** A launcher that ends sooner than this after its start counts as a failure to start. */
const SOON_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Enough for TERM, the default grace, KILL and a busy machine. */
const PATIENCE_MS = 5000;

const PING: Buffer = encodeMessage({ type: "ping" });

type OnEnd = ((end: RunEnd) => void) | undefined;

/** A run that the launcher process has been given. */
interface Pending {
  readonly job: JobFacts;
  readonly run: CommandRun;
  readonly onEnd: OnEnd;
  readonly since: number;
  /** Somebody waits for it, so the agent must not end before. */
  readonly holds: boolean;
  /** Of `performance.now()`: later than this, it has either been waiting for its turn or something is wrong. */
  readonly due: number;
}

/** How a run ends that the launcher process does not end. */
interface Refusal {
  readonly outcome: Outcome;
  readonly trouble: (run: CommandRun) => Trouble;
}

class Client implements Launcher {
  readonly #options: LinkOptions;
  readonly #patience: number;
  readonly #vigil: Vigil;
  readonly #folders: Folders;
  readonly #records: LateRecords;
  readonly #pending = new Map<string, Pending>();
  #link: Link | undefined;
  #openedAt = 0;
  /** Launchers in a row that ended soon after their start. */
  #failures = 0;
  #retryAt = 0;
  #lastLoss: Refusal | undefined;
  #holding = 0;
  /** Ends that are decided but not yet told. */
  #telling = 0;
  #dropped = 0;
  #closing: Promise<CloseReport> | undefined;
  #onQuiet: (() => void) | undefined;

  constructor({ patience_ms = PATIENCE_MS, ...options }: ClientOptions) {
    this.#options = options;
    this.#patience = patience_ms;
    this.#vigil = keepVigil(patience_ms, {
      overdue: () => this.#isOverdue(),
      ask: () => void this.#link?.send(PING),
      stuck: () => this.#link?.kill(`the launcher process did not answer for ${patience_ms} ms, so it was killed`),
    });
    this.#folders = foldersOf(options.codex_home);
    this.#records = openLateRecords(this.#folders);
    this.#link = this.#open();
  }

  launch(job: Job, onEnd?: (end: RunEnd) => void, wait: Wait = "gates"): void {
    if (job.runs.length === 0) return;
    const refusal = this.#refusal() ?? this.#send(job);
    if (refusal === undefined) this.#expect(job, onEnd, wait);
    else this.#refuse(job, onEnd, refusal);
  }

  note(record: RunRecord): void {
    const sent = this.#refusal() === undefined && this.#connected().send(encodeMessage({ type: "note", record }));
    if (!sent) this.#records.append(record);
  }

  close(budgetMs: number): Promise<CloseReport> {
    this.#closing ??= this.#drain(budgetMs);
    return this.#closing;
  }

  /** Why nothing can be handed over at the moment, if so. */
  #refusal(): Refusal | undefined {
    if (this.#closing !== undefined) return { outcome: "dropped", trouble: closedBefore };
    // A launcher that keeps failing must not cost a start per event.
    if (this.#link === undefined && performance.now() < this.#retryAt) return this.#lastLoss;
    return undefined;
  }

  #connected(): Link {
    this.#link ??= this.#open();
    return this.#link;
  }

  #open(): Link {
    this.#openedAt = performance.now();
    return openLink(this.#options, {
      heard: () => this.#vigil.heard(),
      ended: (end) => this.#onEnded(end),
      lost: (loss) => this.#onLost(loss),
    });
  }

  /** Encodes a job and hands it over, or says why not. */
  #send(job: Job): Refusal | undefined {
    let frame: Buffer;
    try {
      frame = encodeJob(job);
    } catch (error) {
      const trouble = (run: CommandRun): Trouble => payloadUnwritten(run, this.#folders.root, error);
      return { outcome: "not_started", trouble };
    }
    if (this.#connected().send(frame)) return undefined;
    return { outcome: "dropped", trouble: (run) => queueFull(run, "the launcher process does not keep up") };
  }

  #expect(job: Job, onEnd: OnEnd, wait: Wait): void {
    const since = performance.now();
    const facts = factsOf(job);
    const spare = (this.#options.kill_grace_ms ?? 0) + this.#patience;
    for (const run of job.runs) {
      const holds = onEnd !== undefined && (wait === "all" || run.lane === "gate");
      const due = since + run.timeout_ms + spare;
      this.#pending.set(run.run_id, { job: facts, run, onEnd, since, holds, due });
      if (holds) this.#hold(1);
    }
  }

  /** While somebody waits, the agent stays alive and has an eye on the launcher. */
  #hold(change: 1 | -1): void {
    const before = this.#holding;
    this.#holding += change;
    if (before === 0) {
      this.#link?.hold(true);
      this.#vigil.begin();
    } else if (this.#holding === 0) {
      this.#link?.hold(false);
      this.#vigil.end();
      if (this.#closing !== undefined) this.#link?.end();
    }
  }

  #isOverdue(): boolean {
    const now = performance.now();
    for (const { holds, due } of this.#pending.values()) if (holds && due < now) return true;
    return false;
  }

  #onEnded(end: RunEnd): void {
    const pending = this.#take(end.run_id);
    if (pending === undefined) return;
    if (end.outcome === "dropped") this.#dropped += 1;
    this.#tell(pending.onEnd, end);
    this.#checkQuiet();
  }

  #take(runId: string): Pending | undefined {
    const pending = this.#pending.get(runId);
    this.#pending.delete(runId);
    if (pending?.holds) this.#hold(-1);
    return pending;
  }

  /** The launcher process is gone: so are its runs, as far as we can know. */
  #onLost(loss: { readonly started: boolean; readonly why: string }): void {
    this.#link = undefined;
    const soon = performance.now() - this.#openedAt < SOON_MS;
    this.#failures = soon ? this.#failures + 1 : 0;
    // The first failure costs nothing: most launchers that end were ended by somebody.
    const pause = this.#failures < 2 ? 0 : FIRST_PAUSE_MS * 2 ** (this.#failures - 2);
    this.#retryAt = performance.now() + Math.min(pause, LONGEST_PAUSE_MS);
    const refusal = this.#refusalAfter(loss);
    this.#lastLoss = refusal;
    const ended = [...this.#pending.values()];
    // First all of them: a listener may launch anew, and that belongs to the next launcher.
    for (const { run } of ended) this.#take(run.run_id);
    for (const { job, run, onEnd, since } of ended) {
      const end = endUnstarted(run, refusal.outcome, refusal.trouble(run), since);
      this.#record(job, run, end);
      this.#tell(onEnd, end);
    }
    this.#checkQuiet();
  }

  #refusalAfter(loss: { readonly started: boolean; readonly why: string }): Refusal {
    if (loss.started) {
      return { outcome: "dropped", trouble: (run) => launcherLost(run, loss.why, this.#folders.launcher_log) };
    }
    return { outcome: "not_started", trouble: (run) => launcherMissing(run, process.execPath, loss.why) };
  }

  /** Ends the runs of a job that is not handed over; later, so that `launch` has returned before. */
  #refuse(job: Job, onEnd: OnEnd, refusal: Refusal): void {
    const facts = factsOf(job);
    const ends = job.runs.map((run) => endUnstarted(run, refusal.outcome, refusal.trouble(run)));
    // The records now: the agent may exit before anybody is told.
    for (const [index, run] of job.runs.entries()) this.#record(facts, run, ends[index] as RunEnd);
    this.#telling += 1;
    // Nothing of the job in here: thousands may be refused before the first is told, and their payloads are of no use any more.
    setImmediate(() => {
      this.#telling -= 1;
      for (const end of ends) this.#tell(onEnd, end);
      this.#checkQuiet();
    });
  }

  #record(job: JobFacts, run: CommandRun, end: RunEnd): void {
    if (end.outcome === "dropped") this.#dropped += 1;
    this.#records.append(recordOf(job, run, end));
  }

  #tell(onEnd: OnEnd, end: RunEnd): void {
    try {
      onEnd?.(end);
    } catch (error) {
      // One listener's fault must not cost the others their ends; the agent still hears of it.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #checkQuiet(): void {
    if (this.#pending.size === 0 && this.#telling === 0) this.#onQuiet?.();
  }

  async #drain(budgetMs: number): Promise<CloseReport> {
    // As long as somebody waits, the line stays open: a launcher can be asked only over it.
    if (this.#holding === 0) this.#link?.end();
    this.#link?.hold(true);
    await this.#quiet(budgetMs);
    this.#link?.hold(this.#holding > 0);
    const left = this.#pending.size + this.#telling;
    return { drained: left === 0, left, dropped: this.#dropped };
  }

  /** Waits until every run is over and recorded, or the time is over. */
  #quiet(budgetMs: number): Promise<void> {
    return new Promise((settle) => {
      const timer = setTimeout(settle, Math.min(Math.max(budgetMs, 0), 2 ** 31 - 1));
      this.#onQuiet = () => {
        void this.#records.flushed().then(() => {
          clearTimeout(timer);
          settle();
        });
      };
      this.#checkQuiet();
    });
  }
}

function factsOf(job: Job): JobFacts {
  const { event_id, event_type, session_id, agent } = job;
  return { event_id, event_type, session_id, ...(agent === undefined ? {} : { agent }) };
}
