/**
 * The launcher as an agent sees it: hands jobs to the launcher process and hears how their runs ended.
 *
 * Handing over costs microseconds; it is written at the end of the turn of the event loop, or left in a file for the launcher by an
 * agent that exits before. Whatever happens to the launcher process, every run ends exactly once; one that somebody waits for even when
 * that process is there but does nothing.
 */
import { performance } from "node:perf_hooks";
import type {
  CloseReport,
  HostEvents,
  HostProcess,
  HostStart,
  Job,
  Launcher,
  Outcome,
  Run,
  RunEnd,
  RunRecord,
  Wait,
} from "../contracts.ts";
import type { Named, Trouble } from "./ends.ts";
import { closedBefore, endUnstarted, launcherLost, launcherMissing, payloadUnwritten, queueFull } from "./ends.ts";
import { type Folders, foldersOf } from "./folders.ts";
import { type LateRecords, openLateRecords } from "./late-records.ts";
import { type Link, type LinkOptions, openLink } from "./link.ts";
import { encodeHostWrite, encodeJob, encodeMessage, type HostNews } from "./protocol.ts";
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

/** A launcher process, which is started by `prepare` or with the first process to start. Never throws. */
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

/** In the place of a host that was not started. */
const NO_HOST: HostProcess = { connected: () => {}, write: () => {}, end: () => {}, stop: () => {} };

type OnEnd = ((end: RunEnd) => void) | undefined;

/** A run that the launcher process has been given. */
interface Pending {
  readonly job: JobFacts;
  readonly run: Run;
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
  readonly trouble: (run: Named) => Trouble;
}

class Client implements Launcher {
  readonly #options: LinkOptions;
  readonly #patience: number;
  readonly #vigil: Vigil;
  readonly #folders: Folders;
  readonly #records: LateRecords;
  readonly #pending = new Map<string, Pending>();
  /** Hosts that have not ended, by the id of their start. */
  readonly #hosts = new Map<string, { readonly start: HostStart; readonly events: HostEvents }>();
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
  /** Records were sent of which we do not know that they are on disk. */
  #unwritten = false;
  /** Whether the launcher was asked, at the end, if they are. */
  #asked = false;
  #closing: Promise<CloseReport> | undefined;
  #onQuiet: (() => void) | undefined;

  constructor({ patience_ms = PATIENCE_MS, ...options }: ClientOptions) {
    this.#options = options;
    this.#patience = patience_ms;
    this.#vigil = keepVigil(patience_ms, {
      overdue: () => this.#isOverdue(),
      ask: () => void this.#link?.send(PING, true),
      stuck: () => this.#link?.kill(`the launcher process did not answer for ${patience_ms} ms, so it was killed`),
    });
    this.#folders = foldersOf(options.codex_home);
    this.#records = openLateRecords(this.#folders);
  }

  prepare(): void {
    if (this.#closing === undefined) this.#connected();
  }

  launch(job: Job, onEnd?: (end: RunEnd) => void, wait: Wait = "gates"): void {
    if (job.runs.length === 0) return;
    const refusal = this.#refusal() ?? this.#send(job, onEnd !== undefined);
    if (refusal === undefined) this.#expect(job, onEnd, wait);
    else this.#refuse(job, onEnd, refusal);
  }

  note(record: RunRecord): void {
    // Not worth a process: an agent whose hooks are all in its own process has none.
    const sent = this.#refusal() === undefined && this.#link?.send(encodeMessage({ type: "note", record }));
    if (sent) this.#unwritten = true;
    else this.#records.append(record);
  }

  host(start: HostStart, events: HostEvents): HostProcess {
    const refusal = this.#refusal();
    const { start_id } = start;
    const sent = refusal === undefined && this.#connected().send(encodeMessage({ type: "host", start }), true);
    if (!sent) {
      const trouble = refusal?.trouble(start) ?? queueFull(start, "the launcher process does not keep up");
      setImmediate(() => events.ended({ exit_code: null, signal: null, ...trouble }));
      return NO_HOST;
    }
    this.#hosts.set(start_id, { start, events });
    const order = (frame: Buffer): void => {
      if (this.#hosts.has(start_id)) this.#link?.send(frame, true);
    };
    return {
      connected: () => order(encodeMessage({ type: "host-connected", start_id })),
      write: (bytes) => order(encodeHostWrite(start_id, bytes)),
      end: () => order(encodeMessage({ type: "host-end", start_id })),
      stop: (why) => order(encodeMessage({ type: "host-stop", start_id, why })),
    };
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
      told: (news) => this.#onNews(news),
      ponged: () => this.#onPong(),
      lost: (loss) => this.#onLost(loss),
    });
  }

  /** Encodes a job and hands it over, or says why not. */
  #send(job: Job, urgent: boolean): Refusal | undefined {
    let frame: Buffer;
    try {
      frame = encodeJob(job);
    } catch (error) {
      const trouble = (run: Named): Trouble => payloadUnwritten(run, this.#folders.root, error);
      return { outcome: "not_started", trouble };
    }
    if (this.#connected().send(frame, urgent)) return undefined;
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

  #onPong(): void {
    if (!this.#asked) return;
    this.#unwritten = false;
    this.#checkQuiet();
  }

  #onNews(news: HostNews): void {
    const host = this.#hosts.get(news.host);
    if (host === undefined) return;
    if ("started" in news) this.#tell(host.events.started, news.started);
    else if ("answered" in news) this.#tell(host.events.answered, news.answered);
    else {
      this.#hosts.delete(news.host);
      this.#tell(host.events.ended, news.ended);
      this.#checkQuiet();
    }
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
    const hosts = [...this.#hosts.values()];
    this.#hosts.clear();
    const ended = [...this.#pending.values()];
    // First all of them: a listener may launch anew, and that belongs to the next launcher.
    for (const { run } of ended) this.#take(run.run_id);
    for (const { job, run, onEnd, since } of ended) {
      const end = endUnstarted(run, refusal.outcome, refusal.trouble(run), since);
      this.#record(job, run, end);
      this.#tell(onEnd, end);
    }
    // A host whose launcher is gone has lost its input, or will when the agent lets go of it.
    for (const { start, events } of hosts) {
      this.#tell(events.ended, { exit_code: null, signal: null, ...refusal.trouble(start) });
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

  #record(job: JobFacts, run: Run, end: RunEnd): void {
    if (end.outcome === "dropped") this.#dropped += 1;
    this.#records.append(recordOf(job, run, end));
  }

  #tell<T>(listener: ((said: T) => void) | undefined, said: T): void {
    try {
      listener?.(said);
    } catch (error) {
      // One listener's fault must not cost the others their ends; the agent still hears of it.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #checkQuiet(): void {
    if (this.#pending.size > 0 || this.#telling > 0 || this.#hosts.size > 0) return;
    if (!this.#unwritten || this.#link === undefined) this.#onQuiet?.();
  }

  async #drain(budgetMs: number): Promise<CloseReport> {
    this.#asked = this.#unwritten && this.#link?.send(PING, true) === true;
    this.#unwritten = this.#asked;
    // As long as somebody waits, the line stays open: a launcher can be asked only over it.
    if (this.#holding === 0) this.#link?.end();
    this.#link?.hold(true);
    await this.#quiet(budgetMs);
    this.#link?.hold(this.#holding > 0);
    const left = this.#pending.size + this.#telling + this.#hosts.size;
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
