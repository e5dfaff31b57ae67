import { randomUUID } from "node:crypto";
import type { Delivery, Hook, HookReply, Plan, Runner, RunRecord, Subject } from "../contracts.ts";
import { HooksError } from "../errors.ts";
import { payloadBook } from "./book.ts";
import { subjectOf } from "./subject.ts";

/** The runners, each with the kinds of its hooks. */
export type Kinds = readonly (readonly [kinds: readonly string[], runner: Runner])[];

/** Who hears of a delivery. */
export interface Listeners extends Pick<Delivery, "onReply" | "wait"> {
  /** A hook that cannot be handed the event has no run, so its record is made here. */
  readonly onLost: (record: RunRecord) => void;
}

/**
 * Hands an event to the runners of its hooks, encoded: from here on the agent may change it. Never throws. The hooks of an event
 * that cannot be encoded, or that cannot be read twice, have failed.
 */
export function deliver(kinds: Kinds, plan: Plan, listeners: Listeners): void {
  const subject = subjectOf(plan.event);
  const book = payloadBook(plan);
  for (const [own, runner] of kinds) {
    const hooks = ofKinds(own, plan.hooks);
    if (hooks.length > 0) hand(runner, { plan, subject, hooks, book, ...waiting(listeners) }, listeners);
  }
}

/** Most plans have hooks for one runner only: those are handed on as they are. */
function ofKinds(kinds: readonly string[], hooks: readonly Hook[]): readonly Hook[] {
  const own = (hook: Hook): boolean => kinds.includes(hook.runner);
  return hooks.every(own) ? hooks : hooks.filter(own);
}

function waiting({ onReply, wait }: Listeners): Pick<Delivery, "onReply" | "wait"> {
  return { ...(onReply ? { onReply } : {}), ...(wait ? { wait } : {}) };
}

function hand(runner: Runner, delivery: Delivery, { onLost, onReply }: Listeners): void {
  try {
    runner.deliver(delivery);
  } catch (error) {
    for (const hook of delivery.hooks) {
      const record = lost(delivery.subject, hook, error);
      onLost(record);
      onReply?.(replyOf(hook, record));
    }
  }
}

type Lost = RunRecord & { readonly code: string; readonly message: string };

function lost({ timestamp: _, cwd: __, ...facts }: Subject, hook: Hook, error: unknown): Lost {
  const { code, message } = error instanceof HooksError ? error : unreadable(facts.event_id, error);
  return {
    schema_version: 1,
    at: new Date().toISOString(),
    run_id: randomUUID(),
    ...facts,
    hook: hook.id,
    surface: hook.surface,
    origin: `${hook.origin.file}:${hook.origin.line}`,
    outcome: "dropped",
    code,
    message,
  };
}

function unreadable(eventId: string, error: unknown): HooksError {
  const why = error instanceof Error ? error.message : "it threw something";
  return new HooksError("not_encodable", `Cannot read event ${eventId}: ${why}. Emit plain data only.`);
}

function replyOf(hook: Hook, { run_id, outcome, code, message }: Lost): HookReply {
  const never = { exit_code: null, signal: null, duration_ms: 0, queued_ms: 0, stderr: "" } as const;
  return { hook, end: { run_id, outcome, ...never, code, message }, reply: { kind: "failed", code, message } };
}
