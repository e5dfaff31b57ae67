import { realpathSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { HooksError } from "../errors.ts";

/**
 * The folder that holds `config.toml` and everything else: `CODEX_HOME` when it is set and not empty, made absolute and free of
 * links; otherwise `~/.codex`, which need not exist (DESIGN section 5).
 *
 * @throws HooksError `codex_home_missing` when CODEX_HOME names something that is not an existing folder, or nobody knows where
 * the user's own folder is
 */
export function resolveCodexHome(env: NodeJS.ProcessEnv): string {
  const configured = env.CODEX_HOME;
  return configured ? existingFolder(configured) : join(home(env), ".codex");
}

function existingFolder(path: string): string {
  const state = stateOf(path);
  if (state === "folder") return realpathSync(path);
  throw new HooksError(
    "codex_home_missing",
    `Cannot use CODEX_HOME "${path}": ${state}. Create the folder, or unset CODEX_HOME to use ~/.codex.`,
  );
}

function stateOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? "folder" : "it is not a folder";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? "it does not exist" : `it cannot be read (${code})`;
  }
}

/** The user's own folder, as the given environment says it. Windows has it elsewhere; there the system is asked. */
function home(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return homedir();
  return env.HOME ? resolve(env.HOME) : homeOfAccount();
}

/** As the system's list of users has it: `homedir()` would give an empty HOME back, and files would land wherever we are. */
function homeOfAccount(): string {
  try {
    return userInfo().homedir;
  } catch (cause) {
    throw new HooksError(
      "codex_home_missing",
      "Cannot find ~/.codex: HOME is not set, and the system does not know this user. Set CODEX_HOME or HOME.",
      { cause },
    );
  }
}
