/** The waiting line of a host: bounded, and honest about what did not fit. */
import type { EncodedPayload } from "../../contracts.ts";
import { createChunks } from "../byte-chunks.ts";
import { droppedLine, type Gap, type LineShape } from "./lines.ts";

/** Events that may wait (seed 001's original has the same). */
export const MOST_WAITING: number = 1024;

/** Bytes that may wait; a single event may be larger. */
const MOST_BYTES: number = 64 * 1024 * 1024;

/** Lines that are written together, and the numbers of the events among them, in order. */
export interface Batch {
  readonly bytes: Buffer;
  readonly seqs: readonly number[];
}

/** Lines that wait to be written. */
export interface Queue {
  /** Whether there is room for one more event, beside those on their way. */
  readonly hasRoom: (onTheirWay: number) => boolean;
  /** Adds the line of an event. Throws what the payload throws; nothing is added then. */
  readonly add: (seq: number, payload: EncodedPayload) => void;
  /** Lines that are to come before all others. */
  readonly putBack: (lines: readonly { readonly seq: number; readonly line: string }[]) => void;
  /** This event is given up. The host learns of it by a line, before the next event. */
  readonly skip: (seq: number, reason: string) => void;
  readonly isEmpty: () => boolean;
  /** Events that wait. */
  readonly size: () => number;
  /** Bytes that wait. */
  readonly bytes: () => number;
  readonly next: () => Batch | undefined;
  /** Nobody looks at the bytes of a batch any more. */
  readonly giveBack: (bytes: Buffer) => void;
  /** Everything, as it would have been written. The queue is empty then. */
  readonly rest: () => Buffer;
  /** Gives up everything; returns the numbers of the events. */
  readonly clear: (reason: string) => readonly number[];
}

/** An empty waiting line for lines of this shape. */
export function createQueue({ before, between, after }: LineShape): Queue {
  const chunks = createChunks(complete);
  let batches: Batch[] = [];
  /** Events whose lines are in no batch yet. */
  let seqs: number[] = [];
  let events = 0;
  let length = 0;
  let gap: Gap | undefined;

  /** Makes a batch of whole lines; those are all that have a number here. */
  function complete(bytes: Buffer): void {
    batches.push({ bytes, seqs });
    length += bytes.length;
    seqs = [];
  }

  function add(seq: number, payload: EncodedPayload): void {
    if (gap) tellGap();
    try {
      chunks.text(before + seq + between);
      payload.writeTo(chunks);
      chunks.text(after);
    } catch (error) {
      chunks.dropLine();
      throw error;
    }
    chunks.endLine();
    seqs.push(seq);
    events += 1;
  }

  function tellGap(): void {
    if (!gap) return;
    chunks.text(droppedLine(gap));
    chunks.endLine();
    gap = undefined;
  }

  function skip(seq: number, reason: string): void {
    if (gap && gap.reason !== reason) tellGap();
    gap = { from_seq: gap?.from_seq ?? seq, to_seq: seq, count: (gap?.count ?? 0) + 1, reason };
  }

  function collect(): void {
    if (chunks.waiting() > 0) complete(chunks.take());
  }

  function next(): Batch | undefined {
    if (batches.length === 0) collect();
    const batch = batches.shift();
    if (batch === undefined) return undefined;
    events -= batch.seqs.length;
    length -= batch.bytes.length;
    return batch;
  }

  function takeAll(): Batch[] {
    collect();
    const all = batches;
    batches = [];
    [events, length] = [0, 0];
    return all;
  }

  return {
    hasRoom: (onTheirWay) => {
      const waiting = events + onTheirWay;
      return waiting === 0 || (waiting < MOST_WAITING && length < MOST_BYTES);
    },
    add,
    skip,
    next,
    giveBack: chunks.giveBack,
    size: () => events,
    bytes: () => length + chunks.waiting(),
    isEmpty: () => length === 0 && chunks.waiting() === 0,
    putBack: (lines) => {
      if (lines.length === 0) return;
      const bytes = Buffer.from(lines.map(({ line }) => line).join(""));
      batches.unshift({ bytes, seqs: lines.map(({ seq }) => seq) });
      events += lines.length;
      length += bytes.length;
    },
    rest: () => {
      tellGap();
      return Buffer.concat(takeAll().map(({ bytes }) => bytes));
    },
    clear: (reason) => {
      const given = takeAll().flatMap((batch) => batch.seqs);
      for (const seq of given) skip(seq, reason);
      return given;
    },
  };
}
