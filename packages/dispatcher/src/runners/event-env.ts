import { type AnyEvent, findEvent, seedFacts } from "@xcodex/hooks-schema";
import type { Subject } from "../contracts.ts";

/** A longer value would make the start of a process fail, and it stands in the payload anyway. */
const LONGEST_VALUE: number = 64 * 1024;

/**
 * The variables that a command finds in its environment beside the parent's (seed 003, "Environment Variables"): those of every
 * event and the event's own, which are facts in its file. `CODEX_EVENT_TYPE` differs by hook and is not among them.
 */
export function eventEnv(event: AnyEvent, subject: Subject): Record<string, string> {
  const env: Record<string, string> = { CODEX_SESSION_ID: subject.session_id, CODEX_TIMESTAMP: subject.timestamp };
  for (const { variable, value } of seedFacts(event, findEvent(event.xcodex_event_type)?.facts)) {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    if (text.length <= LONGEST_VALUE) env[variable] = text;
  }
  return env;
}
