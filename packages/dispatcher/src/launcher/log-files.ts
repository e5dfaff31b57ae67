/** The log files of runs and of hosts: one each, pruned by keep-last-N, but never while its run goes on. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import { createFile, type Folders, inFolders, safeName } from "./folders.ts";
import { createKeptFolder } from "./kept-folder.ts";
import { leased, takeLease } from "./leases.ts";

/** A log file in use. */
export interface LogFile {
  readonly path: string;
  /** For writing at the end; whoever opened the log closes it. */
  readonly fd: number;
  /** Nobody writes to it any more. */
  readonly release: () => void;
}

/** The log files of one CODEX_HOME. */
export interface LogFiles {
  /** Creates the log of a run. Throws when that is impossible. */
  readonly create: (runId: string) => LogFile;
  /** The oldest logs go. */
  readonly trim: () => void;
  readonly rescan: () => void;
}

/** Opens a log folder of one CODEX_HOME: that of runs, or that of hosts. */
export function openLogFiles(folders: Folders, keep: number, folder: string = folders.logs): LogFiles {
  const kept = createKeptFolder(folder, keep, () => leased(folders));

  function create(runId: string): LogFile {
    const name = `${Date.now()}-${safeName(runId) ?? randomUUID()}.log`;
    const { path, fd, endLease } = inFolders(folders, () => createLeased(folders, folder, name));
    kept.added(name);
    const release = (): void => {
      endLease?.();
      kept.trim();
    };
    return { path, fd, release };
  }

  return { create, trim: kept.trim, rescan: kept.rescan };
}

function createLeased(
  folders: Folders,
  folder: string,
  name: string,
): Pick<LogFile, "path" | "fd"> & { readonly endLease: (() => void) | undefined } {
  const path = join(folder, name);
  const endLease = takeLease(folders, name);
  try {
    return { path, fd: createFile(path, constants.O_WRONLY | constants.O_APPEND), endLease };
  } catch (error) {
    endLease?.();
    throw error;
  }
}
