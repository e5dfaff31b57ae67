/** The records of one host, beside those of its starts: answers, what was dropped, what its breaker does. */
import { randomUUID } from "node:crypto";
import type { HookReply, HostHook, Launcher, RunEnd, RunRecord, Subject } from "../../contracts.ts";
import { MOST_WAITING } from "./queue.ts";

/** Why an event was given up, in the words of the line that tells the host. */
export type DropReason = "queue full" | "closed" | "sent twice";

/** Why an event was given up, with the code of its record and what to do about it. */
const REASONS: Readonly<Record<DropReason, { readonly code: string; readonly advice: string }>> = {
  "queue full": {
    code: "queue_full",
    advice: `Make the host faster, or filter its events: at most ${MOST_WAITING} may wait`,
  },
  closed: { code: "closed", advice: "Give close() a larger budget, or emit before closing" },
  "sent twice": { code: "host_ended", advice: "See its log for why it died on them twice" },
};

/** Answers are recorded so much later, together. */
const NOTE_REPLIES_MS = 50;

/** Drops are recorded together, at most this often. */
const NOTE_DROPS_MS = 1000;

/** Events that were given up for one reason, one after the other. */
interface Drops {
  readonly reason: DropReason;
  readonly first: number;
  last: number;
  count: number;
}

/** Writes records, none of them on the way of an event or an answer. */
export class HostNotes {
  /** Of the last event. */
  subject: Subject | undefined;
  /** Events given up over the whole life. */
  dropped = 0;
  readonly #hook: HostHook;
  readonly #launcher: Launcher;
  readonly #replies: { readonly at: string; readonly end: RunEnd; readonly subject: Subject }[] = [];
  #soon: NodeJS.Timeout | undefined;
  #drops: Drops | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(hook: HostHook, launcher: Launcher) {
    this.#hook = hook;
    this.#launcher = launcher;
  }

  /** An event was given up. */
  drop(seq: number, reason: DropReason): void {
    this.dropped += 1;
    if (this.#drops && this.#drops.reason !== reason) this.#tellDrops();
    this.#drops ??= { reason, first: seq, last: seq, count: 0 };
    this.#drops.count += 1;
    this.#drops.last = seq;
    this.#timer ??= setTimeout(() => this.#tellDrops(), NOTE_DROPS_MS).unref();
  }

  /** Records everything so far. */
  flush(): void {
    this.#tellReplies();
    this.#tellDrops();
  }

  #tellDrops(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const drops = this.#drops;
    if (drops === undefined) return;
    this.#drops = undefined;
    const { reason, first, last, count } = drops;
    const { code, advice } = REASONS[reason];
    const what = `${count} ${count === 1 ? "event" : "events"} to ${this.#hook.id} (seq ${first} to ${last})`;
    this.note({ outcome: "dropped", count, code, message: `Cannot deliver ${what}: ${reason}. ${advice}.` });
  }

  /** Records what a waiter was told: a little later, because whoever writes records also passes answers on. */
  reply({ end }: HookReply, subject: Subject): void {
    this.#replies.push({ at: new Date().toISOString(), end, subject });
    this.#soon ??= setTimeout(() => this.#tellReplies(), NOTE_REPLIES_MS).unref();
  }

  #tellReplies(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    for (const { at, end, subject } of this.#replies.splice(0)) {
      const { run_id, outcome, duration_ms, log, code, message } = end;
      const facts = { at, run_id, outcome, duration_ms, log, code, message };
      this.note(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)), subject);
    }
  }

  /** Writes a record; about the last event when nothing else is said. */
  note(what: Partial<RunRecord>, subject: Subject | undefined = this.subject): void {
    const { session_id = "", agent, event_id = "", event_type = "" } = subject ?? {};
    const { id, surface, origin } = this.#hook;
    this.#launcher.note({
      schema_version: 1,
      at: new Date().toISOString(),
      run_id: randomUUID(),
      event_id,
      event_type,
      session_id,
      ...(agent === undefined ? {} : { agent }),
      hook: id,
      surface,
      origin: `${origin.file}:${origin.line}`,
      outcome: "failed",
      ...what,
    });
  }
}
