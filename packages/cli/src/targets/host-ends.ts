import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { RunRecord } from "@xcodex/hooks-dispatcher";
import { isSystemError } from "../errors.ts";

/** How one process of a host ended, as its record has it. */
export type HostEnd = Pick<RunRecord, "outcome" | "exit_code" | "signal" | "duration_ms" | "log" | "code" | "message">;

/** A test writes a few dozen records, so that this much of the end of the file has them all. */
const TAIL_BYTES: number = 4 * 1024 * 1024;

/** How often it is looked whether a host has died, in milliseconds. */
const LOOK_MS = 50;

/** The ends of the hosts that were started for a session, in order. A host that was started leaves exactly one. */
export function hostEnds(records: string, session: string): readonly HostEnd[] {
  const lines = tail(records).split("\n");
  return lines.filter((line) => line.includes(session)).flatMap((line) => readEnd(line, session));
}

/** Of the other records of a host, about events that it was not given, none has an exit code. */
function readEnd(line: string, session: string): readonly HostEnd[] {
  try {
    const record = JSON.parse(line) as RunRecord;
    const isEnd = record.session_id === session && record.surface === "host" && record.exit_code !== undefined;
    return isEnd ? [record] : [];
  } catch {
    // The first line of the tail may be cut.
    return [];
  }
}

function tail(file: string): string {
  try {
    const fd = openSync(file, "r");
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return "";
    throw error;
  }
}

/** Waits for something, but no longer than until a host of a session has ended: then it is undefined. */
export async function unlessEnded<Value>(
  records: string,
  session: string,
  awaited: Promise<Value>,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<undefined>((resolve) => {
    timer = setInterval(() => {
      if (hostEnds(records, session).length > 0) resolve(undefined);
    }, LOOK_MS);
  });
  try {
    return await Promise.race([awaited, ended]);
  } finally {
    clearInterval(timer);
  }
}
