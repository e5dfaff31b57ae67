/** `launcher.log`: what the launcher process has to say that concerns no single run. It has no terminal to say it to. */
import { appendFileSync, statSync, truncateSync } from "node:fs";
import { ensureFolders, foldersOf } from "./folders.ts";

/** Above this size the log starts afresh. */
const LONGEST_LOG: number = 1024 * 1024;

/** Opens the log of one CODEX_HOME. What it returns never throws: there is nobody left to tell. */
export function openLauncherLog(codexHome: string): (message: string) => void {
  const folders = foldersOf(codexHome);
  return (message) => {
    try {
      ensureFolders(folders);
      const size = statSync(folders.launcher_log, { throwIfNoEntry: false })?.size ?? 0;
      if (size > LONGEST_LOG) truncateSync(folders.launcher_log);
      appendFileSync(folders.launcher_log, `${new Date().toISOString()} ${process.pid} ${message}\n`, { mode: 0o600 });
    } catch {
      // A launcher that cannot write its log can still run hooks.
    }
  };
}
