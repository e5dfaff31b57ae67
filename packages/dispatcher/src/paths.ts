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
    records: join(tmp, "runs.jsonl"),
    launcher_log: join(tmp, "launcher.log"),
  };
}
