import { closeSync, fstatSync } from "node:fs";
import { type FileLine, linesForward } from "./file-lines.ts";
import { recordIn, type Tally } from "./read-records.ts";
import type { SeenRecord } from "./record.ts";
import { inodeAt, openRecordFile, type RecordFile, type RecordPaths } from "./record-files.ts";

/**
 * What is appended to the records from now on, across rotations: the file is known by its inode, as writers know it. A line counts when
 * its line feed is there. Who asks decides how often.
 */
export class RecordFollower {
  readonly #paths: RecordPaths;
  readonly #tally: Tally;
  #current: Tail | undefined;
  /** Was renamed a moment ago. Whoever had it open may have written once more. */
  #renamed: Tail | undefined;
  #olderInode: number | undefined;

  /**
   * @param current the current file, if there is one; it is closed by `close`
   * @param from where in it to begin
   */
  constructor(paths: RecordPaths, current: RecordFile | undefined, from: number, tally: Tally) {
    this.#paths = paths;
    this.#tally = tally;
    this.#current = current && new Tail(current, from);
    this.#olderInode = inodeAt(paths.older);
  }

  /** The records that have come since it was last asked. */
  *fresh(): Generator<SeenRecord, void, undefined> {
    for (const line of this.#freshLines()) {
      const record = recordIn(line, this.#tally);
      if (record !== undefined) yield record;
    }
  }

  *#freshLines(): Generator<FileLine, void, undefined> {
    if (this.#renamed) yield* this.#renamed.rest();
    this.#renamed?.close();
    this.#renamed = undefined;
    if (this.#current) yield* this.#current.lines();
    const inode = inodeAt(this.#paths.current);
    if (inode === undefined || inode === this.#current?.inode) return;
    const next = openRecordFile(this.#paths.current);
    if (next === undefined) return;
    const renamed = this.#current;
    this.#renamed = renamed;
    this.#current = new Tail(next, 0);
    // What was written between the last look and the rotation.
    if (renamed) yield* renamed.lines();
    yield* this.#missed(renamed?.inode, next.inode);
    yield* this.#current.lines();
  }

  /**
   * Who slept through two rotations, or through one before there was a file to follow, finds a whole file before the current one that
   * nobody has looked at.
   */
  *#missed(followed: number | undefined, current: number): Generator<FileLine, void, undefined> {
    const known = [this.#olderInode, followed, current];
    const older = openRecordFile(this.#paths.older);
    this.#olderInode = older?.inode;
    if (older === undefined) return;
    const tail = new Tail(older, 0);
    try {
      if (!known.includes(older.inode)) yield* tail.rest();
    } finally {
      tail.close();
    }
  }

  /** Closes what is open. */
  close(): void {
    this.#current?.close();
    this.#renamed?.close();
  }
}

/** A file that grows, and how far it has been read. */
class Tail {
  readonly inode: number;
  readonly #fd: number;
  #at: number;
  /** As it was when it was last read: what has not grown is not read again. */
  #size = -1;

  constructor({ fd, inode }: RecordFile, from: number) {
    this.#fd = fd;
    this.inode = inode;
    this.#at = from;
  }

  /** What has come since. A line that is not complete is left for the next time. */
  *lines(): Generator<FileLine, void, undefined> {
    const { size } = fstatSync(this.#fd);
    // Somebody has emptied it.
    if (size < this.#at) this.#at = 0;
    if (size === this.#size) return;
    this.#size = size;
    for (const line of linesForward(this.#fd, this.#at)) {
      if (!line.complete) return;
      this.#at = line.end;
      yield line;
    }
  }

  /** All that has come since: nobody writes here any more. */
  *rest(): Generator<FileLine, void, undefined> {
    yield* linesForward(this.#fd, this.#at);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
