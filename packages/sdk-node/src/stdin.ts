import type { Pieces } from "@xcodex/hooks-sdk-core";
import { builtin } from "./builtin.ts";

/**
 * Opens stdin; undefined when it is a terminal.
 *
 * `process.stdin` works on everything that stdin can be, and takes 3 ms to load. A file and, on Linux, a pipe can be read without
 * it and without ever waiting.
 */
export function openStdin(): Pieces | undefined {
  const fd = fdThatNeverWaits();
  return fd === undefined ? streamed() : new Direct(fd);
}

/** A descriptor of stdin that can be read from at once; undefined when there is none. */
function fdThatNeverWaits(): number | undefined {
  const { constants, fstatSync, openSync, readvSync } = builtin("node:fs");
  try {
    const stat = fstatSync(0);
    // A folder is told by what reading it says; `process.stdin` would take it for an empty input.
    if (stat.isFile() || stat.isDirectory()) return 0;
    if (!stat.isFIFO() || process.platform !== "linux") return undefined;
    // Fails when this is the end for writing: opened again for reading, it would take from others. (`readSync` would not even look.)
    readvSync(0, [new Uint8Array(0)]);
    // The same pipe, opened again: that it does not block is true of this descriptor and of no other process's.
    return openSync("/proc/self/fd/0", constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // It is the end for writing, there is no /proc, the pipe belongs to another user, Node's permissions do not allow it.
    return undefined;
  }
}

const PIECE_BYTES = 65536;

/** Reads as long as there is something to read. When there is nothing yet, `process.stdin` has to wait for it. */
class Direct implements Pieces {
  private readonly fd: number;
  private open = true;
  private rest: Pieces | undefined;

  constructor(fd: number) {
    this.fd = fd;
  }

  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (this.rest) return this.rest.next();
    const piece = new Uint8Array(PIECE_BYTES);
    try {
      const length = builtin("node:fs").readSync(this.fd, piece);
      return length === 0 ? undefined : piece.subarray(0, length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    this.close();
    this.rest = streamed();
    return this.rest?.next();
  }

  close(): void {
    this.rest?.close();
    if (this.open && this.fd !== 0) builtin("node:fs").closeSync(this.fd);
    this.open = false;
  }
}

/** `process.stdin` in pieces, asked for one at a time; undefined when it is a terminal. */
function streamed(): Pieces | undefined {
  return process.stdin.isTTY ? undefined : new Streamed(process.stdin);
}

/** Not the stream's own iterator: that takes another millisecond to load. */
class Streamed implements Pieces {
  private readonly stream: NodeJS.ReadStream;
  private ended: boolean;
  private error: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(stream: NodeJS.ReadStream) {
    this.stream = stream;
    this.ended = stream.readableEnded || stream.destroyed;
    const wake = (): void => this.wake?.();
    stream.on("readable", wake);
    stream.on("end", () => this.end());
    stream.on("close", () => this.end());
    // Stays: an error that comes when nobody reads any more would end the process.
    stream.on("error", (error) => this.end(error));
  }

  private end(error?: Error): void {
    this.ended = true;
    this.error ??= error;
    this.wake?.();
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece: Uint8Array | string | null = this.stream.read();
      if (piece !== null) return typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
      if (this.error) throw this.error;
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.stream.destroy();
  }
}
