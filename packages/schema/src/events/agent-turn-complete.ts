import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** The agent is done with a turn. Can be gated: a hook that blocks keeps it working. */
export interface AgentTurnCompleteEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "agent-turn-complete";
  /**
   * What the user had asked for in this turn.
   * @examples [["Add a test for the parser"]]
   */
  input_messages?: string[];
  /**
   * Whether the turn did what it should (seed 003).
   * @examples [true]
   */
  success?: boolean;
  /**
   * How long the turn took, in milliseconds (seed 003).
   * @TJS-type integer
   * @minimum 0
   * @examples [5000]
   */
  duration_ms?: number;
  /**
   * Whether a hook has already kept the agent working once; look at this before blocking again.
   * @examples [false]
   */
  stop_hook_active?: boolean;
  /**
   * Id of the thread, where it is not the session's (seed 004, `AfterAgent`).
   * @examples ["0199f3c4-7a1b-7c20-b2a4-5a0c2f8d9e01"]
   */
  thread_id?: string;
}

/** Facts of `agent-turn-complete`. */
export const agentTurnComplete: EventFacts<AgentTurnCompleteEvent> = {
  type: "agent-turn-complete",
  order: 120,
  summary: "the agent is done with a turn",
  snake: "agent_turn_complete",
  claude: "Stop",
  aliases: [{ name: "stop" }, { name: "AfterAgent" }, { name: "after_agent" }, { name: "task_complete" }],
  retired: ["turn_end"],
  gate: true,
  ends_work: true,
  matches_on: [],
  spelled: { last_assistant_message: ["prompt_response"] },
  flushes: true,
  env: {
    CODEX_TASK_ID: { from: ["turn_id"] },
    CODEX_SUCCESS: { from: ["success"] },
    CODEX_DURATION: { from: ["duration_ms"] },
  },
  codex: {
    Stop: CODEX_LIFECYCLE,
    AfterAgent: [["thread_id", ["thread_id", "session_id"]], "turn_id", "input_messages", "last_assistant_message"],
  },
  examples: {
    "": {
      turn_id: "turn-1",
      input_messages: ["Add a test for the parser"],
      last_assistant_message: "All tests pass.",
      success: true,
      duration_ms: 5000,
    },
  },
};
