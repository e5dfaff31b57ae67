// Named pipes: how a hook says what it has seen, in lines of `<events> <monotonic nanoseconds>` (hooks/counting_hook.py), and what
// stands between two programs.
import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A hook that has not said anything for so long will not: events were lost. */
const PATIENCE_MS = 30_000;

/**
 * Makes a named pipe in a folder and listens.
 *
 * @returns `path`; `next()`, the next line as `{ events, nanoseconds }`; `close()`
 */
export function listen(folder) {
  const path = makePipe(folder, "told");
  // For reading and writing: opening does not wait for a writer, and there is no end when one goes.
  const socket = new Socket({
    fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return { path, next: () => read(lines), close: () => socket.destroy() };
}

/**
 * A pipe between two programs: what Node itself makes for its children is a socket.
 *
 * @returns `read` and `write`, file descriptors for their stdin and stdout, and `close()` for when both have started
 */
export function openPipe(folder) {
  const path = makePipe(folder, "pipe");
  // Who opens one end alone would wait for the other.
  const both = openSync(path, constants.O_RDWR);
  const [read, write] = [openSync(path, constants.O_RDONLY), openSync(path, constants.O_WRONLY)];
  const close = () => {
    for (const end of [both, read, write]) closeSync(end);
  };
  return { read, write, close };
}

function makePipe(folder, name) {
  const path = join(folder, name);
  const { status } = spawnSync("mkfifo", ["-m", "600", path], { stdio: "inherit" });
  if (status !== 0) throw new Error("Cannot make a named pipe: mkfifo failed. Run this on Linux or macOS.");
  return path;
}

async function read(lines) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`The hook has said nothing for ${PATIENCE_MS / 1000} s: it has not seen every event.`);
    timer = setTimeout(reject, PATIENCE_MS, error);
  });
  const { value } = await Promise.race([lines.next(), late]).finally(() => clearTimeout(timer));
  const [events, nanoseconds] = value.split(" ");
  return { events: Number(events), nanoseconds: BigInt(nanoseconds) };
}
