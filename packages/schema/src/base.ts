/** Version of the payload schema that this package describes (seed 001, "Compatibility policy"). */
export const SCHEMA_VERSION = 1;

/** The agent an event came from, when it was not fired by xcodex itself. */
export interface AgentInfo {
  /**
   * Name of the agent: `codex`, `claude-code`, `gemini` or another.
   * @examples ["claude-code"]
   */
  name: string;
  /**
   * Version of the agent, when it is known.
   * @examples ["2.1.197"]
   */
  version?: string;
}

/**
 * Fields of every event. The first nine are always present on the `xcodex` wire (seed 001, "Supported events").
 * Unknown fields may stand beside them: ignore what you do not know.
 */
export interface HookEventBase {
  /**
   * Version of the payload schema. Readers of version 1 may rely on everything said here as long as it is 1.
   * @TJS-type integer
   * @minimum 1
   * @examples [1]
   */
  schema_version: number;
  /**
   * Unique id of this event, a UUID. Every hook of one event sees the same id, so it can be used to drop duplicates.
   * @examples ["6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11"]
   */
  event_id: string;
  /**
   * When the event happened: RFC 3339, UTC, ending in `Z`.
   * @format date-time
   * @examples ["2026-01-11T23:59:59Z"]
   */
  timestamp: string;
  /**
   * Id of the agent's session (thread). All events of one conversation share it.
   * @examples ["0199f3c4-7a1b-7c20-b2a4-5a0c2f8d9e01"]
   */
  session_id: string;
  /**
   * Folder the agent works in (best effort).
   * @examples ["/home/dev/project"]
   */
  cwd: string;
  /**
   * Name the hook knows this event by: under `[hooks.command]` the configured key exactly as written, elsewhere the
   * Claude-style name, and the canonical type for events that have none.
   * @examples ["PostToolUse"]
   */
  hook_event_name: string;
  /**
   * Canonical type of the event. This is the field to tell events apart by.
   * @examples ["tool-call-finished"]
   */
  xcodex_event_type: string;
  /**
   * Path of the session's transcript file; the empty string when there is none.
   * @examples ["/home/dev/.codex/sessions/2026/11/20/rollout-1.jsonl"]
   */
  transcript_path: string;
  /**
   * How the agent asks for permission at the moment: `default`, `acceptEdits`, `plan`, `dontAsk`, `bypassPermissions`, `auto` or
   * another word; `default` when it is not known.
   * @examples ["default"]
   */
  permission_mode: string;
  /**
   * Id of the turn the event belongs to. Absent for events outside a turn and for agents without turn ids.
   * @examples ["turn-1"]
   */
  turn_id?: string;
  /**
   * Program through which the user talks to the agent (seed 004).
   * @examples ["codex-tui"]
   */
  client?: string;
  /** The agent the event came from, when it was not xcodex itself. */
  agent?: AgentInfo;
  /**
   * Id of the model in use, where the agent says it.
   * @examples ["gpt-5.1-codex"]
   */
  model?: string;
  /**
   * Id of the sub-agent in which the event happened; absent in the main agent.
   * @examples ["agent-7"]
   */
  subagent_id?: string;
  /**
   * Kind of agent in which the event happened, where the agent says it. Also said of a main agent that was started as one of a
   * kind; a sub-agent is what has a `subagent_id`.
   * @examples ["Explore"]
   */
  agent_type?: string;
}
