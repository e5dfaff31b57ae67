import { performance } from "node:perf_hooks";
import type { Python, Report } from "@xcodex/hooks-pyo3";
import { findEvent } from "@xcodex/hooks-schema";
import type { Delivery, Pyo3Hook, RunnerTools } from "../../contracts.ts";
import { HooksError } from "../../errors.ts";
import { atExit } from "../at-exit.ts";
import { breakerOpen, closedBefore, type Health, queueFull } from "../health.ts";
import { failedReply, NO_TIME, silentReply, type Trouble } from "../replies.ts";
import { ENOUGH_BYTES, HandOver, HandOverMemory } from "./hand-over.ts";
import { loadPython } from "./load-python.ts";
import type { PythonLog } from "./python-log.ts";
import { isPythonsFault, neverReported, troubleOf } from "./troubles.ts";

/** Events that wait or that Python has not reported, at most. */
const MOST_OUTSTANDING = 1_024;

/** Their JSON together, at most, in bytes. What is longer is taken when nothing else is outstanding. */
const MOST_BYTES: number = 64 * 1024 * 1024;

/**
 * Hand-overs that Python has at once when events are not in batches: one that it works on, and the next few. What comes meanwhile is
 * collected, because one large hand-over costs less than many small ones.
 */
const MOST_GIVEN = 4;

/** How long the first event of a batch waits for others, in milliseconds. */
const BATCH_MS = 250;

/** One script, and the way to it. */
export interface Script {
  /** Loads Python, so that the first event need not wait for it. What goes wrong is told with that event. */
  readonly getReady: () => void;
  /** Takes an event, or drops it. Never throws. */
  readonly take: (hook: Pyo3Hook, delivery: Delivery) => void;
  /** Takes nothing any more, hands over what waits, and waits for the reports. Returns how many events were not done. */
  readonly close: (budgetMs: number) => Promise<number>;
  /** Events dropped over the whole life. */
  readonly dropped: () => number;
}

/** Opens the way to a script. Python is loaded by `getReady`, or when the first event comes. */
export function openScript(name: string, first: Pyo3Hook, tools: RunnerTools, health: Health, log: PythonLog): Script {
  const { batch_size } = first.pyo3;
  const inBatches = batch_size > 1;
  let python: Python | undefined;
  let loading = false;
  let loadedBefore = false;
  /** The breaker's leave to try, asked for and not used yet. */
  let leave = false;
  /** Events that are still collected. */
  let collected: HandOver | undefined;
  /** Batches that are complete and wait for Python. */
  let complete: HandOver[] = [];
  /** What Python has, by ticket. */
  const given = new Map<number, HandOver>();
  let tickets = 0;
  let outstanding = 0;
  let bytes = 0;
  const memory = new HandOverMemory();
  let awaited = 0;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let onIdle: (() => void) | undefined;
  const forget = atExit(giveUp);

  function take(hook: Pyo3Hook, delivery: Delivery): void {
    const trouble = refusalNow() ?? tryToAdd(hook, delivery);
    if (trouble === undefined) return;
    health.dropped({ hook, subject: delivery.subject }, trouble);
    delivery.onReply?.(failedReply(hook, trouble, NO_TIME));
  }

  function refusalNow(): Trouble | undefined {
    if (closed) return closedBefore(name);
    if (health.isOpen()) return breakerOpen(name);
    const full = outstanding >= MOST_OUTSTANDING || bytes > MOST_BYTES;
    return full ? queueFull(name, `${outstanding} events`) : undefined;
  }

  function tryToAdd(hook: Pyo3Hook, delivery: Delivery): Trouble | undefined {
    try {
      return add(hook, delivery) ? undefined : queueFull(name, `${bytes} bytes`);
    } catch (error) {
      const { message } = error instanceof HooksError ? error : { message: `Cannot encode an event for ${name}.` };
      return { outcome: "dropped", code: "not_encodable", message };
    }
  }

  /** Whether there was room for it. */
  function add(hook: Pyo3Hook, delivery: Delivery): boolean {
    const next = collected ?? new HandOver(memory);
    const before = next.awaited;
    const added = next.add(hook, delivery, outstanding === 0 ? Number.POSITIVE_INFINITY : MOST_BYTES - bytes);
    if (added === 0) return false;
    collected = next;
    outstanding += 1;
    bytes += added;
    if (next.awaited > before) {
      awaited += 1;
      python?.hold(true);
    }
    if (!inBatches) {
      if (next.bytes >= ENOUGH_BYTES) completeBatch();
      else schedule();
    } else if (next.count >= batch_size || endsStretch(delivery)) completeBatch();
    else startTimer();
    return true;
  }

  function completeBatch(): void {
    clearTimeout(timer);
    timer = undefined;
    if (collected === undefined) return;
    collected.seal();
    complete.push(collected);
    collected = undefined;
    schedule();
  }

  /** A batch that nobody waits for does not keep the agent alive; one that somebody waits for does. */
  function startTimer(): void {
    timer ??= setTimeout(completeBatch, BATCH_MS).unref();
    if (awaited > 0) timer.ref();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(handOver);
  }

  /** Gives Python what waits. While it is loaded, or while a probe decides whether it works again, that goes on waiting. */
  function handOver(): void {
    scheduled = false;
    while (waiting() > 0 && (inBatches || given.size < MOST_GIVEN) && mayTry()) {
      const next = python && (complete.shift() ?? takeCollected());
      if (python === undefined || next === undefined) break;
      give(python, next);
    }
    if (waiting() === 0) checkIdle();
    else if (health.isOpen()) giveUpWaiting(breakerOpen(name));
    else if (python === undefined && leave) load();
  }

  function waiting(): number {
    return complete.length + (inBatches ? 0 : (collected?.count ?? 0));
  }

  function takeCollected(): HandOver | undefined {
    const taken = collected;
    taken?.seal();
    collected = undefined;
    return taken;
  }

  function mayTry(): boolean {
    leave ||= health.allows();
    return leave;
  }

  function give(python: Python, next: HandOver): void {
    leave = false;
    tickets += 1;
    given.set(tickets, next);
    next.givenAt = performance.now();
    python.hold(awaited > 0);
    python.deliver(tickets, next.toJson(), next.count);
    // It was copied.
    next.giveBack();
  }

  function getReady(): void {
    if (mayTry()) load();
  }

  function load(): void {
    if (loading) return;
    loading = true;
    void loadPython(first, tools, log, onReport).then(
      (opened) => {
        loading = false;
        python = opened;
        handOver();
      },
      (error) => {
        loading = false;
        leave = false;
        failToLoad(error);
        checkIdle();
      },
    );
  }

  /** Nothing will be different with the next event, so it is told once. */
  function failToLoad(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const trouble: Trouble = { outcome: "not_started", code: "pyo3_not_built", message };
    const all = takeWaiting();
    const [about] = all.map((each) => each.about(0));
    const count = all.reduce((sum, each) => sum + each.count, 0);
    if (about === undefined) return;
    health.failed(about, trouble, { count, together: loadedBefore });
    loadedBefore = true;
    for (const each of all) answerAll(each, trouble);
  }

  function onReport(report: Report): void {
    const about = given.get(report.ticket);
    if (about === undefined) return;
    given.delete(report.ticket);
    judge(about, report);
    answer(about, report);
    release(about);
    python?.hold(awaited > 0);
    if (waiting() > 0) schedule();
    else checkIdle();
  }

  /** What the report says about the health of the script. Anything that went well says that it works. */
  function judge(events: HandOver, { ok, failed }: Report): void {
    for (const failure of failed) {
      const about = events.about(failure.index);
      const counts = ok === 0 && isPythonsFault(failure);
      const facts = failure.count > 1 ? { counts, count: failure.count } : { counts };
      const alone = health.failed(about, troubleOf(name, first.pyo3, failure), facts);
      if (alone) log.append(about, failure);
    }
    if (ok > 0) health.succeeded(events.about(0));
  }

  function answer(events: HandOver, { failed }: Report): void {
    if (events.listeners.size === 0) return;
    const duration_ms = performance.now() - events.givenAt;
    for (const [index, { onReply, at }] of events.listeners) {
      const failure = failed.find((each) => index >= each.index && index < each.index + each.count);
      const times = { queued_ms: Math.max(0, events.givenAt - at), duration_ms };
      const { hook } = events.about(index);
      if (failure) onReply(failedReply(hook, troubleOf(name, first.pyo3, failure), times));
      else onReply(silentReply(hook, times));
    }
  }

  function answerAll(events: HandOver, trouble: Trouble): void {
    release(events);
    for (const [index, { onReply }] of events.listeners) {
      onReply(failedReply(events.about(index).hook, trouble, NO_TIME));
    }
  }

  function release(events: HandOver): void {
    outstanding -= events.count;
    bytes -= events.bytes;
    awaited -= events.awaited;
  }

  function takeWaiting(): readonly HandOver[] {
    const last = takeCollected();
    const all = last ? [...complete, last] : complete;
    complete = [];
    return all;
  }

  function giveUpWaiting(trouble: Trouble): void {
    for (const each of takeWaiting()) {
      health.dropped(each.about(0), trouble, each.count);
      answerAll(each, trouble);
    }
    checkIdle();
  }

  function checkIdle(): void {
    if (outstanding === 0 && !loading) onIdle?.();
  }

  async function close(budgetMs: number): Promise<number> {
    closed = true;
    const until = performance.now() + budgetMs;
    completeBatch();
    await idle(budgetMs);
    await python?.close(Math.max(0, until - performance.now()));
    forget();
    return giveUp();
  }

  /** Keeps the process alive meanwhile. */
  function idle(budgetMs: number): Promise<void> {
    return new Promise((settle) => {
      const spent = setTimeout(settle, budgetMs);
      onIdle = () => {
        clearTimeout(spent);
        settle();
      };
      checkIdle();
    });
  }

  /** Whatever Python reports from now on, nobody hears it. */
  function giveUp(): number {
    closed = true;
    const left = outstanding;
    giveUpWaiting(closedBefore(name));
    const trouble = neverReported(name);
    for (const events of given.values()) {
      health.failed(events.about(0), trouble, { count: events.count, counts: false, together: true });
      answerAll(events, trouble);
    }
    given.clear();
    health.close();
    return left;
  }

  return { getReady, take, close, dropped: health.droppedSoFar };
}

/** Whether what is collected has to go out with this event. */
function endsStretch({ plan }: Delivery): boolean {
  return findEvent(plan.event.xcodex_event_type)?.facts.flushes === true;
}
