import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** A sub-agent began to work. */
export interface SubagentStartEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "subagent-start";
  /**
   * Kind of sub-agent.
   * @examples ["review"]
   */
  subagent?: string;
}

/** Facts of `subagent-start`. */
export const subagentStart: EventFacts<SubagentStartEvent> = {
  type: "subagent-start",
  order: 100,
  summary: "a sub-agent begins",
  snake: "subagent_start",
  claude: "SubagentStart",
  aliases: [],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: { subagent: ["agent_type"] },
  env: {},
  codex: { SubagentStart: CODEX_LIFECYCLE },
  examples: { "": { turn_id: "turn-1", subagent: "review", subagent_id: "agent-7" } },
};
