/**
 * What an agent that exits at once had no time to put into the pipe to its launcher process.
 *
 * A pipe takes some hundred kilobytes; the rest waits in the agent's memory and would be gone with it. So it is written to a file,
 * at the very last, where the launcher looks once the pipe has ended: `scratch/left-<n>.<pid of the launcher>`, the frames from
 * number `n` on. Some of them may have got through the pipe after all, so the launcher has to count.
 */
import { constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { closeFile, createFile, type Folders, inFolders, namesIn, removeFile, writeAll } from "./folders.ts";

/** Frames of an agent that is gone. */
export interface LeftOver {
  /** Number of the first one; the frame that an agent sends first has number 0. */
  readonly first: number;
  readonly bytes: Buffer;
}

/** Leaves frames to the launcher process `pid`. Throws when that is impossible. */
export function leaveBehind(folders: Folders, pid: number, first: number, frames: readonly Buffer[]): void {
  const path = join(folders.scratch, `left-${first}.${pid}`);
  const fd = inFolders(folders, () => createFile(path, constants.O_WRONLY));
  try {
    for (const frame of frames) writeAll(fd, frame);
  } catch (error) {
    // The launcher runs what is whole; but where the disk is full, better nothing than a part of it.
    removeFile(path);
    throw error;
  } finally {
    closeFile(fd);
  }
}

/** Takes what was left to this process, if anything. Throws when it cannot be read. */
export function takeLeftOver(folders: Folders): LeftOver | undefined {
  for (const name of namesIn(folders.scratch)) {
    const [, first, pid] = /^left-(\d+)\.(\d+)$/.exec(name) ?? [];
    if (pid !== String(process.pid)) continue;
    const path = join(folders.scratch, name);
    try {
      return { first: Number(first), bytes: readFileSync(path) };
    } finally {
      removeFile(path);
    }
  }
  return undefined;
}
