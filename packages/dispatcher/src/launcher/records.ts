/**
 * `runs.jsonl`: one line per run, shared by every launcher of one CODEX_HOME.
 *
 * A line is appended by a single write, so lines of several processes never mix; one for which the disk has no room is taken
 * back. Above a size the file is renamed; whoever had it open notices by its inode and opens the new one.
 */
import {
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Job, Run, RunEnd, RunRecord } from "../contracts.ts";
import { closeFile, codeOf, createFile, type Folders, inFolders, removeFile, textOf } from "./folders.ts";

/** Size above which the file becomes `runs.1.jsonl`. */
const ROTATE_BYTES: number = 32 * 1024 * 1024;

/** A rotation takes microseconds; a lock older than this belongs to a process that died in it. */
const STALE_LOCK_MS = 10_000;

/** The records of one CODEX_HOME. */
export interface Records {
  /** On disk when it returns. Never throws. */
  readonly append: (record: RunRecord) => void;
  readonly close: () => void;
}

/** What a record tells about its job. */
export type JobFacts = Pick<Job, "event_id" | "event_type" | "session_id" | "agent">;

/** What a record tells about a run beside its end. */
export type RunFacts = Pick<RunRecord, "pid" | "payload_bytes" | "delivery">;

/** The record of a run that is over. `at` is the moment it is written, so that the file is in order of time. */
export function recordOf(job: JobFacts, run: Run, end: RunEnd, facts: RunFacts = {}): RunRecord {
  return {
    schema_version: 1,
    at: new Date().toISOString(),
    run_id: run.run_id,
    event_id: job.event_id,
    event_type: job.event_type,
    session_id: job.session_id,
    ...(job.agent === undefined ? {} : { agent: job.agent }),
    hook: run.hook_id,
    surface: run.surface,
    origin: `${run.origin.file}:${run.origin.line}`,
    outcome: end.outcome,
    exit_code: end.exit_code,
    signal: end.signal,
    duration_ms: end.duration_ms,
    queued_ms: end.queued_ms,
    ...facts,
    ...(end.attempts === undefined ? {} : { attempts: end.attempts }),
    ...(end.status === undefined ? {} : { status: end.status }),
    ...(end.log === undefined ? {} : { log: end.log }),
    ...(end.code === undefined ? {} : { code: end.code }),
    ...(end.message === undefined ? {} : { message: end.message }),
  };
}

/** Opens the records of one CODEX_HOME; the file is created by the first record. */
export function openRecords(folders: Folders, trouble: (message: string) => void): Records {
  let open: { readonly fd: number; readonly inode: number } | undefined;

  function close(): void {
    closeFile(open?.fd);
    open = undefined;
  }

  /** The descriptor of what is called `runs.jsonl` at this moment. */
  function current(): number {
    const stats = rotateIfLong(folders);
    if (open !== undefined && stats?.ino === open.inode) return open.fd;
    close();
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
    const fd = openSync(folders.runs_file, flags, 0o600);
    open = { fd, inode: fstatSync(fd).ino };
    return fd;
  }

  function append(record: RunRecord): void {
    try {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      inFolders(folders, () => appendLine(current(), line));
    } catch (error) {
      trouble(`Cannot record run ${record.run_id} in "${folders.runs_file}": ${textOf(error)}. Make it writable.`);
    }
  }

  return { append, close };
}

/** Appends all of a line or nothing: the next one must not go on where a cut one ends. */
function appendLine(fd: number, line: Buffer): void {
  const written = writeSync(fd, line);
  if (written === line.length) return;
  const from = fstatSync(fd).size - written;
  const last = Buffer.alloc(written);
  readSync(fd, last, 0, written, from);
  // Unless somebody has found room behind it meanwhile.
  if (last.equals(line.subarray(0, written))) ftruncateSync(fd, from);
  throw new Error("its disk has no room");
}

/** Puts a file aside that has become long. What `runs.jsonl` is now, if it is there. */
export function rotateIfLong(folders: Folders): Stats | undefined {
  const stats = statSync(folders.runs_file, { throwIfNoEntry: false });
  return stats !== undefined && stats.size > ROTATE_BYTES ? rotate(folders) : stats;
}

/** Renames the file, under a lock: of two that want to, the second would throw away what the first has kept. */
function rotate(folders: Folders): Stats | undefined {
  const lock = join(folders.root, "runs.lock");
  if (!takeLock(lock)) return statSync(folders.runs_file, { throwIfNoEntry: false });
  try {
    const stats = statSync(folders.runs_file, { throwIfNoEntry: false });
    if (stats === undefined || stats.size <= ROTATE_BYTES) return stats;
    renameSync(folders.runs_file, join(folders.root, "runs.1.jsonl"));
    return undefined;
  } finally {
    removeFile(lock);
  }
}

function takeLock(lock: string): boolean {
  try {
    closeFile(createFile(lock, constants.O_WRONLY));
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_LOCK_MS) removeFile(lock);
    return false;
  }
}
