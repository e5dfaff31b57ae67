import type { HookEventBase } from "../base.ts";

/** Fields that a tool call has before and after it ran (seeds 001 and 004). */
export interface ToolCallFields extends HookEventBase {
  /**
   * The agent's own id of the tool, never rewritten.
   * @examples ["exec_command"]
   */
  tool_name: string;
  /**
   * The tool's name in Claude Code's words (`Bash`, `Edit`, `Read` …), where there is one. Matchers match it as well.
   * @examples ["Bash"]
   */
  tool_alias?: string;
  /**
   * Id of this call. The started and the finished event of one call share it.
   * @examples ["call_1"]
   */
  tool_use_id?: string;
  /**
   * What the tool was given: an object for most tools, a string for free-form ones.
   * @examples [{ "cmd": "rg -n hooks README.md" }]
   */
  tool_input?: unknown;
  /**
   * What the tool gave back; null before it ran.
   * @examples [{ "stdout": "README.md:1:hooks" }]
   */
  tool_response?: unknown;
  /**
   * MCP server that the tool belongs to, where the agent names it.
   * @examples ["github"]
   */
  server_name?: string;
  /**
   * Kind of tool (seed 004): `function`, `custom`, `local_shell` or `mcp`.
   * @examples ["local_shell"]
   */
  tool_kind?: string;
  /**
   * Id of the model request that asked for the call.
   * @examples ["3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11"]
   */
  model_request_id?: string;
  /**
   * Which attempt of that model request it was, from 1.
   * @TJS-type integer
   * @minimum 0
   * @examples [1]
   */
  attempt?: number;
  /**
   * Whether the tool changes anything.
   * @examples [true]
   */
  mutating?: boolean;
  /**
   * Sandbox the tool runs in.
   * @examples ["none"]
   */
  sandbox?: string;
  /**
   * Name of the sandbox policy in force.
   * @examples ["danger-full-access"]
   */
  sandbox_policy?: string;
}
