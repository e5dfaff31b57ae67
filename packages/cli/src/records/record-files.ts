import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliError, isSystemError, systemReason } from "../errors.ts";

/** A file of records, opened for reading. */
export interface RecordFile {
  readonly path: string;
  readonly fd: number;
  /** What tells it from the file that is called so after the next rotation. */
  readonly inode: number;
  /** In bytes, when it was opened. */
  readonly size: number;
}

/** Where the records of one CODEX_HOME are. */
export interface RecordPaths {
  /** What is appended to. */
  readonly current: string;
  /** What that was before it became too long. */
  readonly older: string;
}

/** @param current `records` of the dispatcher's paths */
export function recordPaths(current: string): RecordPaths {
  return { current, older: join(dirname(current), "runs.1.jsonl") };
}

/**
 * Opens the files that are there, the older one first. A rotation between the two would hide a whole file, or show one twice: then both
 * are opened again.
 *
 * @throws CliError `unreadable_file`
 */
export function openRecordFiles(paths: RecordPaths): readonly RecordFile[] {
  for (;;) {
    const older = openRecordFile(paths.older);
    const current = openRecordFile(paths.current);
    const files = [older, current].filter((file) => file !== undefined);
    if (inodeAt(paths.older) === older?.inode) return files;
    closeRecordFiles(files);
  }
}

/** @throws CliError `unreadable_file` when there is something that cannot be read */
export function openRecordFile(path: string): RecordFile | undefined {
  try {
    // Without the flag, a pipe of this name would make us wait for somebody who writes.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (stats.isFile()) return { path, fd, inode: stats.ino, size: stats.size };
    closeSync(fd);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw new CliError("unreadable_file", `Cannot read "${path}": ${systemReason(error)}. Check what is there.`);
  }
  throw new CliError("unreadable_file", `Cannot read "${path}": it is no regular file. Check what is there.`);
}

/** The descriptors are of no use any more. */
export function closeRecordFiles(files: readonly RecordFile[]): void {
  for (const { fd } of files) closeSync(fd);
}

/** Tells which file has this name now; undefined when none has. */
export function inodeAt(path: string): number | undefined {
  return statsAt(path)?.ino;
}

function statsAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A folder on the way that may not be entered: opening the file says it better.
    return undefined;
  }
}
