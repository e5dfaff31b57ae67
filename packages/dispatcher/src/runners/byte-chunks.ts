/**
 * Lines of bytes, written into large pieces of memory as they come, so that a line costs no object of its own and what was written can be
 * handed on as it is. Memory that is given back is used again: touching new memory costs more than writing into it.
 */
import type { ByteSink } from "../contracts.ts";

/** A piece of memory for many lines. */
export const CHUNK_BYTES: number = 512 * 1024;

/** Pieces that are kept for later. */
const MOST_SPARE = 8;

/** A character of UTF-16 has at most so many bytes in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/** Lines that grow, one after the other. */
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
  /** Between lines: so many bytes will fit into the memory that comes next. */
  readonly reserve: (bytes: number) => void;
  /** Nobody looks at these lines any more, which were taken or told: their memory may be written again. */
  readonly giveBack: (lines: Buffer) => void;
}

/** A piece of memory, and how often lines in it were handed out and not given back. */
interface Chunk {
  readonly memory: Buffer;
  users: number;
}

/**
 * Starts with no memory.
 *
 * @param onFull called with whole lines when the memory they are in is full; what is written next is in another one
 */
export function createChunks(onFull: (lines: Buffer) => void): ByteChunks {
  const lent = new WeakMap<ArrayBufferLike, Chunk>();
  const spare: Buffer[] = [];
  let chunk: Chunk = { memory: Buffer.alloc(0), users: 0 };
  /** Taken up to here; then whole lines; then a line that goes on. */
  let from = 0;
  let line = 0;
  let at = 0;

  /** A line is in one piece of memory, so the part of it that is there moves along. */
  function makeRoom(bytes: number): void {
    if (chunk.memory.length - at >= bytes) return;
    const begun = at - line;
    const full = chunk;
    const lines = from < line ? lend(full, from, line) : undefined;
    chunk = newChunk(begun + bytes);
    full.memory.copy(chunk.memory, 0, line, at);
    [from, line, at] = [0, 0, begun];
    if (full.users === 0) keep(full.memory);
    if (lines) onFull(lines);
  }

  function newChunk(bytes: number): Chunk {
    const memory = bytes <= CHUNK_BYTES ? spare.pop() : undefined;
    // A line that is longer than a piece will grow further.
    const size = bytes <= CHUNK_BYTES ? CHUNK_BYTES : 2 * bytes;
    return { memory: memory ?? Buffer.allocUnsafeSlow(size), users: 0 };
  }

  function lend(of: Chunk, start: number, end: number): Buffer {
    of.users += 1;
    lent.set(of.memory.buffer, of);
    return of.memory.subarray(start, end);
  }

  function keep(memory: Buffer): void {
    if (memory.length === CHUNK_BYTES && spare.length < MOST_SPARE) spare.push(memory);
  }

  return {
    text: (piece) => {
      makeRoom(piece.length * MOST_BYTES_PER_UNIT);
      at += chunk.memory.write(piece, at, "utf8");
    },
    bytes: (piece) => {
      makeRoom(piece.length);
      chunk.memory.set(piece, at);
      at += piece.length;
    },
    reserve: makeRoom,
    waiting: () => line - from,
    begun: () => at - line,
    endLine: () => {
      line = at;
    },
    dropLine: () => {
      at = line;
    },
    take: () => {
      const lines = lend(chunk, from, line);
      from = line;
      return lines;
    },
    giveBack: (lines) => {
      const of = lent.get(lines.buffer);
      if (of === undefined) return;
      of.users -= 1;
      if (of.users > 0) return;
      if (of === chunk) {
        // Nothing in it is wanted any more: start over, where it is warm.
        if (at === from) [from, line, at] = [0, 0, 0];
      } else {
        keep(of.memory);
      }
    },
  };
}
