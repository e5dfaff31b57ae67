import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";

/** The agent wants the user's attention. */
export interface NotificationEvent extends HookEventBase {
  xcodex_event_type: "notification";
  /**
   * What it is about: `permission_prompt`, `elicitation_dialog`, `idle_prompt`, `ToolPermission` and others.
   * @examples ["permission_prompt"]
   */
  notification_type: string;
  /**
   * Text for the user.
   * @examples ["cargo test"]
   */
  message?: string;
  /**
   * Heading for the user.
   * @examples ["Permission requested"]
   */
  title?: string;
  /**
   * Of `ToolPermission`: what the permission is for, in the agent's words.
   * @examples [{ "type": "exec", "command": "cargo test" }]
   */
  details?: unknown;
}

/** Facts of `notification`. */
export const notification: EventFacts<NotificationEvent> = {
  type: "notification",
  order: 70,
  summary: "the agent wants the user's attention",
  snake: "notification",
  claude: "Notification",
  aliases: [{ name: "tui.toast.show" }],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: {},
  env: {},
  examples: {
    "": { notification_type: "permission_prompt", title: "Permission requested", message: "cargo test" },
  },
};
