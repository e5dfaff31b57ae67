import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { AnyEvent } from "@xcodex/hooks-schema";
import type { Delivery, HookReply, InprocFunction, InprocHook, InprocTarget, Subject } from "../../contracts.ts";
import { atExit } from "../at-exit.ts";
import { breakerOpen, closedBefore, type Health, queueFull } from "../health.ts";
import { blockedReply, failedReply, NO_TIME, silentReply, type Times, type Trouble } from "../replies.ts";
import { type Answer, isThenable, readAnswer, threw } from "./answer.ts";
import { type Lane, MOST_WAITING } from "./lane.ts";
import { loadModule } from "./load-module.ts";

/** How long one turn of the event loop may go to observers; then the agent has its turn. In milliseconds. */
const SLICE_MS = 5;

/** An event on its way. */
interface Waiting {
  readonly hook: InprocHook;
  readonly subject: Subject;
  readonly event: AnyEvent;
  /** Whether what the function answers counts. */
  readonly decides: boolean;
  /** Whether somebody waits, so that it does not wait for the event loop. */
  readonly urgent: boolean;
  /** Whether somebody waits, so that the process must not end. */
  readonly awaited: boolean;
  readonly onReply: ((reply: HookReply) => void) | undefined;
  readonly at: number;
}

/** The way to a function, or to the one in a module: calls in order, one at a time, a promise it returns included. */
export function callLane(name: string, target: Exclude<InprocTarget, { builtin: unknown }>, health: Health): Lane {
  const queue: Waiting[] = [];
  let onEvent: InprocFunction | undefined = "on_event" in target ? target.on_event : undefined;
  let tries = 0;
  let urgent = 0;
  let scheduled = false;
  /** A call that has not ended, or a module that is being loaded. */
  let busy = false;
  let closed = false;
  let onIdle: (() => void) | undefined;
  const forget = atExit(giveUpAll);

  function take(hook: InprocHook, delivery: Delivery): void {
    const refusal = refusalNow();
    if (refusal) drop(hook, delivery.subject, refusal, delivery.onReply);
    else add(waitingFor(hook, delivery));
  }

  function add(waiting: Waiting): void {
    queue.push(waiting);
    if (waiting.urgent) {
      urgent += 1;
      queueMicrotask(runUrgent);
    } else schedule();
  }

  function refusalNow(): Trouble | undefined {
    if (closed) return closedBefore(name);
    if (health.isOpen()) return breakerOpen(name);
    return queue.length < MOST_WAITING ? undefined : queueFull(name, `${MOST_WAITING} events`);
  }

  function drop(hook: InprocHook, subject: Subject, trouble: Trouble, onReply: Waiting["onReply"]): void {
    health.dropped({ hook, subject }, trouble);
    onReply?.(failedReply(hook, trouble, NO_TIME));
  }

  function schedule(): void {
    if (busy || scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(runSlice);
  }

  function runSlice(): void {
    scheduled = false;
    const until = performance.now() + SLICE_MS;
    do callNext();
    while (!busy && queue.length > 0 && performance.now() < until);
    goOn();
  }

  /** What stands before it in the line is older, and goes first. */
  function runUrgent(): void {
    while (!busy && urgent > 0) callNext();
    goOn();
  }

  function goOn(): void {
    schedule();
    if (!busy && queue.length === 0) onIdle?.();
  }

  function callNext(): void {
    const next = busy ? undefined : queue.shift();
    if (next === undefined) return;
    if (next.urgent) urgent -= 1;
    if (!health.allows()) drop(next.hook, next.subject, breakerOpen(name), next.onReply);
    else if (onEvent !== undefined) call(onEvent, next);
    else if ("module" in target) load(target.module, next);
  }

  /** Loads at the first event, and again at the next one after that failed. */
  function load(module: string, first: Waiting): void {
    tries += 1;
    busy = true;
    const started = performance.now();
    const failed = ({ code, message }: { code: string; message: string }): void => {
      busy = false;
      end(first, started, { trouble: { outcome: "not_started", code, message } });
      after();
    };
    const loaded = (found: InprocFunction): void => {
      busy = false;
      onEvent = found;
      call(found, first);
      after();
    };
    void loadModule(module, tries, first.hook.timeout_ms, first.awaited).then(loaded, failed);
  }

  function call(onEvent: InprocFunction, waiting: Waiting): void {
    const started = performance.now();
    let answer: Answer | undefined;
    try {
      const said = onEvent(waiting.event);
      if (isThenable(said)) waitFor(said, waiting, started);
      else answer = readAnswer(name, said, waiting.decides);
    } catch (error) {
      answer = threw(name, error);
    }
    if (answer) end(waiting, started, answer);
  }

  function waitFor(said: PromiseLike<unknown>, waiting: Waiting, started: number): void {
    busy = true;
    let over = false;
    const settle = (answer: Answer): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      busy = false;
      end(waiting, started, answer);
      after();
    };
    const { timeout_ms } = waiting.hook;
    const timer = setTimeout(() => settle(tooLate(timeout_ms)), timeout_ms);
    if (!waiting.awaited) timer.unref();
    void resolved(said).then(
      (value) => settle(readAnswer(name, value, waiting.decides)),
      (error) => settle(threw(name, error)),
    );
  }

  function tooLate(timeoutMs: number): Answer {
    const message = `Cannot wait for ${name} any longer: its promise has not settled for ${timeoutMs} ms. Settle it sooner, or give it a longer timeout.`;
    return { trouble: { outcome: "timeout", code: "timeout", message } };
  }

  function after(): void {
    if (urgent > 0) runUrgent();
    else goOn();
  }

  function end(waiting: Waiting, started: number, { blocked, ignored, trouble }: Answer): void {
    const { hook, subject, at, onReply } = waiting;
    if (trouble) {
      const times = timesOf(at, started);
      const run_id = randomUUID();
      health.failed({ hook, subject }, trouble, { run_id, ...times });
      onReply?.(failedReply(hook, trouble, times, run_id));
      return;
    }
    health.succeeded(waiting);
    if (onReply === undefined) return;
    const times = timesOf(at, started);
    onReply(blocked === undefined ? silentReply(hook, times, ignored) : blockedReply(hook, blocked, times));
  }

  function giveUpAll(): number {
    const left = queue.splice(0);
    urgent = 0;
    for (const { hook, subject, onReply } of left) drop(hook, subject, closedBefore(name), onReply);
    health.close();
    return left.length + (busy ? 1 : 0);
  }

  return {
    take,
    close: () => {
      closed = true;
      return new Promise((settle) => {
        onIdle = settle;
        goOn();
      });
    },
    giveUp: () => {
      forget();
      return giveUpAll();
    },
    dropped: health.droppedSoFar,
  };
}

/** An event with what its hook has to know. The hook gets an object of its own; the agent may change the event from now on. */
function waitingFor(hook: InprocHook, { plan, subject, onReply, wait }: Delivery): Waiting {
  const event = { ...plan.event };
  if (hook.hook_event_name !== undefined) event.hook_event_name = hook.hook_event_name;
  const sync = hook.mode === "sync";
  return {
    hook,
    subject,
    event,
    decides: sync && hook.may_gate && plan.gate,
    urgent: sync && onReply !== undefined,
    awaited: onReply !== undefined && (sync || wait === "all"),
    onReply,
    at: performance.now(),
  };
}

/** A thenable of the hook's own may throw where a promise would not. */
function resolved(said: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve) => resolve(said));
}

function timesOf(at: number, started: number): Times {
  return { queued_ms: Math.max(0, started - at), duration_ms: performance.now() - started };
}
