/**
 * Where the launcher keeps its files, and how folders and files come to be: folders 0700, files 0600 from the first
 * moment on, so that nobody else can read what hooks are told.
 */
import {
  chmodSync,
  closeSync,
  type Dirent,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CREATE_NEW, processExists } from "./platform.ts";

/** Absolute paths of everything under `CODEX_HOME/tmp/hooks`. */
export interface Folders {
  readonly root: string;
  /** Large payloads, pruned by keep-last-N. */
  readonly payloads: string;
  /** Output of runs, pruned by keep-last-N. */
  readonly logs: string;
  /** Output of hosts, pruned by keep-last-N. */
  readonly host_logs: string;
  /** One empty file per payload file and launcher that still uses it: `<payload name>.<pid>`. */
  readonly leases: string;
  /** Files that lose their name at once: stdin of a run, stderr of a gate run. */
  readonly scratch: string;
  readonly runs_file: string;
  readonly launcher_log: string;
}

/** Names everything under one CODEX_HOME. Touches nothing. */
export function foldersOf(codexHome: string): Folders {
  const root = join(resolve(codexHome), "tmp", "hooks");
  return {
    root,
    payloads: join(root, "payloads"),
    logs: join(root, "logs"),
    host_logs: join(root, "host", "logs"),
    leases: join(root, "leases"),
    scratch: join(root, "scratch"),
    runs_file: join(root, "runs.jsonl"),
    launcher_log: join(root, "launcher.log"),
  };
}

/** Creates the folders, and closes those that stand open to others. Throws when that is impossible. */
export function ensureFolders(folders: Folders): void {
  const { root, payloads, logs, host_logs, leases, scratch } = folders;
  for (const folder of [root, payloads, logs, dirname(host_logs), host_logs, leases, scratch]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((statSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  }
}

/** Does something with files; when a folder is missing (somebody cleaned up under us), makes the folders and tries again. */
export function inFolders<T>(folders: Folders, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    ensureFolders(folders);
    return act();
  }
}

/** Creates a file that must not exist yet, 0600, and returns its descriptor. */
export function createFile(path: string, access: number): number {
  return openSync(path, access | CREATE_NEW, 0o600);
}

/** Writes all of it; `writeSync` alone may stop half-way. */
export function writeAll(fd: number, bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}

/** Removes a file; that it is gone already is fine. Returns false when it is still there. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    return codeOf(error) === "ENOENT";
  }
}

/** Closes a descriptor, if there is one. */
export function closeFile(fd: number | undefined): void {
  if (fd !== undefined) closeSync(fd);
}

/** Removes what launchers that were killed left behind: files and pipes named `….<pid>` whose process is gone. */
export function removeOrphans(folder: string): void {
  for (const name of namesIn(folder, (entry) => entry.isFile() || entry.isFIFO())) {
    const pid = ownerOf(name);
    if (pid !== undefined && pid !== process.pid && !processExists(pid)) removeFile(join(folder, name));
  }
}

/** The process that a file `….<pid>` belongs to. */
export function ownerOf(name: string): number | undefined {
  const pid = /\.(\d{1,10})$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Names of the files in a folder, oldest first when they begin with a time. Empty when it cannot be read. Default: regular files. */
export function namesIn(folder: string, wanted: (entry: Dirent) => boolean = (entry) => entry.isFile()): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (wanted(entry) ? [entry.name] : [])).sort();
  } catch {
    return [];
  }
}

/** The code of a system error, for example `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** The text of anything that was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A name from outside that is safe as part of a file name, or nothing. */
export function safeName(name: string): string | undefined {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}
