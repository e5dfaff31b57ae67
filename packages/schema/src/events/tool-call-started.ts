import { CODEX_TOOL, type EventFacts, PATCHED_FILE } from "../facts.ts";
import type { ToolCallFields } from "../shared/tool-call.ts";

/** The agent is about to run a tool. Can be gated: this is where a guard stops a dangerous command. */
export interface ToolCallStartedEvent extends ToolCallFields {
  xcodex_event_type: "tool-call-started";
}

/** Facts of `tool-call-started`. */
export const toolCallStarted: EventFacts<ToolCallStartedEvent> = {
  type: "tool-call-started",
  order: 50,
  summary: "a tool is about to run",
  snake: "tool_call_started",
  claude: "PreToolUse",
  aliases: [
    { name: "pre_tool_use" },
    { name: "tool.execute.before" },
    { name: "BeforeTool", agent: "gemini" },
    { name: "exec.before", tools: "command" },
    { name: "patch.before", tools: "patch" },
    { name: "mcp.before", tools: "mcp" },
  ],
  retired: [],
  gate: true,
  matches_on: ["tool_name", "tool_alias"],
  spelled: { server_name: ["mcp_server.name", "mcp_context.server_name"] },
  env: {
    CODEX_COMMAND: { from: ["tool_input.command", "tool_input.cmd"], as: "argv", tools: "command" },
    CODEX_WORKDIR: { from: ["tool_input.workdir", "cwd"], tools: "command" },
    CODEX_PATCH_FILE: { ...PATCHED_FILE, from: ["tool_input.patch_file", ...PATCHED_FILE.from] },
    CODEX_TARGET_FILE: PATCHED_FILE,
  },
  codex: { PreToolUse: [...CODEX_TOOL, "mutating", "sandbox", "sandbox_policy"] },
  examples: {
    "": {
      turn_id: "turn-1",
      tool_name: "exec_command",
      tool_alias: "Bash",
      tool_use_id: "call_1",
      tool_input: { cmd: 'rg -n "hooks" README.md' },
      tool_response: null,
      model_request_id: "3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11",
      attempt: 1,
    },
  },
};
