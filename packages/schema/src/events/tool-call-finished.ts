import { CODEX_TOOL, type EventFacts, PATCHED_FILE } from "../facts.ts";
import type { ToolCallFields } from "../shared/tool-call.ts";

/** A tool has run, failed or been aborted. */
export interface ToolCallFinishedEvent extends ToolCallFields {
  xcodex_event_type: "tool-call-finished";
  /**
   * How it ended: `completed` or `aborted`.
   * @examples ["completed"]
   */
  status?: string;
  /**
   * How long it took, waiting for its turn included, in milliseconds.
   * @TJS-type integer
   * @minimum 0
   * @examples [123]
   */
  duration_ms?: number;
  /**
   * Whether it did what it was asked to.
   * @examples [true]
   */
  success?: boolean;
  /**
   * Size of its whole output in bytes.
   * @TJS-type integer
   * @minimum 0
   * @examples [2048]
   */
  output_bytes?: number;
  /**
   * Start of its output.
   * @examples ["README.md:1:hooks"]
   */
  output_preview?: string;
  /**
   * Exit code of a command tool (seed 003).
   * @TJS-type integer
   * @examples [0]
   */
  exit_code?: number;
  /**
   * What went wrong, in the tool's words.
   * @examples ["Exit code 3"]
   */
  error?: string;
  /**
   * Whether it failed because the user interrupted it.
   * @examples [false]
   */
  is_interrupt?: boolean;
  /**
   * Whether it was run at all (seed 004).
   * @examples [true]
   */
  executed?: boolean;
}

/** Facts of `tool-call-finished`. */
export const toolCallFinished: EventFacts<ToolCallFinishedEvent> = {
  type: "tool-call-finished",
  order: 60,
  summary: "a tool has run",
  snake: "tool_call_finished",
  claude: "PostToolUse",
  aliases: [
    { name: "post_tool_use" },
    { name: "tool.execute.after" },
    { name: "AfterTool", agent: "gemini" },
    { name: "PostToolUseFailure", agent: "claude-code", implies: { success: false } },
    { name: "exec.after", tools: "command" },
    { name: "patch.after", tools: "patch" },
    { name: "mcp.after", tools: "mcp" },
  ],
  retired: [],
  gate: false,
  matches_on: ["tool_name", "tool_alias"],
  spelled: { server_name: ["mcp_server.name", "mcp_context.server_name"] },
  summary_line: [
    ["type", "xcodex_event_type"],
    ["tool", "tool_name"],
    ["status", "status"],
    ["success", "success"],
    ["duration_ms", "duration_ms"],
    ["output_bytes", "output_bytes"],
    ["cwd", "cwd"],
  ],
  env: {
    CODEX_COMMAND: { from: ["tool_input.command", "tool_input.cmd"], as: "argv", tools: "command" },
    CODEX_EXIT_CODE: { from: ["exit_code"], tools: "command" },
    CODEX_DURATION: { from: ["duration_ms"] },
    CODEX_PATCH_FILE: { ...PATCHED_FILE, from: ["tool_input.patch_file", ...PATCHED_FILE.from] },
    CODEX_TARGET_FILE: PATCHED_FILE,
    CODEX_SUCCESS: { from: ["success"] },
  },
  codex: {
    PostToolUse: [
      ...CODEX_TOOL,
      ["executed", ["executed"], true],
      "success",
      "duration_ms",
      "mutating",
      "sandbox",
      "sandbox_policy",
      "output_preview",
    ],
  },
  examples: {
    "": {
      turn_id: "turn-1",
      tool_name: "exec_command",
      tool_alias: "Bash",
      tool_use_id: "call_1",
      tool_input: { cmd: 'rg -n "hooks" README.md' },
      tool_response: { stdout: "README.md:1:hooks" },
      model_request_id: "3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11",
      attempt: 1,
      status: "completed",
      duration_ms: 123,
      success: true,
      exit_code: 0,
      output_bytes: 17,
      output_preview: "README.md:1:hooks",
    },
  },
};
