/** Who waits for what becomes of an event: for the host's answer, or for the moment when the event is in its pipe. */
import { performance } from "node:perf_hooks";
import type { Delivery, HookReply, HostHook, Subject } from "../../contracts.ts";
import { type Fate, replyOf } from "./fate.ts";

/** What for somebody waits; for `nothing`: to hear that the event was accepted. */
export type Awaited = "answer" | "delivery" | "nothing";

/** Who hears of one event, and what that is called in records. */
export interface Listener {
  readonly subject: Subject;
  readonly awaited: Awaited;
  readonly onReply: NonNullable<Delivery["onReply"]>;
}

/** One who waits. */
interface Waiter extends Listener {
  readonly hook: HostHook;
  readonly since: number;
  readonly timer: NodeJS.Timeout;
}

/** A waiting that is over. */
export interface Settled {
  readonly subject: Subject;
  readonly reply: HookReply;
}

/** Everybody who waits, by the number of the event's line. */
export interface Waiters {
  /** Somebody waits from now on, at most for the hook's time; then `late` is called. Keeps the process alive meanwhile. */
  readonly add: (seq: number, hook: HostHook, listener: Listener, late: () => void) => void;
  /** Ends the waiting for one event, if somebody waits. Returns the reply, and what it is about. */
  readonly settle: (seq: number, fate: Fate, log?: string) => Settled | undefined;
  /** The events that somebody waits for, up to a number. */
  readonly seqs: (awaited?: Awaited, upTo?: number) => readonly number[];
  readonly has: (seq: number) => boolean;
}

/** Nobody waits yet. */
export function createWaiters(): Waiters {
  const waiting = new Map<number, Waiter>();
  return {
    add: (seq, hook, listener, late) => {
      const timer = setTimeout(late, hook.timeout_ms);
      waiting.set(seq, { ...listener, hook, since: performance.now(), timer });
    },
    settle: (seq, fate, log) => {
      const waiter = waiting.get(seq);
      if (waiter === undefined) return undefined;
      waiting.delete(seq);
      clearTimeout(waiter.timer);
      const reply = replyOf(waiter.hook, waiter.since, fate, log);
      waiter.onReply(reply);
      return { subject: waiter.subject, reply };
    },
    seqs: (awaited, upTo = Number.POSITIVE_INFINITY) => {
      if (waiting.size === 0) return [];
      const wanted = (waiter: Waiter): boolean => awaited === undefined || waiter.awaited === awaited;
      return [...waiting].flatMap(([seq, waiter]) => (seq <= upTo && wanted(waiter) ? [seq] : []));
    },
    has: (seq) => waiting.has(seq),
  };
}
