import { randomUUID } from "node:crypto";
import type { Answer } from "../answer.ts";
import type { Hook, HookReply, Outcome, Reply } from "../contracts.ts";

/** How long a delivery waited and took, in milliseconds. */
export interface Times {
  readonly queued_ms: number;
  readonly duration_ms: number;
}

/** Of a delivery that never began. */
export const NO_TIME: Times = { queued_ms: 0, duration_ms: 0 };

/** Why a delivery did not end well: `code` is one of `errors.ts`, `message` says what to do. */
export interface Trouble {
  readonly outcome: Extract<Outcome, "failed" | "timeout" | "not_started" | "dropped">;
  readonly code: string;
  readonly message: string;
}

/** Why something is blocked. */
export type Blocked = Pick<Extract<Answer, { kind: "block" }>, "reason" | "halts">;

/**
 * The reply of a hook that is no process and had nothing against it.
 *
 * @param ignored what it asked for besides, that nobody can do here
 */
export function silentReply(hook: Hook, times: Times, ignored?: string): HookReply {
  return replyWith(
    hook,
    { kind: "silent" },
    { outcome: "ok", ...(ignored ? answerIgnored(hook, ignored) : {}) },
    times,
  );
}

function answerIgnored({ id }: Hook, ignored: string): { readonly code: string; readonly message: string } {
  const state = "hooks can only stop the agent here";
  return {
    code: "answer_ignored",
    message: `Cannot follow ${ignored} in the answer of ${id}: ${state}. Leave it out.`,
  };
}

/** The reply of a hook that is no process and stops the agent. */
export function blockedReply(hook: Hook, { reason, halts }: Blocked, times: Times): HookReply {
  const words = reason ?? `Hook ${hook.id} blocked this and gave no reason.`;
  const reply: Reply = { kind: "blocked", reason: words, ...(halts ? { halts } : {}) };
  return replyWith(hook, reply, { outcome: "blocked", message: words }, times);
}

/** The reply of a hook that is no process and could not be delivered to, or failed. `run_id` is that of its record. */
export function failedReply(hook: Hook, trouble: Trouble, times: Times, run_id?: string): HookReply {
  const { code, message } = trouble;
  return replyWith(hook, { kind: "failed", code, message }, trouble, times, run_id);
}

function replyWith(
  hook: Hook,
  reply: Reply,
  { outcome, ...why }: { readonly outcome: Outcome; readonly code?: string; readonly message?: string },
  times: Times,
  run_id: string = randomUUID(),
): HookReply {
  return { hook, end: { run_id, outcome, exit_code: null, signal: null, ...times, stderr: "", ...why }, reply };
}
