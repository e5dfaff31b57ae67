import type { AnyEvent } from "@xcodex/hooks-schema";
import type { Subject } from "../contracts.ts";

/** What an event is called outside its payload. Never throws, whatever the agent put into its fields. */
export function subjectOf(event: AnyEvent): Subject {
  const agent = event.agent?.name;
  return {
    event_id: textOf(event.event_id),
    event_type: event.xcodex_event_type,
    session_id: textOf(event.session_id),
    timestamp: textOf(event.timestamp),
    cwd: typeof event.cwd === "string" ? event.cwd : "",
    ...(typeof agent === "string" ? { agent } : {}),
  };
}

/** A value as text: a text as it is, a date as the payload has it, anything else as JSON; "" when that cannot say it. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    const json = JSON.stringify(value) ?? "";
    return json.startsWith('"') ? (JSON.parse(json) as string) : json;
  } catch {
    return "";
  }
}
