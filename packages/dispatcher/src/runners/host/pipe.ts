/**
 * The agent's end of a host's stdin: a named pipe, written without waiting.
 *
 * Both ends are open here. The reading end is never read while the host lives; when it has ended, it tells how much of what was written
 * nobody read.
 */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";

/** An open pipe. */
export interface Pipe {
  /** Writes, when everything before has been taken; `taken` is called once the kernel has all of it, possibly at once. */
  readonly write: (bytes: Buffer, taken: () => void) => void;
  /** Bytes of the last write that the kernel has not taken yet. */
  readonly untaken: () => number;
  /** Bytes that were taken and that nobody has read. Empties the pipe: only when the host has ended. */
  readonly unread: () => number;
  /** Nothing more comes. What is not taken yet is lost. */
  readonly close: () => void;
}

const CHUNK = 64 * 1024;

/** Opens a pipe by its name. Throws when that is impossible. */
export function openPipe(path: string): Pipe {
  const nofollow = constants.O_NOFOLLOW ?? 0;
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | nofollow);
  const socket = openWriter(path, reader, constants.O_WRONLY | constants.O_NONBLOCK | nofollow);
  // It cannot break: we hold the other end ourselves.
  socket.on("error", () => {});
  socket.unref();
  let open = true;
  return {
    write: (bytes, taken) => {
      socket.write(bytes);
      // Not by what libuv has queued: it may have none of it left and still owe the stream its callback, and then the next write waits.
      if (socket.writableLength === 0) taken();
      else whenTaken(socket, taken);
    },
    untaken: () => queued(socket),
    unread: () => drain(reader),
    close: () => {
      if (!open) return;
      open = false;
      socket.destroy();
      closeSync(reader);
    },
  };
}

function openWriter(path: string, reader: number, flags: number): Socket {
  try {
    return new Socket({ fd: openSync(path, flags), readable: false, writable: true });
  } catch (error) {
    closeSync(reader);
    throw error;
  }
}

/** What libuv has queued, to the byte; `writableLength` counts whole writes. */
function queued(socket: Socket): number {
  const handle = (socket as unknown as { _handle?: { writeQueueSize?: number } | null })._handle;
  return handle?.writeQueueSize ?? socket.writableLength;
}

/** An empty write comes to its turn after everything before it. */
function whenTaken(socket: Socket, taken: () => void): void {
  socket.write("", () => taken());
}

function drain(reader: number): number {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let bytes = 0;
  for (;;) {
    try {
      const read = readSync(reader, chunk);
      if (read === 0) return bytes;
      bytes += read;
    } catch {
      // EAGAIN: that was all.
      return bytes;
    }
  }
}
