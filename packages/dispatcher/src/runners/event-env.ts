import { type AnyEvent, type EnvSource, findEvent, isToolOfKind, matchCandidates, valueAt } from "@xcodex/hooks-schema";
import type { Subject } from "../contracts.ts";

/** A longer value would make the start of a process fail, and it stands in the payload anyway. */
const LONGEST_VALUE: number = 64 * 1024;

/**
 * The variables that a command finds in its environment beside the parent's (seed 003, "Environment Variables"): those of every
 * event and the event's own, which are facts in its file. `CODEX_EVENT_TYPE` differs by hook and is not among them.
 */
export function eventEnv(event: AnyEvent, subject: Subject): Record<string, string> {
  const env: Record<string, string> = { CODEX_SESSION_ID: subject.session_id, CODEX_TIMESTAMP: subject.timestamp };
  const facts = findEvent(event.xcodex_event_type)?.facts;
  if (!facts) return env;
  let names: readonly string[] | undefined;
  for (const [variable, source] of Object.entries(facts.env)) {
    if (source.tools) {
      names ??= matchCandidates(event, facts);
      if (!isToolOfKind(names, source.tools)) continue;
    }
    const value = spell(source, event);
    if (value !== undefined && value.length <= LONGEST_VALUE) env[variable] = value;
  }
  return env;
}

function spell(source: EnvSource, event: AnyEvent): string | undefined {
  for (const path of source.from) {
    const value = valueAt(event, path);
    if (value === undefined || value === null) continue;
    if (source.as === "argv") return JSON.stringify(Array.isArray(value) ? value : [value]);
    if (source.as === "json" || typeof value === "object") return JSON.stringify(value);
    return String(value);
  }
  return undefined;
}
