/** Calls of tools for hooks that are for one kind of tool: the examples of the catalogue run a command. */
import type { ToolKind } from "@xcodex/hooks-schema";

type Fields = Readonly<Record<string, unknown>>;

const PATCH = "*** Begin Patch\n*** Update File: README.md\n@@\n-hook\n+hooks\n*** End Patch\n";

/** Tools by kind, as agents name and call them. */
const CALLS: Readonly<Record<ToolKind, Fields>> = {
  command: { tool_name: "exec_command", tool_alias: "Bash", tool_input: { cmd: 'rg -n "hooks" README.md' } },
  patch: { tool_name: "apply_patch", tool_alias: "Edit", tool_input: { patch: PATCH } },
  mcp: { tool_name: "mcp__github__create_issue", tool_alias: "MCP", tool_input: { title: "Hooks" } },
};

/** What an example says of the command that it ran, and nobody of another tool. */
const OF_COMMANDS: readonly string[] = ["exit_code", "output_bytes", "output_preview", "tool_response"];

/** The fields of an example as they are of a call of another tool: of that kind. */
export function callOfKind(kind: ToolKind, example: Fields): Fields {
  const kept = Object.entries(example).filter(([key, value]) => value === null || !OF_COMMANDS.includes(key));
  return { ...Object.fromEntries(kept), ...CALLS[kind] };
}
