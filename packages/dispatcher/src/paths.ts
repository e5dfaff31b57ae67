import { join } from "node:path";

/** Where everything about hooks is, below one CODEX_HOME (seed 001, "Where hook code lives"). All paths are absolute. */
export interface HooksPaths {
  readonly codex_home: string;
  /** The configuration file. */
  readonly config: string;
  /** Hook programs that were installed. */
  readonly hooks: string;
  /** Everything below is ours and may be deleted while no agent runs. */
  readonly tmp: string;
  /** Payloads that were too large for stdin. */
  readonly payloads: string;
  /** Output of hooks, one file per run. */
  readonly logs: string;
  /** Output of hosts, one file per start. */
  readonly host_logs: string;
  /** Output of Python within the agent's process. */
  readonly python_log: string;
  /** What the in-process hook `tool_call_summary` writes. */
  readonly tool_calls_log: string;
  /** What the in-process hook `event_log_jsonl` writes. */
  readonly events_log: string;
  /** One JSON line per run. */
  readonly records: string;
  /** What the launcher process itself has to complain about. */
  readonly launcher_log: string;
}

/** The folders and files of a CODEX_HOME. Nothing is created or looked at. */
export function hooksPaths(codexHome: string): HooksPaths {
  const tmp = join(codexHome, "tmp", "hooks");
  return {
    codex_home: codexHome,
    config: join(codexHome, "config.toml"),
    hooks: join(codexHome, "hooks"),
    tmp,
    payloads: join(tmp, "payloads"),
    logs: join(tmp, "logs"),
    host_logs: join(tmp, "host", "logs"),
    python_log: join(tmp, "pyo3.log"),
    tool_calls_log: join(codexHome, "hooks-tool-calls.log"),
    events_log: join(codexHome, "hooks.jsonl"),
    records: join(tmp, "runs.jsonl"),
    launcher_log: join(tmp, "launcher.log"),
  };
}
