import { performance } from "node:perf_hooks";
import type { Delivery, EncodedPayload, HookReply, Pyo3Hook, Subject } from "../../contracts.ts";
import { type ByteChunks, createChunks } from "../byte-chunks.ts";
import type { About } from "../health.ts";

/** Somebody who hears how it went with one event. */
export interface Listener {
  readonly onReply: (reply: HookReply) => void;
  /** Whether the process must not end before. */
  readonly awaited: boolean;
  readonly at: number;
}

/** A hand-over of so many bytes is large enough: more would only make Python wait for the rest. */
export const ENOUGH_BYTES: number = 192 * 1024;

/** Beside what is enough, for the event that makes it so. */
const ROOM_BYTES: number = 64 * 1024;

/** Where the events of one hand-over after the other are written. */
export class HandOverMemory {
  /** Parts of the present hand-over in pieces of memory that are full. */
  #parts: Buffer[] = [];
  readonly #chunks: ByteChunks = createChunks((part) => void this.#parts.push(part));

  /** Writes an event behind a sign. Returns how many bytes that took; 0 when it would have been more than there is room for. */
  write(sign: string, payload: EncodedPayload, room: number): number {
    try {
      this.#chunks.text(sign);
      payload.writeTo(this.#chunks);
    } catch (error) {
      this.#chunks.dropLine();
      throw error;
    }
    const bytes = this.#chunks.begun();
    if (bytes > room) this.#chunks.dropLine();
    else this.#chunks.endLine();
    return bytes > room ? 0 : bytes;
  }

  /** Everything since the last end, and a sign behind it. */
  end(sign: string): Buffer {
    this.#chunks.text(sign);
    this.#chunks.endLine();
    const last = this.#chunks.take();
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length === 0) return last;
    const whole = Buffer.concat([...parts, last]);
    for (const part of [...parts, last]) this.#chunks.giveBack(part);
    return whole;
  }

  /** What comes next is to be in one piece, so that it need not be put together. */
  begin(): void {
    this.#chunks.reserve(ENOUGH_BYTES + ROOM_BYTES);
  }

  /** Nobody looks at this any more. */
  giveBack(json: Buffer): void {
    this.#chunks.giveBack(json);
  }
}

/**
 * Events that go to Python together. Lists beside each other and no object per event: most events have nobody who hears how
 * it went with them, and then all that is kept of one is its text and what a record would say.
 */
export class HandOver {
  /** Bytes of all events. */
  bytes = 0;
  /** When it was given to Python. */
  givenAt = 0;
  /** How many of its events somebody waits for. */
  awaited = 0;
  /** By the place of the event. */
  readonly listeners: Map<number, Listener> = new Map();
  readonly #hooks: Pyo3Hook[] = [];
  readonly #subjects: Subject[] = [];
  readonly #memory: HandOverMemory;
  #json: Buffer | undefined;

  constructor(memory: HandOverMemory) {
    this.#memory = memory;
  }

  get count(): number {
    return this.#hooks.length;
  }

  /**
   * Adds an event, unless it is larger than the room for it. Throws what its payload throws; nothing is added then.
   *
   * @returns how many bytes it has; 0 when it was not added
   */
  add(hook: Pyo3Hook, { book, subject, onReply, wait }: Delivery, room: number): number {
    if (this.count === 0) this.#memory.begin();
    const bytes = this.#memory.write(this.count === 0 ? "[" : ",", book.payloadOf(hook), room);
    if (bytes === 0) return 0;
    this.bytes += bytes;
    if (onReply) {
      const awaited = wait === "all" || hook.mode === "sync";
      this.listeners.set(this.count, { onReply, awaited, at: performance.now() });
      if (awaited) this.awaited += 1;
    }
    this.#hooks.push(hook);
    this.#subjects.push(subject);
    return bytes;
  }

  /** All events as a JSON array. Nothing can be added any more. */
  seal(): void {
    this.#json ??= this.#memory.end("]");
  }

  /** All events as a JSON array, in UTF-8. */
  toJson(): Uint8Array {
    this.seal();
    return this.#json as Buffer;
  }

  /** It has been handed over. */
  giveBack(): void {
    if (this.#json) this.#memory.giveBack(this.#json);
    this.#json = undefined;
  }

  /** What a record or a reply about one of its events says. */
  about(index: number): About {
    const at = Math.min(Math.max(index, 0), this.count - 1);
    return { hook: this.#hooks[at] as Pyo3Hook, subject: this.#subjects[at] as Subject };
  }
}
