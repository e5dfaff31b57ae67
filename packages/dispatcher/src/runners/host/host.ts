/**
 * One host as its agent sees it: accepts events in microseconds, starts the process when the first one comes, writes what the pipe takes,
 * notices when it dies or stalls, starts it again, and tells everybody who waits what became of an event.
 */
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type Breaker, createBreaker, OPEN_MS } from "../../breaker.ts";
import type {
  EncodedPayload,
  HostAnswer,
  HostEnd,
  HostHook,
  HostProcess,
  HostStart,
  RunnerReport,
  RunnerTools,
  Subject,
} from "../../contracts.ts";
import { atExit } from "../at-exit.ts";
import { type Fate, failure, fateOf, replyOf } from "./fate.ts";
import { lineShape, seqOf } from "./lines.ts";
import { HostNotes } from "./notes.ts";
import { openPipe, type Pipe } from "./pipe.ts";
import { type Batch, createQueue, type Queue } from "./queue.ts";
import { rememberSent, type Sent } from "./sent.ts";
import { createWaiters, type Listener, type Waiters } from "./waiters.ts";

/** A host, running or not. */
export interface Host {
  /** Accepts an event and returns at once. */
  readonly push: (hook: HostHook, subject: Subject, payload: EncodedPayload, listener: Listener | undefined) => void;
  readonly close: (budgetMs: number) => Promise<RunnerReport>;
}

/** A host that is not running yet. */
export function createHost(hook: HostHook, tools: RunnerTools): Host {
  return new LongLived(hook, tools);
}

/** A host that lives so long is well. */
const HEALTHY_MS = 5000;

/** After its first end in a row a host is started again so much later; twice that after the second. */
const FIRST_PAUSE_MS = 100;

/** So much is worth a write in the middle of a burst. A pipe holds twice as much. */
const WRITE_BYTES: number = 32 * 1024;

/** Answers to lines that were never sent; a host that gives more is out of its mind. */
const MOST_STRAYS = 100;

/** A process, from the order to start it to its end. */
interface Life {
  readonly process: HostProcess;
  readonly since: number;
  readonly sent: Sent;
  /** From its start on, until it is let go of. */
  pipe?: Pipe;
  log?: string;
  /** On its way, and not taken by the kernel yet. */
  writing?: Batch;
  /** Number of the last line that it answered. */
  answered: number;
  strays: number;
  /** Ends the patience with a pipe that takes nothing. */
  stall?: NodeJS.Timeout;
  /** It gets nothing from us any more. */
  released?: true;
}

class LongLived implements Host {
  readonly #hook: HostHook;
  readonly #tools: RunnerTools;
  readonly #notes: HostNotes;
  readonly #queue: Queue;
  readonly #waiters: Waiters = createWaiters();
  readonly #breaker: Breaker = createBreaker();
  /** Numbers of lines that were sent a second time: never a third. */
  readonly #again = new Set<number>();
  #seq = 0;
  #life: Life | undefined;
  /** Ends in a row, each soon after its start. */
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #retryAt = 0;
  #flushing = false;
  #closing: Promise<RunnerReport> | undefined;
  #onChange: (() => void) | undefined;
  readonly #forget: () => void;

  constructor(hook: HostHook, tools: RunnerTools) {
    this.#hook = hook;
    this.#tools = tools;
    this.#notes = new HostNotes(hook, tools.launcher);
    this.#queue = createQueue(lineShape(hook.host));
    this.#forget = atExit(() => this.#onExit());
  }

  push(hook: HostHook, subject: Subject, payload: EncodedPayload, listener: Listener | undefined): void {
    const seq = ++this.#seq;
    this.#notes.subject = subject;
    if (this.#closing || !this.#queue.hasRoom(this.#life?.writing?.seqs.length ?? 0)) {
      this.#refuse(seq, hook, listener);
      return;
    }
    this.#add(seq, payload);
    if (listener) this.#listen(seq, hook, listener);
    // Somebody waits, or enough has come together for a write; what is less can wait for more.
    if (listener?.awaited === "answer" || this.#queue.bytes() >= WRITE_BYTES) this.#flush();
    else this.#flushSoon();
  }

  close(budgetMs: number): Promise<RunnerReport> {
    this.#closing ??= this.#shut(performance.now() + budgetMs);
    return this.#closing;
  }

  // -------------------------------------------------------------------------------------------- accepting

  #add(seq: number, payload: EncodedPayload): void {
    try {
      this.#queue.add(seq, payload);
    } catch (error) {
      // Recorded by whoever catches it; the host must not wonder about the number that is missing.
      this.#queue.skip(seq, "not encodable");
      throw error;
    }
  }

  #refuse(seq: number, hook: HostHook, listener: Listener | undefined): void {
    const reason = this.#closing ? "closed" : "queue full";
    this.#drop(seq, reason);
    const code = this.#closing ? "closed" : "queue_full";
    const state = this.#closing ? "the dispatcher has been closed" : "too many events wait for it already";
    if (listener) tellLater(hook, listener, failure("dropped", code, `Cannot deliver to ${hook.id}: ${state}.`));
  }

  #listen(seq: number, hook: HostHook, listener: Listener): void {
    const rest = this.#life === undefined ? this.#breaker.opensIn() : 0;
    if (listener.awaited === "nothing") {
      tellLater(hook, listener, { kind: "done" });
    } else if (rest > 0) {
      const state = `it failed too often and is left alone for another ${Math.ceil(rest / 1000)} s`;
      tellLater(hook, listener, failure("failed", "breaker_open", `Cannot ask ${hook.id}: ${state}. See its log.`));
    } else {
      this.#waiters.add(seq, hook, listener, () => this.#onLate(seq, hook, listener));
    }
  }

  #onLate(seq: number, { id, timeout_ms }: HostHook, { awaited }: Listener): void {
    const [code, did] =
      awaited === "answer" ? ["no_answer", "did not answer"] : ["host_stalled", "did not take the event"];
    const message = `Cannot wait for ${id}: it ${did} within ${timeout_ms} ms. See its log, or raise timeout_sec.`;
    this.#settle(seq, failure("timeout", code as string, message));
    // It lives and does not do its work: too often, and it is stopped.
    if (awaited === "answer" && this.#life?.pipe && this.#breaker.failed()) {
      this.#life.process.stop({ code: "no_answer", message });
    }
  }

  #drop(seq: number, reason: Parameters<HostNotes["drop"]>[1]): void {
    this.#queue.skip(seq, reason);
    this.#notes.drop(seq, reason);
  }

  #settle(seq: number, fate: Fate, log: string | undefined = this.#life?.log): void {
    const settled = this.#waiters.settle(seq, fate, log);
    if (settled === undefined) return;
    const { reply, subject } = settled;
    if (fate.kind !== "done" || reply.hook.may_gate) this.#notes.reply(reply, subject);
    this.#onChange?.();
  }

  // -------------------------------------------------------------------------------------------- writing

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const life = this.#life;
    if (life === undefined) this.#start();
    if (life?.pipe === undefined) return;
    while (life.writing === undefined) {
      const batch = this.#queue.next();
      if (batch === undefined) break;
      this.#write(life, life.pipe, batch);
    }
    this.#onChange?.();
  }

  #write(life: Life, pipe: Pipe, batch: Batch): void {
    life.writing = batch;
    life.sent.add(batch.bytes);
    pipe.write(batch.bytes, () => this.#onTaken(life, batch));
    if (life.writing) this.#watch(life, pipe);
  }

  #onTaken(life: Life, batch: Batch): void {
    if (this.#life !== life || life.writing !== batch) return;
    const waited = life.stall !== undefined;
    clearTimeout(life.stall);
    delete life.writing;
    delete life.stall;
    for (const seq of this.#waiters.seqs("delivery", batch.seqs.at(-1))) this.#settle(seq, { kind: "done" });
    if (waited) this.#flush();
  }

  /** A pipe that takes nothing for as long as a delivery may take belongs to a host that does not read. */
  #watch(life: Life, pipe: Pipe): void {
    const before = pipe.untaken();
    const check = (): void => {
      if (this.#life !== life || life.writing === undefined || life.released) return;
      if (pipe.untaken() < before) {
        this.#watch(life, pipe);
        return;
      }
      const { id, timeout_ms } = this.#hook;
      const message = `Cannot write to ${id}: it read nothing for ${timeout_ms} ms. Make it read its stdin all the time.`;
      life.process.stop({ code: "host_stalled", message });
    };
    life.stall = setTimeout(check, this.#hook.timeout_ms).unref();
  }

  // -------------------------------------------------------------------------------------------- life

  #start(): void {
    if (this.#life || this.#queue.isEmpty()) return;
    const wait = this.#retryAt - performance.now();
    if (wait > 0) this.#startLater(wait);
    else if (this.#breaker.allows()) this.#launch();
    else this.#startLater(Math.max(this.#breaker.opensIn(), FIRST_PAUSE_MS));
  }

  #launch(): void {
    const process = this.#tools.launcher.host(this.#order(), {
      started: ({ pipe, log }) => this.#onStarted(life, pipe, log),
      answered: (answer) => this.#onAnswer(life, answer),
      ended: (end) => this.#onEnd(life, end),
    });
    const life: Life = {
      process,
      since: performance.now(),
      sent: rememberSent(this.#queue.giveBack),
      answered: 0,
      strays: 0,
    };
    this.#life = life;
  }

  #startLater(wait: number): void {
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#start();
    }, wait).unref();
  }

  #order(): HostStart {
    const { id, surface, origin, host, timeout_ms } = this.#hook;
    const { session_id = "", agent } = this.#notes.subject ?? {};
    return {
      start_id: randomUUID(),
      hook_id: id,
      surface,
      origin,
      session_id,
      ...(agent === undefined ? {} : { agent }),
      command: { argv: host.argv },
      cwd: this.#tools.codex_home,
      env: host.replies ? { XCODEX_HOOKS_REPLIES: "1" } : {},
      replies: host.replies,
      grace_ms: timeout_ms,
    };
  }

  #onStarted(life: Life, path: string, log: string | undefined): void {
    if (log !== undefined) life.log = log;
    if (this.#life !== life || life.released) return;
    try {
      life.pipe = openPipe(path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const advice = "See that CODEX_HOME is on a local disk";
      const message = `Cannot reach ${this.#hook.id}: its pipe cannot be opened (${why}). ${advice}.`;
      life.process.stop({ code: "spawn_failed", message });
      return;
    }
    life.process.connected();
    setTimeout(() => {
      if (this.#life === life) this.#recovered();
    }, HEALTHY_MS).unref();
    this.#flush();
  }

  #recovered(): void {
    this.#failures = 0;
    this.#again.clear();
    if (this.#breaker.succeeded()) this.#notes.note({ outcome: "ok", message: `${this.#hook.id} works again.` });
  }

  #onAnswer(life: Life, answer: HostAnswer): void {
    if (this.#life !== life) return;
    const { seq } = answer;
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > this.#seq) {
      this.#onStray(life, seq);
      return;
    }
    life.answered = Math.max(life.answered, seq);
    this.#settle(seq, fateOf(this.#hook, answer));
    this.#recovered();
  }

  #onStray(life: Life, seq: number): void {
    life.strays += 1;
    const state = `there is no line ${seq}`;
    const message = `Cannot use an answer of ${this.#hook.id}: ${state}. Answer with the seq of the line.`;
    if (life.strays === 1) this.#notes.note({ outcome: "failed", code: "bad_answer", message });
    if (life.strays > MOST_STRAYS) life.process.stop({ code: "bad_answer", message });
  }

  #onEnd(life: Life, end: HostEnd): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    clearTimeout(life.stall);
    const message = end.message ?? `Cannot ask ${this.#hook.id}: it ended.`;
    // Nobody waits for another host to come up: what a dying one does not say, nobody says.
    const wasThere = life.pipe !== undefined || life.released || end.exit_code !== null || end.signal !== null;
    const fate = failure(wasThere ? "failed" : "not_started", end.code ?? "host_ended", message);
    for (const seq of this.#waiters.seqs()) this.#settle(seq, fate, end.log);
    this.#putBack(life);
    life.pipe?.close();
    if (!this.#closing) this.#onFailure(performance.now() - life.since, message);
    this.#onChange?.();
  }

  #onFailure(livedMs: number, message: string): void {
    if (livedMs > HEALTHY_MS) this.#recovered();
    this.#failures += 1;
    if (this.#breaker.failed()) {
      const state = `it is left alone for ${OPEN_MS / 1000} s after ${this.#failures} failures in a row`;
      const text = `Cannot keep ${this.#hook.id} alive: ${state}. The last one: ${message}`;
      this.#notes.note({ outcome: "failed", code: "breaker_open", message: text });
    }
    this.#retryAt = performance.now() + FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 8);
    this.#start();
  }

  /** What the host cannot have dealt with comes to the front of the line, once. */
  #putBack({ pipe, sent, answered }: Life): void {
    if (pipe === undefined) return;
    const lines = sent.inDoubt(pipe.unread() + pipe.untaken()).map((line) => ({ seq: seqOf(line), line }));
    const unanswered = lines.filter(({ seq }) => seq > answered);
    for (const { seq } of unanswered.filter((one) => this.#again.has(one.seq))) this.#drop(seq, "sent twice");
    const fresh = unanswered.filter(({ seq }) => !this.#again.has(seq));
    for (const { seq } of fresh) this.#again.add(seq);
    this.#queue.putBack(fresh);
  }

  // -------------------------------------------------------------------------------------------- the end

  async #shut(until: number): Promise<RunnerReport> {
    clearTimeout(this.#pause);
    this.#retryAt = 0;
    this.#flush();
    await this.#when(() => this.#isFlushed(), until);
    const life = this.#life;
    const left = life ? this.#queue.size() + (life.writing?.seqs.length ?? 0) : 0;
    if (life) this.#letGo(life);
    this.#giveUp();
    await this.#when(() => this.#life === undefined, until);
    const state = "the dispatcher was closed before it had answered";
    const fate = failure(
      "failed",
      "closed",
      `Cannot wait for ${this.#hook.id}: ${state}. Give close() a larger budget.`,
    );
    for (const seq of this.#waiters.seqs()) this.#settle(seq, fate);
    this.#notes.flush();
    this.#forget();
    return { left, dropped: this.#notes.dropped };
  }

  /** Nothing waits any more, or there is nobody to wait for. */
  #isFlushed(): boolean {
    const life = this.#life;
    if (life === undefined) return true;
    if (this.#waiters.seqs("answer").length > 0) return false;
    return life.pipe !== undefined && this.#queue.isEmpty() && life.writing === undefined;
  }

  /** What the pipe did not take in time the launcher writes, after the agent is gone if need be. */
  #letGo(life: Life): void {
    this.#leave(life);
    life.released = true;
    life.pipe?.close();
    delete life.pipe;
    life.process.end();
  }

  #giveUp(): void {
    for (const seq of this.#queue.clear("closed")) this.#notes.drop(seq, "closed");
  }

  /** The process exits in the middle: the launcher, which outlives it, gets the rest, and starts the host for it if need be. */
  #onExit(): void {
    if (performance.now() >= this.#retryAt) this.#start();
    if (this.#life) this.#leave(this.#life);
    else this.#giveUp();
    this.#notes.flush();
  }

  /** Hands over every byte that the kernel has not taken. */
  #leave(life: Life): void {
    const { writing, pipe, released } = life;
    if (released) return;
    const head = writing && pipe ? writing.bytes.subarray(writing.bytes.length - pipe.untaken()) : Buffer.alloc(0);
    const rest = Buffer.concat([head, this.#queue.rest()]);
    if (rest.length > 0) life.process.write(rest);
  }

  #when(holds: () => boolean, until: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((settle) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#onChange = undefined;
        settle();
      };
      const timer = setTimeout(done, Math.max(0, until - performance.now()));
      this.#onChange = () => {
        if (holds()) done();
      };
    });
  }
}

/** Later, so that whoever delivers has returned before anybody hears of it. */
function tellLater(hook: HostHook, { onReply }: Listener, fate: Fate): void {
  const since = performance.now();
  setImmediate(() => onReply(replyOf(hook, since, fate)));
}
