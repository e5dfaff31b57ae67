import type { AnyEvent } from "../catalogue.ts";
import type { Wire } from "./wire.ts";

/** Keys of seed 002 that are not simply ours with hyphens. */
const SPELLED: Readonly<Record<string, string>> = {
  xcodex_event_type: "type",
  session_id: "thread-id",
  tool_use_id: "call-id",
};

function kebabKey(key: string): string {
  return SPELLED[key] ?? key.replaceAll("_", "-");
}

function encode(event: AnyEvent, hookEventName: string): Record<string, unknown> {
  const out: Record<string, unknown> = {
    "schema-version": event.schema_version,
    type: event.xcodex_event_type,
    "event-id": event.event_id,
    timestamp: event.timestamp,
  };
  for (const [key, value] of Object.entries(event)) {
    const kebab = kebabKey(key);
    // The four above are there already; a field of the event itself (`call_id`) wins over one that is renamed to the same key.
    if (!(kebab in out) || key.replaceAll("_", "-") === kebab) out[kebab] = value;
  }
  out.type = event.xcodex_event_type;
  out["hook-event-name"] = hookEventName;
  return out;
}

/** Seed 002: hyphens instead of underscores, `type` for the event's type. Only keys of the top level are spelled so. */
export const kebab: Wire = {
  name: "kebab",
  encode,
  envelope: {
    head: (event, hookEventName) => ({
      "schema-version": event.schema_version,
      type: event.xcodex_event_type,
      "event-id": event.event_id,
      timestamp: event.timestamp,
      "hook-event-name": hookEventName,
    }),
    keys: { path: "payload-path", bytes: "payload-bytes", sha256: "payload-sha256" },
  },
};
