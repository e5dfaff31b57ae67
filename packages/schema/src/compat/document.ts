import { asArray, asObject, type JsonObject, own, same } from "./json.ts";

/** A schema document, taken apart. */
export interface SchemaDocument {
  readonly root: JsonObject;
  readonly definitions: ReadonlyMap<string, JsonObject>;
  /** Definition names of the events, by their tag. */
  readonly events: ReadonlyMap<string, string>;
}

/** The field that events are told apart by. */
const TAG = "xcodex_event_type";

/** Takes a document apart, or says in a sentence why it is no hooks schema. */
export function readDocument(value: unknown): SchemaDocument | string {
  const root = asObject(value);
  if (!root) return `it is ${Array.isArray(value) ? "an array" : `the value ${JSON.stringify(value)}`}, not an object`;
  const definitions = definitionsOf(root);
  if (definitions.size === 0) return 'it has no "definitions"';
  const events = eventsOf(root, definitions);
  if (events.size === 0) return `its "oneOf" names no definition with a constant "${TAG}"`;
  return { root, definitions, events };
}

/** Name of the definition that a schema refers to, undefined when it refers to none of this document. */
export function refName(schema: unknown): string | undefined {
  const ref = own(asObject(schema), "$ref");
  return typeof ref === "string" ? /^#\/(?:definitions|\$defs)\/([^/]+)$/.exec(ref)?.[1] : undefined;
}

/** Whether a definition is the union of the document's events, which is compared event by event. */
export function isUnionOfEvents(definition: JsonObject, { events }: SchemaDocument): boolean {
  const names = members(definition).map(refName);
  return names.length > 0 && same(names.sort(), [...events.values()].sort());
}

function members(schema: JsonObject): readonly unknown[] {
  return [...asArray(own(schema, "oneOf")), ...asArray(own(schema, "anyOf"))];
}

function definitionsOf(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const found = asObject(own(root, "definitions")) ?? asObject(own(root, "$defs")) ?? {};
  const entries = Object.entries(found).map(([name, schema]) => [name, asObject(schema)] as const);
  return new Map(entries.filter((entry): entry is [string, JsonObject] => entry[1] !== undefined));
}

/** Documents whose top level is no union of events have it as the definition `HookEvent`. */
function eventsOf(root: JsonObject, definitions: ReadonlyMap<string, JsonObject>): ReadonlyMap<string, string> {
  const events = taggedMembers(root, definitions);
  return events.size > 0 ? events : taggedMembers(definitions.get("HookEvent") ?? {}, definitions);
}

function taggedMembers(union: JsonObject, definitions: ReadonlyMap<string, JsonObject>): ReadonlyMap<string, string> {
  const events = new Map<string, string>();
  for (const name of members(union).map(refName)) {
    if (name === undefined) continue;
    const tag = own(asObject(own(asObject(own(definitions.get(name), "properties")), TAG)), "const");
    if (typeof tag === "string") events.set(tag, name);
  }
  return events;
}
