import { EVERY_EVENT, type RunRecord } from "@xcodex/hooks-dispatcher";

/**
 * A record as it was found in a file. Another version may have written it, or somebody's editor: what has another type than
 * `RunRecord` says is taken for absent, and an outcome that is not known is shown as it is.
 */
export type SeenRecord = { readonly at: string; readonly outcome: string } & {
  readonly [field in TextField]?: string;
} & { readonly [field in NumberField]?: number } & {
  /** The whole object, fields that nobody here knows too. */
  readonly value: object;
};

type TextField = keyof RunRecord & (typeof TEXTS)[number];
type NumberField = keyof RunRecord & (typeof NUMBERS)[number];

const TEXTS = ["event_type", "session_id", "hook", "surface", "signal", "log", "code", "message"] as const;
const NUMBERS = ["exit_code", "duration_ms", "queued_ms", "count", "status", "attempts"] as const;

/** The record that a line of the file is; undefined when it is none: cut, no JSON, or an object without a time and an outcome. */
export function parseRecord(line: string): SeenRecord | undefined {
  const value = parseObject(line);
  if (typeof value?.at !== "string" || typeof value.outcome !== "string") return undefined;
  const record: Record<string, unknown> = { at: value.at, outcome: value.outcome, value };
  for (const field of TEXTS) if (typeof value[field] === "string") record[field] = value[field];
  for (const field of NUMBERS) if (typeof value[field] === "number") record[field] = value[field];
  return record as SeenRecord;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Outcomes that nobody has to mend: a guard that blocks has done its work, and a hook that was not wanted has nothing to do. */
const FINE: readonly string[] = ["ok", "blocked", "skipped"];

/** Whether something went wrong. An outcome that is not known counts: better looked at than missed. */
export function isFailure({ outcome }: Pick<SeenRecord, "outcome">): boolean {
  return !FINE.includes(outcome);
}

/**
 * What a record is about: a `run`; the `life` of a host, from its start to its end; that a `breaker` opened; or that a hook has
 * `recovered`. The last two are news about a hook and no runs.
 */
export function subjectOf(record: SeenRecord): "run" | "life" | "breaker" | "recovered" {
  if (record.event_type === EVERY_EVENT) return "life";
  const timed = record.duration_ms !== undefined || record.count !== undefined;
  if (!timed && record.code === "breaker_open") return "breaker";
  return !timed && record.outcome === "ok" && record.exit_code === undefined ? "recovered" : "run";
}
