/**
 * The waiting line of a host: bounded, and honest about what did not fit.
 *
 * Lines are written into large pieces of memory as they come, so that an event costs no object of its own and what waits is ready to be
 * written.
 */
import { droppedLine, type Gap } from "./lines.ts";

/** Events that may wait (seed 001's original has the same). */
export const MOST_WAITING: number = 1024;

/** Bytes that may wait; a single event may be larger. */
const MOST_BYTES: number = 64 * 1024 * 1024;

/** Memory for many lines. */
const CHUNK_BYTES: number = 128 * 1024;

/** A character of UTF-16 has at most so many bytes in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/** Lines that are written together, and the numbers of the events among them, in order. */
export interface Batch {
  readonly bytes: Buffer;
  readonly seqs: readonly number[];
}

/** Lines that wait to be written. */
export interface Queue {
  /** Whether there is room for one more event, beside those on their way. */
  readonly hasRoom: (onTheirWay: number) => boolean;
  /** A line in two parts: its beginning, of ASCII only, and its JSON with the end of the line. */
  readonly add: (seq: number, head: string, json: string, tail: string) => void;
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
  /** Everything, as it would have been written. The queue is empty then. */
  readonly rest: () => Buffer;
  /** Gives up everything; returns the numbers of the events. */
  readonly clear: (reason: string) => readonly number[];
}

/** Lines in one piece of memory, from one place to another. */
interface Segment {
  readonly memory: Buffer;
  readonly from: number;
  to: number;
  readonly seqs: number[];
}

/** An empty waiting line. */
export function createQueue(): Queue {
  let segments: Segment[] = [];
  /** The last segment, as long as lines can be added to it. */
  let open: Segment | undefined;
  let events = 0;
  let length = 0;
  let gap: Gap | undefined;

  function add(seq: number, head: string, json: string, tail: string): void {
    if (gap) tellGap();
    write(head, json, tail).seqs.push(seq);
    events += 1;
  }

  function write(head: string, json: string, tail: string): Segment {
    const segment = withRoom(head.length + json.length * MOST_BYTES_PER_UNIT + tail.length);
    const { memory, to } = segment;
    let at = to + memory.write(head, to, "latin1");
    at += memory.write(json, at, "utf8");
    at += memory.write(tail, at, "latin1");
    segment.to = at;
    length += at - to;
    return segment;
  }

  function withRoom(most: number): Segment {
    if (open && open.memory.length - open.to >= most) return open;
    open = { memory: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most)), from: 0, to: 0, seqs: [] };
    segments.push(open);
    return open;
  }

  function tellGap(): void {
    if (!gap) return;
    write(droppedLine(gap), "", "");
    gap = undefined;
  }

  function skip(seq: number, reason: string): void {
    if (gap && gap.reason !== reason) tellGap();
    gap = { from_seq: gap?.from_seq ?? seq, to_seq: seq, count: (gap?.count ?? 0) + 1, reason };
  }

  function next(): Batch | undefined {
    for (let first = segments.shift(); first !== undefined; first = segments.shift()) {
      const last = first === open;
      // What comes next goes on in the same memory.
      if (last) {
        open = { memory: first.memory, from: first.to, to: first.to, seqs: [] };
        segments.push(open);
      }
      if (first.to > first.from) {
        events -= first.seqs.length;
        length -= first.to - first.from;
        return { bytes: first.memory.subarray(first.from, first.to), seqs: first.seqs };
      }
      if (last) return undefined;
    }
    return undefined;
  }

  function takeAll(): Segment[] {
    const all = segments;
    segments = [];
    open = undefined;
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
    size: () => events,
    bytes: () => length,
    isEmpty: () => length === 0,
    next,
    putBack: (lines) => {
      if (lines.length === 0) return;
      const memory = Buffer.from(lines.map(({ line }) => line).join(""));
      segments.unshift({ memory, from: 0, to: memory.length, seqs: lines.map(({ seq }) => seq) });
      events += lines.length;
      length += memory.length;
    },
    rest: () => {
      tellGap();
      return Buffer.concat(takeAll().map(({ memory, from, to }) => memory.subarray(from, to)));
    },
    clear: (reason) => {
      const given = takeAll().flatMap(({ seqs }) => seqs);
      for (const seq of given) skip(seq, reason);
      return given;
    },
  };
}
