import type { Readable } from "node:stream";

/** One line of a stream of bytes. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** Bytes of the stream up to and with this line. */
  readonly bytes: number;
}

/**
 * The lines of a stream. Only a line feed ends one: JSON may hold other separators, at which Node's `readline` would break it.
 * Ends early, without an error, when `signal` is aborted.
 */
export async function* lines(stream: Readable, signal: AbortSignal): AsyncGenerator<Line> {
  const onAbort = (): void => void stream.destroy();
  signal.addEventListener("abort", onAbort);
  let rest: Buffer[] = [];
  let number = 0;
  let bytes = 0;
  const next = (): Line => {
    const line = Buffer.concat(rest);
    rest = [];
    number += 1;
    return { number, text: line.toString("utf8"), bytes };
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        rest.push(chunk.subarray(start, end));
        bytes += end + 1 - start;
        start = end + 1;
        yield next();
      }
      rest.push(chunk.subarray(start));
      bytes += chunk.length - start;
    }
    if (rest.some((part) => part.length > 0)) yield next();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
