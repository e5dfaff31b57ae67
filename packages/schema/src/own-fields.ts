import type { AnyEvent } from "./catalogue.ts";
import type { EventFacts } from "./facts.ts";
import { BASE_FIELDS, EVENT_FIELDS } from "./generated/fields.ts";

/** Fields that an event has beside those of every event: the ones that its type describes. None for an unknown event. */
export function ownFields(event: AnyEvent, facts: EventFacts | undefined): [string, unknown][] {
  return Object.entries(event).filter(([key]) => facts && Object.hasOwn(EVENT_FIELDS[facts.type] ?? {}, key));
}

/** Fields nobody describes: they pass through untouched, on every wire. */
export function unknownFields(event: AnyEvent, facts: EventFacts | undefined): [string, unknown][] {
  const known: Readonly<Record<string, unknown>> = (facts && EVENT_FIELDS[facts.type]) ?? {};
  return Object.entries(event).filter(([key]) => !Object.hasOwn(BASE_FIELDS, key) && !Object.hasOwn(known, key));
}
