/**
 * Pipes with a name, for a host: real ones, so that `/dev/stdin` can be opened, and with a name, so that the agent writes into the host's
 * stdin itself and no byte goes through the launcher.
 */
import { constants, openSync } from "node:fs";
import { join } from "node:path";
import { closeFile, type Folders, inFolders, removeFile } from "./folders.ts";
import { makePipe } from "./platform.ts";

/** A named pipe. Whoever made it keeps it open, so that nobody who opens it has to wait for somebody at the other end. */
export interface HostPipe {
  readonly path: string;
  /** Open for both ends, non-blocking; closed by whoever takes it. */
  readonly keeper: number;
  /** Takes the name away. */
  readonly unlink: () => void;
}

/** Makes a pipe of this name in the scratch folder. Throws when that is impossible. */
export function makeHostPipe(folders: Folders, name: string): HostPipe {
  return inFolders(folders, () => {
    const path = join(folders.scratch, `${name}.${process.pid}`);
    makePipe(path);
    try {
      // No descriptor of ours may block, and none of the host's may be non-blocking: so each opens it anew.
      const keeper = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      return { path, keeper, unlink: () => void removeFile(path) };
    } catch (error) {
      removeFile(path);
      throw error;
    }
  });
}

/** Opens one end for a host, blocking as programs expect it. */
export function openForHost({ path }: HostPipe, end: "read" | "write"): number {
  return openSync(path, end === "read" ? constants.O_RDONLY : constants.O_WRONLY);
}

/** Opens one end for us; closes the keeper, whose work that end does from now on. */
export function openForUs({ path, keeper }: HostPipe, end: "read" | "write"): number {
  const access = end === "read" ? constants.O_RDONLY : constants.O_WRONLY;
  const fd = openSync(path, access | constants.O_NONBLOCK);
  closeFile(keeper);
  return fd;
}
