/** Jobs that the launcher process cannot read: a bug, but one that nobody must wait for. */
import { randomUUID } from "node:crypto";
import type { RunEnd, RunRecord } from "../contracts.ts";

/** A run that was refused: what is told to who waits, and what is recorded. */
export interface RefusedRun {
  readonly end: RunEnd;
  readonly record: RunRecord;
}

/** The runs of a message that is no job but was meant to be one, as far as they can be told. Never throws. */
export function refusedRuns(header: Buffer, why: string): RefusedRun[] {
  const job = fieldOf(parse(header), "job");
  const runs = fieldOf(job, "runs");
  const facts = {
    event_id: textIn(job, "event_id"),
    event_type: textIn(job, "event_type"),
    session_id: textIn(job, "session_id"),
  };
  return (Array.isArray(runs) ? runs : []).map((run) => {
    const run_id = textIn(run, "run_id") || randomUUID();
    const trouble = {
      outcome: "dropped",
      code: "not_encodable",
      message: `Cannot start run ${run_id}: the launcher cannot read its job (${why}). Report this as a bug.`,
    } as const;
    const record = { schema_version: 1, at: new Date().toISOString(), run_id, ...facts, ...trouble } as const;
    const never = { exit_code: null, signal: null, duration_ms: 0, queued_ms: 0, stderr: "" } as const;
    return { record, end: { run_id, ...never, ...trouble } };
  });
}

function parse(header: Buffer): unknown {
  try {
    return JSON.parse(header.toString("utf8"));
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textIn(value: unknown, name: string): string {
  const text = fieldOf(value, name);
  return typeof text === "string" ? text : "";
}
