/**
 * Says what a change of the schema asks of those who read payloads. Runs anywhere, needs nothing.
 *
 * @packageDocumentation
 */
import { type ChangeLevel, type Context, compareAnnotations, compareSchema } from "./compat/compare.ts";
import { isUnionOfEvents, readDocument, type SchemaDocument } from "./compat/document.ts";
import { type JsonObject, own, quoted, same } from "./compat/json.ts";

export type { ChangeLevel } from "./compat/compare.ts";

/** One difference between two schemas. */
export interface SchemaChange {
  /** `major`: a reader of the old schema may fail. `minor`: something new to use, or never sent again. `patch`: only words. */
  readonly level: ChangeLevel;
  /** Where: `ToolCallFinishedEvent.duration_ms`, an event's type, or "" for the whole document. `[]` is in an array, `{}` in a map. */
  readonly path: string;
  /** What changed there. */
  readonly reason: string;
}

/** What two schemas differ in. */
export interface SchemaComparison {
  /** The highest level among the changes. */
  readonly level: ChangeLevel | "none";
  /** Highest level first, then by path. A change of a field of every event is told once, for HookEventBase. */
  readonly changes: readonly SchemaChange[];
}

/** Levels from the most to the least that is asked of readers. */
export const CHANGE_LEVELS: readonly ChangeLevel[] = ["major", "minor", "patch"];

const BASE = "HookEventBase";

/**
 * Compares two versions of `hooks.schema.json` by what they mean. The order of keys, of definitions and of union members does not count.
 * Never throws: a document that is no hooks schema is one `major` change that says why.
 *
 * @param old the document that readers were written for, as parsed from JSON
 * @param now the document that describes what they are sent
 */
export function compareSchemas(old: unknown, now: unknown): SchemaComparison {
  const [before, next] = [readDocument(old), readDocument(now)];
  const said: SchemaChange[] = [];
  const say: Context["say"] = (level, path, reason) => said.push({ level, path, reason });
  if (typeof before === "string") say("major", "", `the old document is no hooks schema: ${before}`);
  if (typeof next === "string") say("major", "", `the new document is no hooks schema: ${next}`);
  if (typeof before !== "string" && typeof next !== "string") {
    compareDocuments({ old: before, now: next, say, seen: new Set() });
  }
  const changes = inOrder(once(said, typeof next === "string" ? [] : [...next.events.values()]));
  return { level: changes[0]?.level ?? "none", changes };
}

function compareDocuments(context: Context): void {
  const { old, now, say } = context;
  for (const key of ["$schema", "$id"]) {
    const [a, b] = [own(old.root, key), own(now.root, key)];
    if (!same(a, b)) say("major", "", `${key} was ${quoted(a)} and is ${quoted(b)} now`);
  }
  compareAnnotations("", old.root, now.root, say);
  compareEvents(context);
  compareOtherDefinitions(context);
}

/** An event that nobody knows is delivered and read as one, so a new one breaks nothing. */
function compareEvents(context: Context): void {
  const { old, now, say } = context;
  for (const [tag, name] of old.events) {
    const renamed = now.events.get(tag);
    if (renamed === undefined) {
      say("major", tag, "event removed");
      continue;
    }
    if (renamed !== name) say("major", tag, `its type ${name} is called ${renamed} now`);
    compareSchema(renamed, old.definitions.get(name), now.definitions.get(renamed), context);
  }
  for (const tag of now.events.keys()) if (!old.events.has(tag)) say("minor", tag, "event added");
}

function compareOtherDefinitions(context: Context): void {
  const { old, now, say } = context;
  for (const [name, before] of otherDefinitions(old)) {
    const next = now.definitions.get(name);
    if (next === undefined) say("major", name, "type removed");
    else if (isUnionOfEvents(before, old) && isUnionOfEvents(next, now)) compareAnnotations(name, before, next, say);
    else compareSchema(name, before, next, context);
  }
  for (const [name] of otherDefinitions(now)) if (!old.definitions.has(name)) say("minor", name, "type added");
}

function otherDefinitions({ definitions, events }: SchemaDocument): readonly (readonly [string, JsonObject])[] {
  const names = new Set(events.values());
  return [...definitions].filter(([name]) => !names.has(name));
}

/** Leaves out of the events what is said of the base already, and whatever is said twice. */
function once(changes: readonly SchemaChange[], events: readonly string[]): readonly SchemaChange[] {
  const key = ({ level, path, reason }: SchemaChange): string => `${level} ${path} ${reason}`;
  const distinct = new Map(changes.map((change) => [key(change), change]));
  return [...distinct.values()].filter((change) => {
    const [name = "", ...field] = change.path.split(".");
    if (!events.includes(name) || field.length === 0) return true;
    return !distinct.has(key({ ...change, path: [BASE, ...field].join(".") }));
  });
}

function inOrder(changes: readonly SchemaChange[]): readonly SchemaChange[] {
  const rank = ({ level }: SchemaChange): number => CHANGE_LEVELS.indexOf(level);
  return [...changes].sort(
    (a, b) => rank(a) - rank(b) || compareText(a.path, b.path) || compareText(a.reason, b.reason),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
