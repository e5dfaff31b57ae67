/** What became of an event that somebody waits for. */
import { performance } from "node:perf_hooks";
import { readAnswer } from "../../answer.ts";
import type { HookReply, HostAnswer, HostHook } from "../../contracts.ts";
import { type Blocked, blockedReply, failedReply, silentReply, type Times, type Trouble } from "../replies.ts";

/** What became of an event, as far as a waiter wants to know it. */
export type Fate =
  | { readonly kind: "done"; readonly ignored?: string }
  | { readonly kind: "blocked"; readonly why: Blocked }
  | { readonly kind: "failed"; readonly trouble: Trouble };

/** What an answer says: DESIGN section 7, and every shape that agents accept. */
export function fateOf({ id }: HostHook, said: HostAnswer): Fate {
  const answer = readAnswer(said);
  if (answer.kind === "block") return { kind: "blocked", why: answer };
  if (answer.kind === "silent") return { kind: "done", ...(answer.ignored ? { ignored: answer.ignored } : {}) };
  const advice = 'Answer {"seq": …, "decision": "continue"}, or "block" with a reason';
  return failure("failed", "bad_answer", `Cannot follow the answer of ${id}: ${answer.why}. ${advice}.`);
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
  if (fate.kind === "done") return silentReply(hook, times, fate.ignored);
  return fate.kind === "blocked" ? blockedReply(hook, fate.why, times) : failedReply(hook, fate.trouble, times);
}

/** In milliseconds, to the microsecond. */
function elapsedSince(since: number): number {
  return Math.round((performance.now() - since) * 1000) / 1000;
}
