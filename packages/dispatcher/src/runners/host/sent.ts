/** What a host was sent last, so that what it cannot have dealt with when it dies is sent again. */
import { performance } from "node:perf_hooks";
import { seqOf } from "./lines.ts";

/** No pipe holds more, unless somebody raised the system's limit. */
const LARGEST_PIPE: number = 1024 * 1024;

/** What a program commonly reads ahead of what it works on. */
const READ_AHEAD: number = 64 * 1024;

/** A host that was sent nothing for so long has dealt with what it had read. */
const SETTLED_MS = 1000;

const LF = 0x0a;

/** The last writes to one host. */
export interface Sent {
  /** These bytes are on their way: whole lines. */
  readonly add: (bytes: Buffer) => void;
  /**
   * The lines that may be in doubt: those of which a byte was not read, what may have been read ahead of them, or, when all was read, the
   * last write if it is fresh.
   *
   * @param notRead bytes at the end of all that was added which the host has not read
   */
  readonly inDoubt: (notRead: number) => readonly string[];
}

/**
 * Starts to remember. Holds a little more than a pipe does.
 *
 * @param forget hears of bytes that are not remembered any more
 */
export function rememberSent(forget: (bytes: Buffer) => void): Sent {
  const writes: Buffer[] = [];
  let total = 0;
  let at = 0;
  return {
    add: (bytes) => {
      writes.push(bytes);
      total += bytes.length;
      at = performance.now();
      while (total - (writes[0] as Buffer).length > LARGEST_PIPE + READ_AHEAD) {
        const oldest = writes.shift() as Buffer;
        total -= oldest.length;
        forget(oldest);
      }
    },
    inDoubt: (notRead) => {
      const last = writes.at(-1);
      if (last === undefined) return [];
      const doubt = notRead > 0 ? notRead + READ_AHEAD : performance.now() - at < SETTLED_MS ? last.length : 0;
      return linesFrom(Buffer.concat(writes), total - doubt);
    },
  };
}

/** The event lines from this byte on, the line that it is in among them. */
function linesFrom(bytes: Buffer, from: number): readonly string[] {
  if (from >= bytes.length) return [];
  const start = from <= 0 ? 0 : bytes.lastIndexOf(LF, from - 1) + 1;
  const lines = bytes.toString("utf8", start).split("\n");
  return lines.filter((line) => seqOf(line) > 0).map((line) => `${line}\n`);
}
