import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Name of the addon file that `xcodex hooks build pyo3` installs. */
export const ADDON_FILE = "xcodex-pyo3.node";

/** Variable that names the addon (the launcher `xcodex-pyo3` sets it). */
export const ADDON_VARIABLE = "XCODEX_HOOKS_PYO3";

/** Absolute folder of the crate's sources that come with this package. */
export function crateFolder(): string {
  return fileURLToPath(new URL("../crate", import.meta.url));
}

/**
 * Where the addon is: what the variable `XCODEX_HOOKS_PYO3` says if it is set and not empty, else `<codex_home>/bin/xcodex-pyo3.node`.
 * Nothing is created or looked at.
 */
export function addonPath(codexHome: string, env: NodeJS.ProcessEnv): string {
  return env[ADDON_VARIABLE] || join(codexHome, "bin", ADDON_FILE);
}
