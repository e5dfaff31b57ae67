import { type AnyEvent, findEvent } from "../catalogue.ts";
import type { EventFacts } from "../facts.ts";
import { camelCase, seedKey } from "../lifecycle-names.ts";
import { ownFields, unknownFields } from "../own-fields.ts";
import { seedFacts } from "../seed-facts.ts";
import type { Wire } from "./wire.ts";

type Context = Readonly<Record<string, unknown>>;

/**
 * What stands in `event`: name, session and time, then what seed 003 says of the event under the seed's keys, then the event's other
 * fields in camelCase, then those that nobody describes. Of the fields of every event nothing else: the seed has nothing else.
 */
function eventPart(event: AnyEvent, hookEventName: string): Record<string, unknown> {
  const facts = findEvent(event.xcodex_event_type)?.facts;
  return firstOfEach([
    ["type", hookEventName],
    ["sessionId", event.session_id],
    ["timestamp", event.timestamp],
    ...itsFacts(event, facts),
    ...unknownFields(event, facts),
  ]);
}

/** A field that is said whole under the seed's key is not said again; one that is said in part (`tool_input`) is. */
function itsFacts(event: AnyEvent, facts: EventFacts | undefined): [string, unknown][] {
  const seeds = seedFacts(event, facts);
  const said = new Set(seeds.map(({ path }) => path));
  return [
    ...seeds.map(({ variable, value }): [string, unknown] => [seedKey(variable), value]),
    ...ownFields(event, facts)
      .filter(([field]) => !said.has(field))
      .map(([field, value]): [string, unknown] => [camelCase(field), value]),
  ];
}

/** What stands in `context`: model and provider when they are known, the event's own before the agent's, then the rest. */
function contextPart(event: AnyEvent, context: Context): Record<string, unknown> {
  return firstOfEach([
    ["model", event.model ?? context.model ?? undefined],
    ["provider", event.provider ?? context.provider ?? undefined],
    ...Object.entries(context).filter(([key]) => key !== "model" && key !== "provider"),
  ]);
}

/** Of two entries of one key the first counts; values that are undefined are left out. */
function firstOfEach(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  // Not an object yet: a key may be `__proto__`.
  const out = new Map<string, unknown>();
  for (const [key, value] of entries) if (value !== undefined && !out.has(key)) out.set(key, value);
  return Object.fromEntries(out);
}

/**
 * Seed 003: the event, and beside it what is known of the agent. It has no envelope: a webhook has no files, and its scripts read the
 * payload on stdin whatever its size.
 */
export const lifecycle: Wire = {
  name: "lifecycle",
  encode: (event, hookEventName, context = {}) => ({
    event: eventPart(event, hookEventName),
    context: contextPart(event, context),
  }),
};
