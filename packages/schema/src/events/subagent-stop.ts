import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** A sub-agent is done. Can be gated: a hook that blocks keeps it working. */
export interface SubagentStopEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "subagent-stop";
  /**
   * Kind of sub-agent.
   * @examples ["review"]
   */
  subagent?: string;
  /**
   * How it ended: `completed` or `aborted`.
   * @examples ["completed"]
   */
  status?: string;
  /**
   * Tool through which it was started, always `Task` under xcodex.
   * @examples ["Task"]
   */
  tool_name?: string;
  /**
   * Whether a hook has already kept it working once; look at this before blocking again.
   * @examples [false]
   */
  stop_hook_active?: boolean;
  /**
   * Path of the sub-agent's own transcript file; absent when there is none.
   * @examples ["/home/dev/.codex/sessions/2026/11/20/rollout-2.jsonl"]
   */
  agent_transcript_path?: string;
}

/** Facts of `subagent-stop`. */
export const subagentStop: EventFacts<SubagentStopEvent> = {
  type: "subagent-stop",
  order: 110,
  summary: "a sub-agent is done",
  snake: "subagent_stop",
  claude: "SubagentStop",
  aliases: [],
  retired: ["subagent_end"],
  gate: true,
  ends_work: true,
  matches_on: [],
  spelled: { subagent: ["agent_type"] },
  env: {},
  codex: { SubagentStop: CODEX_LIFECYCLE },
  examples: { "": { tool_name: "Task", subagent: "review", subagent_id: "agent-7", status: "completed" } },
};
