/**
 * Lines of bytes, written into large pieces of memory as they come, so that a line costs no object of its own and what was written can be
 * handed on as it is.
 */
import type { ByteSink } from "../contracts.ts";

/** Memory for many lines. */
const CHUNK_BYTES: number = 128 * 1024;

/** A character of UTF-16 has at most so many bytes in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/** Where a line may be written that was begun. */
export interface ByteChunks extends ByteSink {
  /** The whole lines that were not told or taken yet. */
  readonly take: () => Buffer;
  /** Bytes of the whole lines that `take` would give. */
  readonly waiting: () => number;
  /** Bytes of the line that was begun and has not ended. */
  readonly begun: () => number;
  /** Ends a line: from here on it stays together with those before it. */
  readonly endLine: () => void;
  /** Takes back what was written since the last `endLine`. */
  readonly dropLine: () => void;
}

/**
 * Starts with no memory.
 *
 * @param onFull called with whole lines when the memory they are in is full; what is written next is in a new one
 */
export function createChunks(onFull: (lines: Buffer) => void): ByteChunks {
  let memory = Buffer.alloc(0);
  /** Taken up to here; then whole lines; then a line that goes on. */
  let from = 0;
  let line = 0;
  let at = 0;

  /** A line is in one piece of memory, so the part of it that is there moves along. */
  function makeRoom(bytes: number): void {
    if (memory.length - at >= bytes) return;
    const begun = at - line;
    const next = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, 2 * (begun + bytes)));
    memory.copy(next, 0, line, at);
    const [full, to] = [memory, line];
    const start = from;
    memory = next;
    [from, line, at] = [0, 0, begun];
    if (to > start) onFull(full.subarray(start, to));
  }

  return {
    text: (piece) => {
      makeRoom(piece.length * MOST_BYTES_PER_UNIT);
      at += memory.write(piece, at, "utf8");
    },
    bytes: (piece) => {
      makeRoom(piece.length);
      memory.set(piece, at);
      at += piece.length;
    },
    begun: () => at - line,
    endLine: () => {
      line = at;
    },
    dropLine: () => {
      at = line;
    },
    waiting: () => line - from,
    take: () => {
      const lines = memory.subarray(from, line);
      from = line;
      return lines;
    },
  };
}
