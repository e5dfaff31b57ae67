import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, open, readFile, rename, rm, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CliError, isSystemError, systemReason } from "./errors.ts";

/** Who may do what with a file, and whose it is. */
export interface Access {
  /** Permission bits, exactly: the umask does not change them. */
  readonly mode: number;
  /** Of the file that is replaced; left alone where only its owner may give files away. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** The bytes of a file, undefined when there is none. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    // A pipe would make us wait for somebody who writes.
    if (!(await stat(file)).isFile())
      throw new CliError("unreadable_file", `Cannot read "${file}": it is no regular file. Check what is there.`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (isSystemError(error, "ENOENT")) return undefined;
    throw new CliError("unreadable_file", `Cannot read "${file}": ${systemReason(error)}. Check what is there.`);
  }
}

/** The text of a file that the user named. */
export async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const state = isSystemError(error, "ENOENT") ? "there is no such file" : systemReason(error);
    throw new CliError("unreadable_file", `Cannot read "${file}": ${state}. Check the path.`);
  }
}

/**
 * Writes a file so that at every moment either the old or the new content is there, whole: beside it, to the disk, then in its
 * place. The folder is made when it is missing.
 */
export async function writeAtomically(file: string, content: Uint8Array, access: Access): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeToDisk(beside, content, access);
    await rename(beside, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new CliError(
      "unwritable_file",
      `Cannot write "${file}": ${systemReason(error)}. Mend that and run it again.`,
    );
  }
}

async function writeToDisk(file: string, content: Uint8Array, { mode, owner }: Access): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(content);
    if (owner) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A lock is held for one small file. Who held it longer than this, in milliseconds, was killed. */
const LOCK_MS = 5_000;

/** Does something while nobody else does anything under the same lock, which is a file. Its folder is made when it is missing. */
export async function locked<Value>(lock: string, body: () => Promise<Value>): Promise<Value> {
  for (const end = performance.now() + LOCK_MS; !(await takeLock(lock)); await setTimeout(20)) {
    if (performance.now() > end) await removeFile(lock);
  }
  try {
    return await body();
  } finally {
    await removeFile(lock);
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(dirname(lock), { recursive: true });
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw new CliError(
      "unwritable_file",
      `Cannot write "${lock}": ${systemReason(error)}. Mend that and run it again.`,
    );
  }
}

/** Removes a file; that none is there is as good. A link is removed, not what it leads to. */
export async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return;
    throw new CliError(
      "unwritable_file",
      `Cannot remove "${file}": ${systemReason(error)}. Mend that and run it again.`,
    );
  }
}

/** Makes the rename itself last. Not every file system can, and none loses the content if it cannot. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Copies a file to `<file>.bak-<time>` beside it and returns that name. An older backup is never overwritten. */
export async function backUp(file: string): Promise<string> {
  const time = new Date().toISOString().replace(/[-:.]/g, "");
  for (let attempt = 0; ; attempt++) {
    const backup = `${file}.bak-${time}${attempt === 0 ? "" : `-${attempt}`}`;
    try {
      await copyFile(file, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if (isSystemError(error, "EEXIST")) continue;
      throw new CliError(
        "unwritable_file",
        `Cannot back up "${file}": ${systemReason(error)}. Nothing was overwritten.`,
      );
    }
  }
}

/** Whether something is at a path, whatever it is. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
