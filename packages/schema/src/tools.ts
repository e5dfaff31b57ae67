/**
 * The tools of the agents in Claude Code's words, so that one matcher works under every agent. The first alias is the event's
 * `tool_alias`; a matcher matches all of them.
 */
export const TOOL_ALIASES: Readonly<Record<string, readonly string[]>> = {
  // Claude Code's own, so that `tool_alias` says `Bash` under every agent
  Agent: ["Agent"],
  AskUserQuestion: ["AskUserQuestion"],
  Bash: ["Bash"],
  BashOutput: ["BashOutput"],
  Edit: ["Edit"],
  ExitPlanMode: ["ExitPlanMode"],
  Glob: ["Glob"],
  Grep: ["Grep"],
  KillShell: ["KillShell"],
  MCP: ["MCP"],
  MultiEdit: ["MultiEdit"],
  NotebookEdit: ["NotebookEdit"],
  Read: ["Read"],
  Skill: ["Skill"],
  SlashCommand: ["SlashCommand"],
  Task: ["Task"],
  TodoWrite: ["TodoWrite"],
  WebFetch: ["WebFetch"],
  WebSearch: ["WebSearch"],
  Write: ["Write"],
  // xcodex and Codex
  shell: ["Bash"],
  local_shell: ["Bash"],
  shell_command: ["Bash"],
  exec_command: ["Bash"],
  write_stdin: ["Bash"],
  read_process_output: ["Bash"],
  start_process: ["Bash"],
  interact_with_process: ["Bash"],
  read_file: ["Read"],
  read_multiple_files: ["Read"],
  read_mcp_resource: ["Read"],
  write_file: ["Write"],
  apply_patch: ["Edit", "Write"],
  edit_block: ["Edit"],
  list_directory: ["Glob"],
  start_search: ["Grep"],
  spawn_agent: ["Agent"],
  // Gemini CLI
  run_shell_command: ["Bash"],
  read_many_files: ["Read"],
  replace: ["Edit"],
  glob: ["Glob"],
  grep_search: ["Grep"],
  search_file_content: ["Grep"],
  web_fetch: ["WebFetch"],
  google_web_search: ["WebSearch"],
};

const MCP: readonly string[] = ["MCP"];
const NONE: readonly string[] = [];

/** Claude-style names of a tool, none when it has none. Tools of MCP servers (`mcp__server__tool`) are all `MCP`. */
export function toolAliases(tool: string): readonly string[] {
  if (Object.hasOwn(TOOL_ALIASES, tool)) return TOOL_ALIASES[tool] ?? NONE;
  return tool.startsWith("mcp__") ? MCP : NONE;
}

/** Kind of tool that a name of an event may be about: `exec.before` is for commands, `patch.before` for patches, `mcp.before` for MCP. */
export type ToolKind = "command" | "patch" | "mcp";

/** Claude-style names of the tools that run commands, of those that change files and of those of MCP servers. */
export const TOOL_KINDS: Readonly<Record<ToolKind, readonly string[]>> = {
  command: ["Bash"],
  patch: ["Edit", "Write", "MultiEdit", "NotebookEdit"],
  mcp: ["MCP"],
};

/** Whether a tool, by any of its names, is of a kind. */
export function isToolOfKind(names: readonly string[], kind: ToolKind): boolean {
  return names.some((name) => TOOL_KINDS[kind].includes(name));
}

/**
 * The names that a matcher is compared with: the values of the event's `matches_on` fields and the aliases of its tool.
 * Empty when the event has no tool.
 */
export function matchCandidates(
  event: Readonly<Record<string, unknown>>,
  facts: { readonly matches_on: readonly string[] } | undefined,
): readonly string[] {
  const names = new Set<string>();
  for (const field of facts?.matches_on ?? []) {
    const value = event[field];
    if (typeof value !== "string") continue;
    names.add(value);
    if (field === "tool_name") for (const alias of toolAliases(value)) names.add(alias);
  }
  return [...names];
}
