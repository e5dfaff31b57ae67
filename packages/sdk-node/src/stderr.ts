import { builtin } from "./builtin.ts";

/** How long to wait for a reader of stderr that is behind, in milliseconds, all in all. */
const PATIENCE_MS = 2000;

/** Writes to stderr and returns when it is out: the process may be about to end. Gives up silently when nobody listens. */
export function writeStderr(text: string): void {
  const { writeSync } = builtin("node:fs");
  const bytes = new TextEncoder().encode(text);
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      // A full pipe that does not block. Anything else (EPIPE, EBADF) means that there is nobody to tell.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || Date.now() > giveUpAt) return;
      sleep(5);
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
