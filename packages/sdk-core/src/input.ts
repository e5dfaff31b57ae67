import { HookInputError } from "./errors.ts";
import type { Pieces, Platform } from "./platform.ts";

/** Standard input in pieces, with a deadline. It is opened when the first piece is asked for and not before. */
export class Input {
  private readonly platform: Platform;
  private pieces: Pieces | undefined;
  private deadline: Deadline | undefined;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** The next piece; undefined when there are no more. */
  async next(): Promise<Uint8Array | undefined> {
    try {
      this.pieces ??= this.open();
      const next = this.pieces.next();
      if (!(next instanceof Promise)) {
        // A writer that never stops leaves no time for a timer.
        this.deadline?.check();
        return next;
      }
      // When the deadline wins the race nobody is left to hear how this ends.
      next.catch(() => {});
      return await (this.deadline ? Promise.race([next, this.deadline.passed()]) : next);
    } catch (error) {
      throw error instanceof HookInputError ? error : unreadable(error);
    }
  }

  private open(): Pieces {
    const pieces = this.platform.openStdin();
    if (pieces) return pieces;
    throw new HookInputError(
      "no_input",
      "Cannot read an event from stdin: it is a terminal. Run the hook from an agent or pipe an event into it.",
    );
  }

  /** All pieces from here on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece; piece = await this.next()) yield piece;
  }

  /** From now on the input has so many milliseconds to end. A second call changes nothing. */
  startDeadline(ms: number): void {
    if (Number.isFinite(ms)) this.deadline ??= new Deadline(ms, this.platform);
  }

  /** The input may take its time again. */
  stopDeadline(): void {
    this.deadline?.stop();
    this.deadline = undefined;
  }

  /** No more is read, and stdin keeps the process alive no longer. */
  close(): void {
    this.stopDeadline();
    this.pieces?.close();
  }
}

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A moment after which it is too late. Takes a timer only when somebody has to be woken up. */
class Deadline {
  private readonly ms: number;
  /** By the wall clock: `performance` takes a millisecond to load in Node. The timer is what counts once there is waiting. */
  private readonly at: number;
  private readonly after: Platform["after"];
  private promise: Promise<never> | undefined;
  private stopTimer: (() => void) | undefined;

  constructor(ms: number, { after }: Platform) {
    this.ms = ms;
    this.at = Date.now() + ms;
    this.after = after;
  }

  /** @throws HookInputError `input_timeout` */
  check(): void {
    if (Date.now() > this.at) throw timedOut(this.ms);
  }

  /** Rejects when the moment has come. */
  passed(): Promise<never> {
    this.promise ??= new Promise((_, reject) => {
      const left = Math.min(Math.max(0, this.at - Date.now()), this.ms, MAX_TIMER_MS);
      this.stopTimer = this.after(left, () => reject(timedOut(this.ms)));
    });
    this.promise.catch(() => {});
    return this.promise;
  }

  stop(): void {
    this.stopTimer?.();
  }
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
  input: Input,
  maxBytes: number,
  enough: (part: Uint8Array) => boolean = () => false,
): Promise<void> {
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  for (;;) {
    if (length > maxBytes) {
      throw new HookInputError(
        "input_too_large",
        `Cannot read an event from stdin: it is longer than ${maxBytes} bytes. Raise maxBytes, or send an envelope.`,
      );
    }
    const part = await input.next();
    if (!part) return;
    parts.push(part);
    length += part.length;
    // Before the cap is looked at again: what is more than enough may be of no concern to it.
    if (enough(part)) return;
  }
}
