import { HookInputError } from "@xcodex/hooks-sdk-core";

/**
 * Standard input in pieces, with a deadline.
 *
 * It goes through `process.stdin` because only that works on everything stdin can be: a pipe that another piece of code has made
 * non-blocking (reading fd 0 then fails with EAGAIN until the writer has written), a socket, a file. It is touched when the first
 * piece is asked for and not before.
 */
export class Stdin {
  private pieces: AsyncIterator<Uint8Array | string> | undefined;
  private deadline: Promise<never> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** The next piece; undefined when there are no more. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.pieces === undefined && process.stdin.isTTY) throw terminal();
    this.pieces ??= start();
    const next = this.pieces.next();
    // When the deadline wins the race nobody is left to hear how this ends.
    next.catch(() => {});
    try {
      const { done, value } = await (this.deadline ? Promise.race([next, this.deadline]) : next);
      if (done) return undefined;
      return typeof value === "string" ? new TextEncoder().encode(value) : value;
    } catch (error) {
      throw error instanceof HookInputError ? error : unreadable(error);
    }
  }

  /** All pieces from here on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece; piece = await this.next()) yield piece;
  }

  /** From now on the input has so many milliseconds to end. A second call changes nothing. */
  startDeadline(ms: number): void {
    if (this.deadline || !Number.isFinite(ms)) return;
    this.deadline = new Promise((_, reject) => {
      this.timer = setTimeout(() => reject(timedOut(ms)), Math.min(ms, MAX_TIMER_MS));
    });
    this.deadline.catch(() => {});
  }

  /** The input may take its time again. */
  stopDeadline(): void {
    clearTimeout(this.timer);
    this.deadline = undefined;
  }

  /** No more is read, and stdin keeps the process alive no longer. */
  close(): void {
    this.stopDeadline();
    if (this.pieces) process.stdin.destroy();
  }
}

/** The longest that `setTimeout` can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function start(): AsyncIterator<Uint8Array | string> {
  // Errors come out of the iterator; one that comes after it would end the process.
  process.stdin.on("error", () => {});
  return process.stdin.iterator({ destroyOnReturn: false });
}

function terminal(): HookInputError {
  return new HookInputError(
    "no_input",
    "Cannot read an event from stdin: it is a terminal. Run the hook from an agent or pipe an event into it.",
  );
}

function timedOut(ms: number): HookInputError {
  return new HookInputError(
    "input_timeout",
    `Cannot read an event from stdin: it did not end within ${ms} ms. Close the input after the event, or raise timeoutMs.`,
  );
}

function unreadable(cause: unknown): HookInputError {
  return new HookInputError(
    "input_unreadable",
    `Cannot read an event from stdin: ${(cause as Error).message}. Give the hook a pipe or a file as its input.`,
    { cause },
  );
}

/**
 * Reads on until `enough` says so, or to the end of the input. The pieces are added to `parts`.
 *
 * @throws HookInputError `input_too_large`, `input_timeout`, `input_unreadable`, `no_input` for a terminal
 */
export async function readInto(
  parts: Uint8Array[],
  stdin: Stdin,
  maxBytes: number,
  enough: (part: Uint8Array) => boolean = () => false,
): Promise<void> {
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  for (let part = await stdin.next(); part; part = await stdin.next()) {
    parts.push(part);
    length += part.length;
    if (length > maxBytes) {
      throw new HookInputError(
        "input_too_large",
        `Cannot read an event from stdin: it is longer than ${maxBytes} bytes. Raise maxBytes, or send an envelope.`,
      );
    }
    if (enough(part)) return;
  }
}
