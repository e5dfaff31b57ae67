import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** The user sent a prompt; the agent has not looked at it yet. Can be gated. */
export interface UserPromptSubmitEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "user-prompt-submit";
  /**
   * What the user asked for; text items joined by newlines.
   * @examples ["Add a test for the parser"]
   */
  prompt: string;
  /**
   * Where the prompt came from, where the agent says it: `user`, `sdk`, `system`, `schedule_wakeup` and the like.
   * @examples ["user"]
   */
  source?: string;
  /**
   * Title of the session, when it has one.
   * @examples ["Parser tests"]
   */
  session_title?: string;
}

/** Facts of `user-prompt-submit`. */
export const userPromptSubmit: EventFacts<UserPromptSubmitEvent> = {
  type: "user-prompt-submit",
  order: 20,
  summary: "the user sends a prompt",
  snake: "user_prompt_submit",
  claude: "UserPromptSubmit",
  aliases: [{ name: "BeforeAgent", agent: "gemini" }, { name: "task_start" }],
  retired: ["turn_start"],
  gate: true,
  matches_on: [],
  spelled: {},
  env: { CODEX_TASK_ID: { from: ["turn_id"] }, CODEX_PROMPT: { from: ["prompt"] } },
  codex: { UserPromptSubmit: CODEX_LIFECYCLE },
  examples: { "": { turn_id: "turn-1", prompt: "Add a test for the parser" } },
};
