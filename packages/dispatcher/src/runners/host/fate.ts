/** What became of an event that somebody waits for. */
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { HookReply, HostAnswer, HostHook, Outcome, Reply, RunEnd } from "../../contracts.ts";

/** What became of an event, as far as a waiter wants to know it. */
export type Fate =
  | { readonly kind: "done" }
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "failed"; readonly outcome: Outcome; readonly code: string; readonly message: string };

/** What an answer says (DESIGN section 7): `block` blocks, anything else lets the agent go on. */
export function fateOf({ id }: HostHook, { decision, reason }: HostAnswer): Fate {
  if (decision !== "block") return { kind: "done" };
  const said = typeof reason === "string" ? reason.trim() : "";
  return { kind: "blocked", reason: said || `Hook ${id} blocked this and gave no reason.` };
}

/** An event that was not delivered, or not answered. */
export function failure(outcome: Outcome, code: string, message: string): Fate {
  return { kind: "failed", outcome, code, message };
}

/** The reply that says what became of an event. `since` is of `performance.now()`. */
export function replyOf(hook: HostHook, since: number, fate: Fate, log?: string): HookReply {
  const end: RunEnd = {
    run_id: randomUUID(),
    outcome: fate.kind === "done" ? "ok" : fate.kind === "blocked" ? "blocked" : fate.outcome,
    exit_code: null,
    signal: null,
    duration_ms: Math.round((performance.now() - since) * 1000) / 1000,
    queued_ms: 0,
    stderr: "",
    ...(fate.kind === "blocked" ? { message: fate.reason } : {}),
    ...(fate.kind === "failed" ? { code: fate.code, message: fate.message } : {}),
    ...(log === undefined ? {} : { log }),
  };
  return { hook, end, reply: said(fate) };
}

function said(fate: Fate): Reply {
  if (fate.kind === "done") return { kind: "silent" };
  if (fate.kind === "blocked") return fate;
  return { kind: "failed", code: fate.code, message: fate.message };
}
