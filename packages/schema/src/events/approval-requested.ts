import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";
import type { SandboxPolicy } from "../shared/sandbox-policy.ts";

/** The agent asks the user for permission: to run a command, to apply a patch, or on behalf of an MCP server. */
export interface ApprovalRequestedEvent extends HookEventBase {
  xcodex_event_type: "approval-requested";
  /**
   * What is asked for: `exec`, `apply-patch` or `elicitation`. Absent for agents that only name the tool.
   * @examples ["exec"]
   */
  kind?: string;
  /**
   * Tool that needs the permission, in the agent's words.
   * @examples ["Bash"]
   */
  tool_name?: string;
  /**
   * The tool's name in Claude Code's words, where there is one. Matchers match it as well.
   * @examples ["Bash"]
   */
  tool_alias?: string;
  /**
   * Id of the tool call, where it is known.
   * @examples ["call_1"]
   */
  tool_use_id?: string;
  /**
   * What the tool would be given.
   * @examples [{ "command": ["cargo", "test"] }]
   */
  tool_input?: unknown;
  /**
   * Always null: the tool has not run.
   * @examples [null]
   */
  tool_response?: unknown;
  /**
   * Id of the call that waits for the answer, the same as `tool_use_id`.
   * @examples ["call_1"]
   */
  call_id?: string;
  /**
   * Why the agent asks, in its words.
   * @examples ["needs network access"]
   */
  reason?: string;
  /**
   * When the agent asks at all: `untrusted`, `on-failure`, `on-request` or `never`.
   * @examples ["on-request"]
   */
  approval_policy?: string;
  /** Sandbox in force. */
  sandbox_policy?: SandboxPolicy;
  /**
   * Rule that would be remembered if the user always allows it.
   * @examples [["cargo", "test"]]
   */
  proposed_execpolicy_amendment?: string[];
  /**
   * Of `exec`: the command, word by word.
   * @examples [["cargo", "test"]]
   */
  command?: string[];
  /**
   * Of `apply-patch`: the files it touches, sorted.
   * @examples [["src/parser.ts"]]
   */
  paths?: string[];
  /**
   * Of `apply-patch`: folder that the agent wants to write to from now on.
   * @examples ["/tmp"]
   */
  grant_root?: string;
  /**
   * MCP server that asks (`elicitation`) or that the tool belongs to, where the agent names it.
   * @examples ["github"]
   */
  server_name?: string;
  /**
   * Of `elicitation`: the server's id of its question.
   * @examples ["req-1"]
   */
  request_id?: string;
  /**
   * Of `elicitation`: the question.
   * @examples ["Which repository?"]
   */
  message?: string;
}

/** Facts of `approval-requested`. */
export const approvalRequested: EventFacts<ApprovalRequestedEvent> = {
  type: "approval-requested",
  order: 80,
  summary: "the agent asks for permission",
  snake: "approval_requested",
  claude: "PermissionRequest",
  aliases: [],
  retired: [],
  gate: false,
  matches_on: ["tool_name", "tool_alias", "kind"],
  spelled: { server_name: ["mcp_server.name", "mcp_context.server_name"] },
  env: { CODEX_COMMAND: { from: ["command"], as: "argv" } },
  examples: {
    exec: {
      turn_id: "turn-1",
      kind: "exec",
      tool_name: "Bash",
      tool_use_id: "call_1",
      call_id: "call_1",
      tool_input: { command: ["cargo", "test"] },
      tool_response: null,
      command: ["cargo", "test"],
      reason: "needs network access",
      approval_policy: "on-request",
      sandbox_policy: { type: "workspace-write", network_access: false },
      proposed_execpolicy_amendment: ["cargo", "test"],
    },
    "apply-patch": {
      turn_id: "turn-1",
      kind: "apply-patch",
      tool_name: "Edit",
      tool_use_id: "call_2",
      call_id: "call_2",
      tool_input: { paths: ["src/parser.ts"] },
      tool_response: null,
      paths: ["src/parser.ts"],
      grant_root: "/tmp",
    },
    elicitation: {
      kind: "elicitation",
      tool_name: "MCP",
      tool_response: null,
      server_name: "github",
      request_id: "req-1",
      message: "Which repository?",
    },
  },
};
