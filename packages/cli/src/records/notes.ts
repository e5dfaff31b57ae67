/** What is said beside the records, on standard error. */
import { basename } from "node:path";
import { count, printable } from "../ui/printable.ts";
import type { RecordFilter } from "./filter.ts";
import type { Tally } from "./read-records.ts";
import type { RecordFile, RecordPaths } from "./record-files.ts";

/** Why there is nothing to show. */
export function noRecords(paths: RecordPaths, files: readonly RecordFile[], filter: RecordFilter): string {
  return printable(files.length === 0 ? `No run is recorded yet: there is no "${paths.current}".` : filter.nothing());
}

/** That some lines were passed over. */
export function skippedLines({ current, older }: RecordPaths, { skipped }: Tally): string {
  const lines = `${count(skipped, "line")} that ${skipped === 1 ? "is no record" : "are no records"}`;
  return printable(`Skipped ${lines}, cut or not JSON, in "${current}" or "${basename(older)}" beside it.`);
}
