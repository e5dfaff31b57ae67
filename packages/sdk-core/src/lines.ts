import { decode } from "./json.ts";

/** One line without its line break, or the length of one that was longer than the cap and was not kept. */
export type Line = { readonly text: string } | { readonly tooLong: number };

/**
 * Splits UTF-8 bytes into lines. Never holds more than `maxBytes` and one chunk: of a longer line only the length is kept. The
 * last line counts without its line break too.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  const line = new LineBuffer(maxBytes);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      line.add(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.length > 0) yield line.take();
}

/** Bytes in a row, up to a cap. */
class LineBuffer {
  length = 0;
  private parts: Uint8Array[] = [];
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length > this.maxBytes) this.parts = [];
    else this.parts.push(part);
  }

  take(): Line {
    const line = this.length > this.maxBytes ? { tooLong: this.length } : { text: decode(join(this.parts)) };
    this.parts = [];
    this.length = 0;
    return line;
  }
}

/** Pieces as one. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
