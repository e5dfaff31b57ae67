/** Bodies of answers: never more of them in memory than wanted, and none that comes for ever. */

/** Bytes of an answer that may stop the agent, at most. */
export const LONGEST_ANSWER: number = 64 * 1024;

/** Of an answer that nobody reads, so much is taken off the connection, so that it can be used again. */
const MOST_DRAINED = 64 * 1024;
const LONGEST_DRAIN_MS = 1000;

/** A body as it comes in. Ending an iteration early closes its connection. */
export interface Body extends AsyncIterable<Uint8Array> {
  readonly destroy: () => unknown;
}

/** All of a body; or that it has more than so many bytes, or ended before its end. */
export type Read = { readonly bytes: Buffer } | "too_large" | "cut";

/** Reads a body. Stops where it is too large: what comes then is not taken off the line. */
export async function readBody(body: Body, most: number): Promise<Read> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > most) return "too_large";
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks) };
  } catch {
    return "cut";
  }
}

/** Throws a body away. When it is small, its connection can be used again; else it is closed. */
export async function drainBody(body: Body): Promise<void> {
  const timer = setTimeout(() => body.destroy(), LONGEST_DRAIN_MS);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MOST_DRAINED) break;
    }
  } catch {
    // Whatever it was, nobody wanted it.
  } finally {
    clearTimeout(timer);
  }
}
