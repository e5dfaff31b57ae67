import type { Wire } from "./wire.ts";

/** Seed 001: one flat object, snake_case, the event's fields as they are. */
export const xcodex: Wire = {
  name: "xcodex",
  // Who reads the default name reads the event itself: no copy.
  encode: (event, hookEventName) =>
    event.hook_event_name === hookEventName ? event : { ...event, hook_event_name: hookEventName },
  envelope: {
    head: (event, hookEventName) => ({
      schema_version: event.schema_version,
      event_id: event.event_id,
      timestamp: event.timestamp,
      hook_event_name: hookEventName,
      xcodex_event_type: event.xcodex_event_type,
    }),
    keys: { path: "payload_path", bytes: "payload_bytes", sha256: "payload_sha256" },
  },
};
