import { randomUUID } from "node:crypto";
import { createBreaker, FAILURES_TO_OPEN, OPEN_MS } from "../breaker.ts";
import type { Hook, Launcher, Outcome, RunRecord, Subject } from "../contracts.ts";
import { atExit } from "./at-exit.ts";
import type { Trouble } from "./replies.ts";

/** Records about single failures within one second; what comes beyond is counted together. */
const TOLD_ONE_BY_ONE = 3;

/** How long things are counted before they are told together, in milliseconds. */
const TOGETHER_MS = 1_000;

/** What a record is about. */
export interface About {
  readonly hook: Hook;
  readonly subject: Subject;
}

/** What is known about a failure beside why. */
export interface FailureFacts {
  /** Of the reply. A new one by default. */
  readonly run_id?: string;
  /** Events that failed together. Default 1. */
  readonly count?: number;
  readonly duration_ms?: number;
  readonly queued_ms?: number;
  /** False when something else that came with it went well: then it counts for the records only. Default true. */
  readonly counts?: boolean;
  /** True when the same was told before, so that it is only counted. Default false. */
  readonly together?: boolean;
}

/**
 * How one target that gets many events is: its breaker, and the records about what does not go well. What goes well has none,
 * so that a record says something.
 */
export interface Health {
  /** Whether to try now, as the breaker says. Whoever hears true says afterwards how it went. */
  readonly allows: () => boolean;
  /** Whether the breaker is open, so that taking an event is of no use. Asks for no try. */
  readonly isOpen: () => boolean;
  /** A try went well. */
  readonly succeeded: (about: About) => void;
  /** A try went wrong. Returns whether that got a record of its own. */
  readonly failed: (about: About, trouble: Trouble, facts?: FailureFacts) => boolean;
  /** An event was given up before it was tried: counted, and told together with others, at most once per second. */
  readonly dropped: (about: About, trouble: Trouble, count?: number) => void;
  /** Events dropped over the whole life. */
  readonly droppedSoFar: () => number;
  /** Tells what is counted and not yet told. */
  readonly tell: () => void;
  /** Tells it, and watches no longer. */
  readonly close: () => void;
}

/** Why an event is not even tried while the breaker is open. */
export function breakerOpen(name: string): Trouble {
  const message = `Cannot deliver to ${name}: it has failed again and again and is left alone for a while. Mend it; its last failure is in the records.`;
  return { outcome: "dropped", code: "breaker_open", message };
}

/** Why an event is dropped of which too many wait. */
export function queueFull(name: string, waiting: string): Trouble {
  const message = `Cannot deliver to ${name}: ${waiting} wait for it already. Make it faster, or let it have fewer events.`;
  return { outcome: "dropped", code: "queue_full", message };
}

/** Why an event is not delivered that came after the dispatcher was closed, or could not be delivered before. */
export function closedBefore(name: string): Trouble {
  const message = `Cannot deliver to ${name}: the dispatcher was closed. Emit before close, and give close more time.`;
  return { outcome: "dropped", code: "closed", message };
}

/** Counted, and not yet told. */
interface Untold {
  readonly about: About;
  readonly trouble: Trouble;
  count: number;
}

/**
 * Starts watching one target.
 *
 * @param name the target in messages, for example `inproc:audit`
 * @param openMs how long the breaker stays open; shorter only in tests
 */
export function watchHealth(name: string, launcher: Launcher, openMs: number = OPEN_MS): Health {
  const breaker = createBreaker({ openMs });
  const untold = new Map<string, Untold>();
  let told = 0;
  let dropped = 0;
  let open = false;
  let window: NodeJS.Timeout | undefined;
  const forget = atExit(tell);

  function countTogether(about: About, trouble: Trouble, count: number): void {
    const known = untold.get(trouble.code);
    if (known) known.count += count;
    else untold.set(trouble.code, { about, trouble, count });
    startWindow();
  }

  function startWindow(): void {
    window ??= setTimeout(() => {
      window = undefined;
      told = 0;
      tell();
    }, TOGETHER_MS).unref();
  }

  function tell(): void {
    for (const { about, trouble, count } of untold.values()) launcher.note(recordOf(about, trouble, { count }));
    untold.clear();
  }

  function fail(about: About, message: string): void {
    if (!breaker.failed() || open) return;
    open = true;
    const text = `Cannot deliver to ${name}: it failed ${FAILURES_TO_OPEN} times in a row and is left alone for ${openMs / 1000} s, then tried again. Mend it. Its last failure: ${message}`;
    launcher.note(recordOf(about, { outcome: "dropped", code: "breaker_open", message: text }, {}));
  }

  return {
    allows: breaker.allows,
    isOpen: () => breaker.opensIn() > 0,
    succeeded: (about) => {
      if (!breaker.succeeded()) return;
      open = false;
      launcher.note(recordOf(about, { outcome: "ok", message: `${name} works again and gets its events.` }, {}));
    },
    failed: (about, trouble, { counts = true, together = false, ...facts } = {}) => {
      const alone = !together && told < TOLD_ONE_BY_ONE;
      if (alone) {
        told += 1;
        startWindow();
        launcher.note(recordOf(about, trouble, facts));
      } else countTogether(about, trouble, facts.count ?? 1);
      if (counts) fail(about, trouble.message);
      return alone;
    },
    dropped: (about, trouble, count = 1) => {
      dropped += count;
      countTogether(about, trouble, count);
    },
    droppedSoFar: () => dropped,
    tell,
    close: () => {
      clearTimeout(window);
      window = undefined;
      forget();
      tell();
    },
  };
}

/** What a record says about how it went. */
interface How {
  readonly outcome: Outcome;
  readonly code?: string;
  readonly message: string;
}

function recordOf({ hook, subject }: About, how: How, facts: Omit<FailureFacts, "counts" | "together">): RunRecord {
  const { timestamp: _, cwd: __, ...event } = subject;
  const { run_id = randomUUID(), ...rest } = facts;
  return {
    schema_version: 1,
    at: new Date().toISOString(),
    run_id,
    ...event,
    hook: hook.id,
    surface: hook.surface,
    origin: `${hook.origin.file}:${hook.origin.line}`,
    outcome: how.outcome,
    ...rest,
    ...(how.code === undefined ? {} : { code: how.code }),
    message: how.message,
  };
}
