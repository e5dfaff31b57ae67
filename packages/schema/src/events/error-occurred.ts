import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";

/** Something went wrong in the agent (seed 003). */
export interface ErrorOccurredEvent extends HookEventBase {
  xcodex_event_type: "error-occurred";
  /**
   * What went wrong.
   * @examples ["stream disconnected before completion"]
   */
  error: string;
  /**
   * What the agent was doing.
   * @examples ["model request"]
   */
  context?: string;
}

/** Facts of `error-occurred`. */
export const errorOccurred: EventFacts<ErrorOccurredEvent> = {
  type: "error-occurred",
  order: 130,
  summary: "something went wrong in the agent",
  snake: "error_occurred",
  aliases: [{ name: "error.occurred" }],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: {},
  env: { CODEX_ERROR: { from: ["error"] }, CODEX_CONTEXT: { from: ["context"] } },
  examples: { "": { error: "stream disconnected before completion", context: "model request" } },
};
