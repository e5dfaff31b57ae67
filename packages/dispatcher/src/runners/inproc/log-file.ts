/**
 * A file that lines are appended to, in the background and by several processes at once.
 *
 * What is appended together is one write at the end of the file, so lines never mix; what the disk has no room for is taken back.
 * Above a size the file is renamed; whoever had it open notices by its inode and opens the new one.
 */
import { closeSync, constants, fchmodSync, fstatSync, openSync, type Stats, writeSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** Size above which a file becomes `….1`. */
export const ROTATE_BYTES: number = 32 * 1024 * 1024;

/** A rotation takes a moment; a lock older than this belongs to a process that died in it. */
const STALE_LOCK_MS = 10_000;

/** No link is followed, and no pipe waited for, where the system knows how to do without. */
const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const EXISTING = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
const NEW = EXISTING | O_CREAT | O_EXCL;

/** A file of lines, 0600. It is created by the first line. */
export interface LogFile {
  /** Appends all of a text or nothing. One at a time. Rejects when that is impossible. */
  readonly append: (text: string) => Promise<void>;
  /**
   * Appends at once, for a process that exits: also what `append` has not given to the system yet. What it has, the system
   * finishes. Throws when that is impossible.
   */
  readonly appendNow: (text: string) => void;
  readonly close: () => Promise<void>;
}

/** Names a file; nothing is opened yet. */
export function logFile(path: string, rotateBytes: number = ROTATE_BYTES): LogFile {
  let current: { readonly handle: FileHandle; readonly inode: number } | undefined;
  /** What is on its way, and not yet with the system. */
  let pending = "";

  async function close(): Promise<void> {
    const handle = current?.handle;
    current = undefined;
    await handle?.close();
  }

  /** The file that is called so at this moment. */
  async function currentHandle(): Promise<FileHandle> {
    let stats = await statsOf(path);
    if (stats?.isFile() && stats.size > rotateBytes) {
      await rotate(path, rotateBytes);
      stats = await statsOf(path);
    }
    if (current !== undefined && stats?.ino === current.inode) return current.handle;
    await close();
    const handle = await openChecked(path);
    current = { handle, inode: (await handle.stat()).ino };
    return handle;
  }

  return {
    append: async (text) => {
      pending = text;
      try {
        const handle = await currentHandle();
        const bytes = Buffer.from(text);
        pending = "";
        await appendAll(handle, bytes);
      } finally {
        pending = "";
      }
    },
    appendNow: (text) => {
      const all = pending + text;
      pending = "";
      if (all !== "") appendSync(path, Buffer.from(all));
    },
    close,
  };
}

async function statsOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Creates the file, or opens the one that is there if it is what it should be; its folder too, if somebody took that away. */
async function openChecked(path: string): Promise<FileHandle> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(path, NEW, 0o600);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") {
        const handle = await openExisting(path);
        if (handle) return handle;
      } else if (code === "ENOENT") await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      else throw error;
      // It came and went between two looks: another process has just renamed it.
      if (tries === 3) throw error;
    }
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, EXISTING).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error.code === "ELOOP" ? new Error("it is a symbolic link") : error;
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error("it is no regular file");
    // Hooks are told what is nobody else's business.
    if (isOpenToOthers(stats)) await handle.chmod(0o600);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function isOpenToOthers({ mode }: Stats): boolean {
  return process.platform !== "win32" && (mode & 0o077) !== 0;
}

/** The next line must not go on where a cut one ends. */
async function appendAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  const { bytesWritten } = await handle.write(bytes);
  if (bytesWritten === bytes.length) return;
  const from = (await handle.stat()).size - bytesWritten;
  const last = Buffer.alloc(bytesWritten);
  await handle.read(last, 0, bytesWritten, from);
  // Unless somebody has found room behind it meanwhile.
  if (last.equals(bytes.subarray(0, bytesWritten))) await handle.truncate(from);
  throw new Error("its disk has no room");
}

function appendSync(path: string, bytes: Buffer): void {
  const file = openSync(path, EXISTING | O_CREAT, 0o600);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("it is no regular file");
    if (isOpenToOthers(stats)) fchmodSync(file, 0o600);
    if (writeSync(file, bytes) !== bytes.length) throw new Error("its disk has no room");
  } finally {
    closeSync(file);
  }
}

/** Renames the file, under a lock: of two that want to, the second would throw away what the first has kept. */
async function rotate(path: string, rotateBytes: number): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await takeLock(lock))) return;
  try {
    const stats = await statsOf(path);
    if (stats !== undefined && stats.size > rotateBytes) await rename(path, `${path}.1`);
  } finally {
    await unlink(lock).catch(() => {});
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, NEW, 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > STALE_LOCK_MS) await unlink(lock).catch(() => {});
    return false;
  }
}
