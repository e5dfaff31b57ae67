import type { Readable } from "node:stream";

/** One line of a stream of bytes. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** "" when the line is longer than asked for. */
  readonly text: string;
  readonly too_long: boolean;
  /** Bytes of the stream up to and with this line. */
  readonly bytes: number;
}

/**
 * The lines of a stream. Only a line feed ends one: JSON may hold other separators, at which Node's `readline` would break it.
 * Ends early, without an error, when `signal` is aborted.
 *
 * @param most bytes of a line that are kept; a longer one is passed over, so that no file can fill the memory
 */
export async function* lines(stream: Readable, signal: AbortSignal, most: number): AsyncGenerator<Line> {
  const onAbort = (): void => void stream.destroy();
  signal.addEventListener("abort", onAbort);
  let rest: Buffer[] = [];
  let length = 0;
  let number = 0;
  let bytes = 0;
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length <= most) rest.push(part);
    else rest = [];
  };
  const next = (): Line => {
    const line = { number: ++number, text: Buffer.concat(rest).toString("utf8"), too_long: length > most, bytes };
    rest = [];
    length = 0;
    return line;
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        keep(chunk.subarray(start, end));
        bytes += end + 1 - start;
        start = end + 1;
        yield next();
      }
      keep(chunk.subarray(start));
      bytes += chunk.length - start;
    }
    if (length > 0) yield next();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
