import type { Python, Report } from "@xcodex/hooks-pyo3";
import type { Pyo3Hook, RunnerTools } from "../../contracts.ts";
import type { PythonLog } from "./python-log.ts";

/**
 * Loads the addon and opens a script with it. The addon is no part of the installation, so that all else works without it.
 *
 * @throws Error with a text that says which command builds the addon, when it is missing or cannot be used
 */
export async function loadPython(
  { pyo3, timeout_ms }: Pyo3Hook,
  { codex_home, env }: RunnerTools,
  log: PythonLog,
  onReport: (report: Report) => void,
): Promise<Python> {
  const { addonPath, openPython } = await import("@xcodex/hooks-pyo3");
  await log.prepare();
  const { script_path, callable, batch_size } = pyo3;
  const addon = addonPath(codex_home, env);
  const batch = batch_size > 1;
  return openPython({ addon, codex_home, script_path, callable, batch, timeout_ms, log: log.path }, onReport);
}
