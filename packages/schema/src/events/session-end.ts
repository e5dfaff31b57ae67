import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** A session ended. Its hooks are run to their end even when the agent is already gone. */
export interface SessionEndEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "session-end";
  /**
   * What had started the session: `cli`, `vscode`, `exec`, `mcp` and the like.
   * @examples ["cli"]
   */
  session_source?: string;
  /**
   * Why it ended: `clear`, `resume`, `logout`, `prompt_input_exit`, `exit`, `other` and the like.
   * @examples ["other"]
   */
  reason?: string;
  /**
   * How long the session lasted, in milliseconds (seed 003).
   * @TJS-type integer
   * @minimum 0
   * @examples [93000]
   */
  duration_ms?: number;
}

/** Facts of `session-end`. */
export const sessionEnd: EventFacts<SessionEndEvent> = {
  type: "session-end",
  order: 140,
  summary: "a session ends",
  snake: "session_end",
  claude: "SessionEnd",
  aliases: [{ name: "session.end" }],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: {},
  flushes: true,
  env: { CODEX_DURATION: { from: ["duration_ms"] } },
  codex: { SessionEnd: CODEX_LIFECYCLE },
  examples: { "": { session_source: "cli", reason: "other", duration_ms: 93000 } },
};
