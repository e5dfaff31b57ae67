import { RecordFilter } from "../records/filter.ts";
import { lastRecords } from "../records/read-records.ts";
import type { SeenRecord } from "../records/record.ts";
import { closeRecordFiles, openRecordFiles, recordPaths } from "../records/record-files.ts";

/** How long a breaker stays open: after that one try decides. */
const OPEN_MS = 30_000;

/** More than a busy agent writes in that time. */
const MOST_RECORDS = 2_000;

/**
 * The hooks whose breaker is open now, as far as the records say it, and why. A breaker is in the memory of an agent; what it writes down
 * is all that anybody else can know.
 *
 * @param records path of `runs.jsonl`
 */
export function openBreakers(records: string, now: number = Date.now()): ReadonlyMap<string, string> {
  const open = new Map<string, string>();
  const files = openRecordFiles(recordPaths(records));
  try {
    for (const record of lastRecords(files, new RecordFilter({}, now), { skipped: 0 }, MOST_RECORDS))
      note(record, open, now);
  } finally {
    closeRecordFiles(files);
  }
  return open;
}

function note({ hook, at, code, outcome, message }: SeenRecord, open: Map<string, string>, now: number): void {
  if (hook === undefined) return;
  const until = Date.parse(at) + OPEN_MS;
  if (code === "breaker_open" && until > now) {
    const seconds = Math.ceil((until - now) / 1000);
    open.set(
      hook,
      `its breaker is open for another ${seconds} s (an agent of this CODEX_HOME says: ${message ?? code})`,
    );
  } else if (outcome === "ok") open.delete(hook);
}
