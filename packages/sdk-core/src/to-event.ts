import {
  BASE_FIELDS,
  type Canonical,
  canonical,
  defaultName,
  EVENT_FIELDS,
  type FieldSpec,
  SCHEMA_VERSION,
  toolAliases,
} from "@xcodex/hooks-schema";
import type { Problem, ReadEvent } from "./event.ts";
import { emptyOf, fits, isThere, missing, wrongType } from "./fields.ts";
import type { JsonObject } from "./json.ts";

/** Base fields whose stand-in is not the empty value of their type. */
const STAND_INS: Readonly<Record<string, unknown>> = { schema_version: SCHEMA_VERSION, permission_mode: "default" };

/** Base fields that follow from the event itself: never missing. */
const DERIVED = ["xcodex_event_type", "hook_event_name"];

/** Base fields that only the dispatcher fills in: not to be expected in a payload that comes straight from an agent. */
const FROM_THE_DISPATCHER = ["schema_version", "event_id", "timestamp", "permission_mode", "transcript_path"];

type Specs = ReadonlyMap<string, FieldSpec>;

/** The fields of every kind of event that was seen, put together once: a host sees the same few kinds again and again. */
const specsByType = new Map<string | undefined, Specs>();

/** All fields of an event; of an unknown one only those that every event has. */
function specsOf(type: string | undefined): Specs {
  let specs = specsByType.get(type);
  if (!specs) {
    specs = new Map(Object.entries({ ...BASE_FIELDS, ...(type !== undefined && EVENT_FIELDS[type]) }));
    specsByType.set(type, specs);
  }
  return specs;
}

/**
 * A payload of any wire and any agent as a typed event (DESIGN section 8). Its shape never throws: what is wrong is listed in
 * `problems`. Pure; `payload` is not changed and becomes `raw`.
 */
export function toEvent(payload: Readonly<JsonObject>): ReadEvent {
  const said = canonical(payload);
  const specs = specsOf(said.found?.facts.type);
  const problems: Problem[] = [];
  const event = typedFields(said, specs, problems);
  derive(event, said, specs);
  event.extra = Object.fromEntries(Object.entries(said.fields).filter(([name]) => !specs.has(name)));
  Object.defineProperty(event, "raw", { value: payload, enumerable: false });
  event.problems = problems;
  return event as unknown as ReadEvent;
}

function typedFields(said: Canonical, specs: Specs, problems: Problem[]): JsonObject {
  const event: JsonObject = {};
  for (const [field, spec] of specs) {
    const value = said.fields[field];
    const there = isThere(value, spec);
    if (there && fits(value, spec)) {
      event[field] = value;
      continue;
    }
    const standIn = STAND_INS[field] ?? emptyOf(spec);
    if (there) problems.push({ field, code: "wrong_type", message: wrongType(field, spec, value) });
    else if (spec.required && isExpected(field, value, said)) {
      problems.push({ field, code: "missing", message: missing(field, standIn) });
    }
    if (spec.required) event[field] = standIn;
  }
  return event;
}

function isExpected(field: string, value: unknown, { foreign, lifecycle }: Canonical): boolean {
  if (DERIVED.includes(field)) return false;
  // Codex says `null` for "there is no transcript".
  if (field === "transcript_path" && value === null) return false;
  // The `lifecycle` wire has no place for it.
  if (lifecycle && field === "cwd") return false;
  return !(foreign && FROM_THE_DISPATCHER.includes(field));
}

/** Fields that can be said even when the payload does not, or not in a way that can be used. */
function derive(event: JsonObject, said: Canonical, specs: Specs): void {
  const facts = said.found?.facts;
  event.xcodex_event_type = said.type;
  if (typeof said.fields.hook_event_name !== "string") event.hook_event_name = facts ? defaultName(facts) : said.type;
  if (event.agent === undefined && said.agent !== undefined) event.agent = { name: said.agent };
  if (event.tool_alias !== undefined || !specs.has("tool_alias") || typeof event.tool_name !== "string") return;
  const [alias] = toolAliases(event.tool_name);
  if (alias !== undefined) event.tool_alias = alias;
}
