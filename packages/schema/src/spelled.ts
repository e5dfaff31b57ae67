/** How other agents and wires spell fields of every event: our name → theirs. */
export const SPELLED_BASE: Readonly<Record<string, readonly string[]>> = {
  session_id: ["thread_id"],
  timestamp: ["triggered_at"],
  turn_id: ["prompt_id"],
  subagent_id: ["agent_id"],
  tool_use_id: ["call_id"],
};
