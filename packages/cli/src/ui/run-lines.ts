import { existsSync } from "node:fs";
import { isFailure, type SeenRecord } from "../records/record.ts";
import { count, fineDuration, printable, shortened } from "./printable.ts";
import { alignedLines } from "./table.ts";

/** Time, outcome, event, hook, duration, how it ended. */
const COLUMNS = [{}, {}, {}, {}, { align: "right" as const }, {}];

/** In characters. Names of events are whatever an agent has sent, and one long one would move all columns. */
const LONGEST_CELL = 60;

/** In characters: about what the dispatcher itself makes of a long text. */
const LONGEST_REMARK = 2_200;

/**
 * Records as lines for people. What is said about a run stands below it, indented.
 *
 * @param widths of the columns so far; they grow
 */
export function runLines(records: readonly SeenRecord[], widths: number[]): readonly string[] {
  const lines = alignedLines(COLUMNS, records.map(cellsOf), widths);
  return records.flatMap((record, index) => [lines[index] ?? "", ...remarksOf(record).map((text) => `    ${text}`)]);
}

function cellsOf(record: SeenRecord): readonly string[] {
  const { at, outcome, event_type, hook, duration_ms } = record;
  const took = duration_ms === undefined ? "" : fineDuration(duration_ms);
  return [at, outcome, event_type || "-", hook || "-", took, howOf(record)].map((text) =>
    shortened(text, LONGEST_CELL),
  );
}

function howOf({ exit_code, signal, status, attempts = 1, count: many }: SeenRecord): string {
  const facts = [
    ...(exit_code === undefined ? [] : [`exit ${exit_code}`]),
    ...(signal === undefined ? [] : [signal]),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(attempts > 1 ? [`${attempts} tries`] : []),
    ...(many === undefined ? [] : [count(many, "event")]),
  ];
  return facts.join(", ");
}

function remarksOf(record: SeenRecord): readonly string[] {
  const { message, code, log } = record;
  const said = [message, code === undefined ? undefined : `(${code})`].filter((text) => text !== undefined).join(" ");
  // A message mostly says itself where the output is.
  const showLog = log !== undefined && isFailure(record) && !message?.includes(log);
  return [...(said === "" ? [] : [shortened(said, LONGEST_REMARK)]), ...(showLog ? [logText(log)] : [])];
}

/** Only the last logs are kept. */
function logText(log: string): string {
  return `log: ${printable(log)}${existsSync(log) ? "" : " (deleted since)"}`;
}
