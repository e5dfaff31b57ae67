import { readSync } from "node:fs";

/** A line of a file, without its line feed. */
export interface FileLine {
  /** Undefined when the line is longer than `LONGEST_LINE`. */
  readonly text: string | undefined;
  /** Where the next line begins, in bytes. */
  readonly end: number;
  /** False for what stands behind the last line feed: somebody may still be writing it. */
  readonly complete: boolean;
}

/** Bytes of a line that are kept: no record is so long, and no file can fill the memory. */
export const LONGEST_LINE: number = 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 10;

/** Pieces of one line, as they are read. */
class LinePieces {
  readonly #pieces: Buffer[] = [];
  bytes = 0;

  /** Takes a copy: the chunk is read into again. */
  add(piece: Buffer, where: "before" | "behind"): void {
    this.bytes += piece.length;
    if (this.bytes > LONGEST_LINE) this.#pieces.length = 0;
    else if (where === "behind") this.#pieces.push(Buffer.from(piece));
    else this.#pieces.unshift(Buffer.from(piece));
  }

  /** The line; the next one begins empty. */
  take(): string | undefined {
    const text = this.bytes > LONGEST_LINE ? undefined : Buffer.concat(this.#pieces).toString("utf8");
    this.#pieces.length = 0;
    this.bytes = 0;
    return text;
  }
}

/**
 * The lines of a file from one byte on and up to another, or to what is its end when that is reached. Reads in chunks; the descriptor
 * stays open.
 */
export function* linesForward(
  fd: number,
  from = 0,
  to: number = Number.MAX_SAFE_INTEGER,
): Generator<FileLine, void, undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const line = new LinePieces();
  let at = from;
  const next = (): number => (at < to ? readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, to - at), at) : 0);
  for (let read = next(); read > 0; read = next()) {
    // Behind it stands what an earlier read has left there.
    const fresh = chunk.subarray(0, read);
    let start = 0;
    for (let feed = fresh.indexOf(LINE_FEED); feed >= 0; feed = fresh.indexOf(LINE_FEED, start)) {
      line.add(fresh.subarray(start, feed), "behind");
      start = feed + 1;
      yield { text: line.take(), end: at + start, complete: true };
    }
    line.add(fresh.subarray(start), "behind");
    at += read;
  }
  if (line.bytes > 0) yield { text: line.take(), end: at, complete: false };
}

/** The lines of a file that end before a byte, the last one first. Reads in chunks; the descriptor stays open. */
export function* linesBackward(fd: number, size: number): Generator<FileLine, void, undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const line = new LinePieces();
  let end = size;
  let complete = false;
  for (let from = size; from > 0; ) {
    const start = Math.max(0, from - CHUNK_BYTES);
    const read = readFully(fd, chunk, start, from - start);
    let to = read;
    for (let feed = lastFeed(chunk, to); feed >= 0; feed = lastFeed(chunk, feed)) {
      line.add(chunk.subarray(feed + 1, to), "before");
      // What stands behind the last line feed is mostly nothing.
      if (complete || line.bytes > 0) yield { text: line.take(), end, complete };
      complete = true;
      end = start + feed + 1;
      to = feed;
    }
    line.add(chunk.subarray(0, to), "before");
    from = start;
  }
  if (complete || line.bytes > 0) yield { text: line.take(), end, complete };
}

function lastFeed(chunk: Buffer, before: number): number {
  return before === 0 ? -1 : chunk.lastIndexOf(LINE_FEED, before - 1);
}

/** Fewer bytes than asked for only when the file has become shorter meanwhile. */
function readFully(fd: number, chunk: Buffer, from: number, bytes: number): number {
  let read = 0;
  while (read < bytes) {
    const more = readSync(fd, chunk, read, bytes - read, from + read);
    if (more === 0) break;
    read += more;
  }
  return read;
}
