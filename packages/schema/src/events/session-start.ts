import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** A session began. Fired once, after the agent is ready. */
export interface SessionStartEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "session-start";
  /**
   * What started the session: `cli`, `vscode`, `exec`, `mcp`, `subagent_review` and the like.
   * @examples ["cli"]
   */
  session_source?: string;
  /**
   * Why it started: `startup`, `resume`, `clear`, `compact`, `fork`.
   * @examples ["startup"]
   */
  source?: string;
  /**
   * Provider of the model (seed 003).
   * @examples ["openai"]
   */
  provider?: string;
  /**
   * Title of the session, when it has one.
   * @examples ["Parser tests"]
   */
  session_title?: string;
}

/** Facts of `session-start`. */
export const sessionStart: EventFacts<SessionStartEvent> = {
  type: "session-start",
  order: 10,
  summary: "a session begins",
  snake: "session_start",
  claude: "SessionStart",
  aliases: [{ name: "session.start" }],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: {},
  env: { CODEX_MODEL: { from: ["model"] }, CODEX_PROVIDER: { from: ["provider"] } },
  codex: { SessionStart: CODEX_LIFECYCLE },
  examples: { "": { session_source: "cli", source: "startup", model: "gpt-5.1-codex", provider: "openai" } },
};
