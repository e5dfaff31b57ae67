/** The waiting line of a host: bounded, and honest about what did not fit. */
import { droppedLine, type Gap } from "./lines.ts";

/** Events that may wait (seed 001's original has the same). */
export const MOST_WAITING: number = 1024;

/** Bytes, as JSON in memory, that may wait; a single event may be larger. */
const MOST_BYTES: number = 64 * 1024 * 1024;

/** So much is written at once, or one line. */
const BATCH_BYTES: number = 64 * 1024;

/** Lines that are written together, and the number of the last event among them. */
export interface Batch {
  readonly bytes: Buffer;
  readonly last_seq: number;
  readonly events: number;
}

/** Lines that wait to be written. */
export interface Queue {
  /** Whether there is room for one more event, beside those on their way. */
  readonly hasRoom: (onTheirWay: number) => boolean;
  readonly add: (seq: number, line: string) => void;
  /** Lines that are to come before all others. */
  readonly putBack: (lines: readonly { readonly seq: number; readonly line: string }[]) => void;
  /** This event is given up. The host learns of it by a line, before the next event. */
  readonly skip: (seq: number, reason: string) => void;
  readonly isEmpty: () => boolean;
  readonly next: () => Batch | undefined;
  /** Everything, as it would have been written. The queue is empty then. */
  readonly rest: () => Buffer;
  /** Gives up everything; returns the numbers of the events. */
  readonly clear: (reason: string) => readonly number[];
  readonly size: () => number;
}

/** An empty waiting line. */
export function createQueue(): Queue {
  let seqs: number[] = [];
  let lines: string[] = [];
  let at = 0;
  let length = 0;
  let gap: Gap | undefined;

  const size = (): number => seqs.length - at;

  function add(seq: number, line: string): void {
    if (gap) tellGap();
    seqs.push(seq);
    lines.push(line);
    length += line.length;
  }

  function tellGap(): void {
    if (!gap) return;
    seqs.push(0);
    lines.push(droppedLine(gap));
    gap = undefined;
  }

  function skip(seq: number, reason: string): void {
    if (gap && gap.reason !== reason) tellGap();
    gap = { from_seq: gap?.from_seq ?? seq, to_seq: seq, count: (gap?.count ?? 0) + 1, reason };
  }

  /** What was taken is let go of now and then, not line by line. */
  function compact(): void {
    if (at < seqs.length && at < MOST_WAITING) return;
    seqs = seqs.slice(at);
    lines = lines.slice(at);
    at = 0;
  }

  function take(mostBytes: number): Batch | undefined {
    const from = at;
    let taken = 0;
    let last = 0;
    let events = 0;
    for (; at < seqs.length && (taken === 0 || taken < mostBytes); at += 1) {
      taken += (lines[at] as string).length;
      const seq = seqs[at] as number;
      if (seq > 0) {
        last = seq;
        events += 1;
      }
    }
    if (at === from) return undefined;
    length -= taken;
    const bytes = Buffer.from(lines.slice(from, at).join(""));
    compact();
    return { bytes, last_seq: last, events };
  }

  return {
    hasRoom: (onTheirWay) => {
      const waiting = size() + onTheirWay;
      return waiting === 0 || (waiting < MOST_WAITING && length < MOST_BYTES);
    },
    add,
    skip,
    size,
    putBack: (more) => {
      seqs = [...more.map(({ seq }) => seq), ...seqs.slice(at)];
      lines = [...more.map(({ line }) => line), ...lines.slice(at)];
      for (const { line } of more) length += line.length;
      at = 0;
    },
    isEmpty: () => size() === 0,
    next: () => take(BATCH_BYTES),
    rest: () => {
      tellGap();
      return take(Number.POSITIVE_INFINITY)?.bytes ?? Buffer.alloc(0);
    },
    clear: (reason) => {
      const given = seqs.slice(at).filter((seq) => seq > 0);
      seqs = [];
      lines = [];
      [at, length] = [0, 0];
      for (const seq of given) skip(seq, reason);
      return given;
    },
  };
}
