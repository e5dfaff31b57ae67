/** What became of an event that somebody waits for. */
import { performance } from "node:perf_hooks";
import type { HookReply, HostAnswer, HostHook } from "../../contracts.ts";
import { blockedReply, failedReply, silentReply, type Times, type Trouble } from "../replies.ts";

/** What became of an event, as far as a waiter wants to know it. */
export type Fate =
  | { readonly kind: "done" }
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "failed"; readonly trouble: Trouble };

/** What an answer says (DESIGN section 7): `block` blocks, anything else lets the agent go on. */
export function fateOf({ id }: HostHook, { decision, reason }: HostAnswer): Fate {
  if (decision !== "block") return { kind: "done" };
  const said = typeof reason === "string" ? reason.trim() : "";
  return { kind: "blocked", reason: said || `Hook ${id} blocked this and gave no reason.` };
}

/** An event that was not delivered, or not answered. */
export function failure(outcome: Trouble["outcome"], code: string, message: string): Fate {
  return { kind: "failed", trouble: { outcome, code, message } };
}

/** The reply that says what became of an event. `since` is of `performance.now()`. */
export function replyOf(hook: HostHook, since: number, fate: Fate, log?: string): HookReply {
  const reply = replyWith(hook, fate, { queued_ms: 0, duration_ms: elapsedSince(since) });
  return log === undefined ? reply : { ...reply, end: { ...reply.end, log } };
}

function replyWith(hook: HostHook, fate: Fate, times: Times): HookReply {
  if (fate.kind === "done") return silentReply(hook, times);
  return fate.kind === "blocked" ? blockedReply(hook, fate.reason, times) : failedReply(hook, fate.trouble, times);
}

/** In milliseconds, to the microsecond. */
function elapsedSince(since: number): number {
  return Math.round((performance.now() - since) * 1000) / 1000;
}
