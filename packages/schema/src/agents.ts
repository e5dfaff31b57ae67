/** How to tell which agent wrote a payload that does not say so itself. */
export interface AgentSigns {
  /** Value of `agent.name`. */
  readonly name: string;
  /** A folder that the path of its transcripts goes through. */
  readonly transcripts: string;
}

/** The agents whose payloads are known, in the order they are tried. */
export const AGENTS: readonly AgentSigns[] = [
  { name: "gemini", transcripts: "/.gemini/" },
  { name: "claude-code", transcripts: "/.claude/" },
  { name: "codex", transcripts: "/.codex/" },
];
