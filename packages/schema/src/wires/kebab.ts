import type { AnyEvent } from "../catalogue.ts";
import type { Wire } from "./wire.ts";

/** Keys of seed 002 that are not simply ours with hyphens. */
const SPELLED: Readonly<Record<string, string>> = {
  session_id: "thread-id",
  tool_use_id: "call-id",
};

/** A field that would be renamed to the key of another one (`tool_use_id` beside `call_id`) keeps its own name. */
function kebabKey(event: AnyEvent, key: string): string {
  const renamed = Object.hasOwn(SPELLED, key) ? SPELLED[key] : undefined;
  return renamed !== undefined && event[renamed.replaceAll("-", "_")] === undefined
    ? renamed
    : key.replaceAll("_", "-");
}

function encode(event: AnyEvent, hookEventName: string): Record<string, unknown> {
  // Not an object yet: a key may be `__proto__`.
  const out = new Map(Object.entries(head(event)));
  for (const [key, value] of Object.entries(event)) {
    const kebab = key === "xcodex_event_type" ? "type" : kebabKey(event, key);
    if (!out.has(kebab)) out.set(kebab, value);
  }
  out.set("hook-event-name", hookEventName);
  return Object.fromEntries(out);
}

function head(event: AnyEvent): Record<string, unknown> {
  return {
    "schema-version": event.schema_version,
    type: event.xcodex_event_type,
    "event-id": event.event_id,
    timestamp: event.timestamp,
  };
}

/** Seed 002: hyphens instead of underscores, `type` for the event's type. Only keys of the top level are spelled so. */
export const kebab: Wire = {
  name: "kebab",
  encode,
  envelope: {
    head: (event, hookEventName) => ({ ...head(event), "hook-event-name": hookEventName }),
    keys: { path: "payload-path", bytes: "payload-bytes", sha256: "payload-sha256" },
  },
};
