import type { EventFacts } from "./facts.ts";
import { BASE_FIELDS, EVENT_FIELDS } from "./generated/fields.ts";
import { camelCase, lifecycleKeys } from "./lifecycle-names.ts";

/** A payload of the `lifecycle` wire while it is said in our words. */
export interface FromLifecycle {
  /** What stood in `event` and beside it, in one object; the fields of every event under our names. */
  readonly fields: Fields;
  /** What stood in `context`. */
  readonly context: Readonly<Fields>;
}

type Fields = Record<string, unknown>;

/** Keys by which every other payload says what it is. */
const NAMED_BY = ["xcodex_event_type", "hook_event_name", "type"];

/** Whether a payload is of the `lifecycle` wire: `{ "event": { "type": … } }`, without a name of its own. */
export function isLifecycle(payload: Readonly<Fields>): boolean {
  const { event } = payload;
  return isObject(event) && typeof event.type === "string" && !NAMED_BY.some((key) => Object.hasOwn(payload, key));
}

/** The first half of the way, before it is known which event it is. `payload` is not changed. */
export function fromLifecycle(payload: Readonly<Fields>): FromLifecycle {
  const { event, context, ...others } = payload;
  // A `context` that is no object says nothing about the agent: a field like any other.
  const beside = context === undefined || isObject(context) ? others : { ...others, context };
  const fields = { ...beside, ...(event as Fields) };
  for (const field of Object.keys(BASE_FIELDS)) rename(fields, camelCase(field), field);
  rename(fields, "type", "hook_event_name");
  return { fields, context: isObject(context) ? context : {} };
}

/** The other half: the event's own fields, the seed's keys, and what the agent says of itself. Changes `fields`. */
export function addOwnWords({ fields, context }: FromLifecycle, facts: EventFacts | undefined): void {
  const own = (facts && EVENT_FIELDS[facts.type]) ?? {};
  for (const field of Object.keys(own)) rename(fields, camelCase(field), field);
  if (facts) addSeedKeys(fields, facts);
  addContext(fields, context, own);
}

/** `taskId` is `turn_id`; `command` is in `tool_input`, unless that is there: then it has been said. */
function addSeedKeys(fields: Fields, facts: EventFacts): void {
  const made: Record<string, Fields> = {};
  for (const [key, path] of lifecycleKeys(facts)) {
    const [field = "", inside] = path.split(".");
    if (inside === undefined) rename(fields, key, field);
    else if (Object.hasOwn(fields, key) && (made[field] || !Object.hasOwn(fields, field))) {
      made[field] ??= {};
      made[field][inside] = fields[key];
      fields[field] = made[field];
      delete fields[key];
    }
  }
}

/** Model and provider are fields; the rest stays together, under a name that is not taken by the event. */
function addContext(fields: Fields, { model, provider, ...rest }: Readonly<Fields>, own: object): void {
  for (const [field, value] of Object.entries({ model, provider })) {
    if (value !== undefined && !Object.hasOwn(fields, field)) fields[field] = value;
  }
  if (Object.keys(rest).length === 0) return;
  const name = ["context", "agent_context"].find((one) => !Object.hasOwn(fields, one) && !Object.hasOwn(own, one));
  if (name !== undefined) fields[name] = rest;
}

/** Of two spellings of one field the one in our words counts; the other one stays as it is. */
function rename(fields: Fields, key: string, field: string): void {
  if (!Object.hasOwn(fields, key) || Object.hasOwn(fields, field)) return;
  fields[field] = fields[key];
  delete fields[key];
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
