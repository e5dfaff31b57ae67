/**
 * Files without a name: the stdin of a run and the stderr of a gate run.
 *
 * They are real files, so that a hook that never reads holds nothing up, `/dev/stdin` can be opened, and a grandchild that
 * keeps its output open cannot make us wait. They lose their name as soon as a process has them, so that nothing is left behind.
 */
import { constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { closeFile, codeOf, createFile, type Folders, inFolders, removeFile, writeAll } from "./folders.ts";

let count = 0;

/** A file that has a name for a moment only. */
export interface ScratchFile {
  readonly fd: number;
  /** Takes the name away. Done after the start: while the new process loads, it costs no time. */
  readonly unlink: () => void;
}

/** Opens bytes for reading from the start. Every run gets its own, so that no run moves another's position. */
export function openReader(folders: Folders, bytes: Buffer): ScratchFile {
  return inFolders(folders, () => {
    const [path, writer] = createScratch(folders, constants.O_WRONLY);
    try {
      writeAll(writer, bytes);
      const fd = openSync(path, constants.O_RDONLY);
      return { fd, unlink: () => void removeFile(path) };
    } catch (error) {
      removeFile(path);
      throw error;
    } finally {
      closeFile(writer);
    }
  });
}

/** Opens a file for a process to write to, and for us to read from afterwards. */
export function openCapture(folders: Folders): ScratchFile {
  return inFolders(folders, () => {
    const [path, fd] = createScratch(folders, constants.O_RDWR | constants.O_APPEND);
    return { fd, unlink: () => void removeFile(path) };
  });
}

/** The name ends with our pid, so that the next launcher can tell what a killed one left. */
function createScratch(folders: Folders, access: number): [string, number] {
  for (;;) {
    const path = join(folders.scratch, `${++count}.${process.pid}`);
    try {
      return [path, createFile(path, access)];
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

/** Bytes of a capture, `from` a position. The position of the writers stays where it is. */
export function readCapture(fd: number, from: number, most: number): Buffer {
  const bytes = Buffer.allocUnsafe(most);
  let done = 0;
  while (done < most) {
    const got = readSync(fd, bytes, done, most - done, from + done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

/** How much was written to a capture. */
export function captureSize(fd: number): number {
  return fstatSync(fd).size;
}
