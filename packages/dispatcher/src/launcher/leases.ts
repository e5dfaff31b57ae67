/**
 * Leases: which payload and log files are in use.
 *
 * Several launchers share one CODEX_HOME, and each prunes. So a launcher says which files it uses by an empty file
 * `leases/<name>.<pid>`, made before the file and removed when its last user is gone.
 */
import { constants } from "node:fs";
import { join } from "node:path";
import { closeFile, codeOf, createFile, type Folders, namesIn, ownerOf, removeFile } from "./folders.ts";
import { processExists } from "./platform.ts";

/** Leases of this process, by path: several cores may live in it. */
const ours = new Set<string>();

/** Says that a file of this name is used from now on, and returns how to end that; undefined when this process uses it already. */
export function takeLease(folders: Folders, name: string): (() => void) | undefined {
  const lease = join(folders.leases, `${name}.${process.pid}`);
  if (ours.has(lease)) return undefined;
  create(lease);
  ours.add(lease);
  return () => {
    ours.delete(lease);
    removeFile(lease);
  };
}

function create(lease: string): void {
  try {
    closeFile(createFile(lease, constants.O_WRONLY));
  } catch (error) {
    // One of an earlier process with our pid lies there: it is ours now.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Which files are in use by a launcher that lives; leases of dead ones are removed on the way. */
export function leased(folders: Folders): (name: string) => boolean {
  const live = new Set<string>();
  for (const lease of namesIn(folders.leases)) {
    const pid = ownerOf(lease);
    if (pid === undefined) continue;
    const path = join(folders.leases, lease);
    const held = pid === process.pid ? ours.has(path) : processExists(pid);
    if (held) live.add(lease.slice(0, lease.lastIndexOf(".")));
    else removeFile(path);
  }
  return (name) => live.has(name);
}
