import { type FileLine, linesBackward, linesForward } from "./file-lines.ts";
import type { RecordFilter } from "./filter.ts";
import { parseRecord, type SeenRecord } from "./record.ts";
import type { RecordFile } from "./record-files.ts";

/** Counts the lines that are no records. */
export interface Tally {
  /** Lines that are cut, no JSON, or no record. */
  skipped: number;
}

/**
 * Records stand in the order in which they were written. Some are written later than their time: what an agent leaves behind when it
 * exits, what is counted together. Whatever is this much older than wanted, in milliseconds, has nothing wanted before it.
 */
const LATEST_MS = 3_600_000;

/** All records of some files that are wanted, in their order, one at a time: up to the sizes that are given, whatever comes meanwhile. */
export function* readRecords(
  files: readonly RecordFile[],
  filter: RecordFilter,
  tally: Tally,
): Generator<SeenRecord, void, undefined> {
  for (const { fd, size } of files) {
    for (const line of linesForward(fd, 0, size)) {
      const record = recordIn(line, tally);
      if (record !== undefined && filter.wants(record)) yield record;
    }
  }
}

/**
 * The last wanted records, in their order. Reads from the end and no further than it must.
 *
 * @param limit at most so many; above 0
 */
export function lastRecords(
  files: readonly RecordFile[],
  filter: RecordFilter,
  tally: Tally,
  limit: number,
): readonly SeenRecord[] {
  const wanted: SeenRecord[] = [];
  for (const record of recordsBackward(files, tally)) {
    if (filter.wants(record)) wanted.push(record);
    const tooOld = filter.since !== undefined && Date.parse(record.at) < filter.since - LATEST_MS;
    if (tooOld || wanted.length === limit) break;
  }
  return wanted.reverse();
}

function* recordsBackward(files: readonly RecordFile[], tally: Tally): Generator<SeenRecord, void, undefined> {
  for (const { fd, size } of [...files].reverse()) {
    for (const line of linesBackward(fd, size)) {
      const record = recordIn(line, tally);
      if (record !== undefined) yield record;
    }
  }
}

/** The record of a line; empty lines are nothing, others are counted. */
export function recordIn({ text }: FileLine, tally: Tally): SeenRecord | undefined {
  if (text?.trim() === "") return undefined;
  const record = text === undefined ? undefined : parseRecord(text);
  if (record === undefined) tally.skipped += 1;
  return record;
}

/** Where the last complete line of a file ends. */
export function endOfLines({ fd, size }: RecordFile): number {
  for (const { complete, end } of linesBackward(fd, size)) if (complete) return end;
  return 0;
}
