import { type Alternative, alternatives, type Resolve } from "./alternatives.ts";
import { refName, type SchemaDocument } from "./document.ts";
import { asObject, asStrings, type JsonObject, MAX_DEPTH, own, quoted, same } from "./json.ts";

/** How much a change asks of those who read payloads. */
export type ChangeLevel = "patch" | "minor" | "major";

/** Takes down one change. */
export type Say = (level: ChangeLevel, path: string, reason: string) => void;

/** What a comparison of two documents needs at every place. */
export interface Context {
  readonly old: SchemaDocument;
  readonly now: SchemaDocument;
  readonly say: Say;
  /** Pairs of definitions with different names that were compared already: once is enough, and recursive types end here. */
  readonly seen: Set<string>;
}

/** Keywords that only people and tools read. */
const ANNOTATIONS = [
  "title",
  "description",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
  "discriminator",
];

/** Keywords that are compared by what they mean. Every other one that differs is a change nobody here can judge. */
const UNDERSTOOD: readonly string[] = [
  ...ANNOTATIONS,
  ...["$id", "$schema", "$comment", "$ref", "$defs", "definitions", "type", "const", "enum", "oneOf", "anyOf"],
  ...["format", "minimum", "items", "properties", "required", "additionalProperties"],
];

/**
 * Compares what two schemas allow, for a reader that was written for the old one and is sent what the new one describes: whatever may
 * come now and could not come before is `major`, whatever comes no more is `minor`.
 */
export function compareSchema(path: string, a: unknown, b: unknown, context: Context, depth = 0): void {
  const { say } = context;
  if (same(a, b) && refName(a) === undefined) return;
  if (depth > MAX_DEPTH) {
    say("major", path, "is nested too deeply to be compared");
    return;
  }
  compareAnnotations(path, asObject(a), asObject(b), say);
  const [from, to] = [refName(a), refName(b)];
  if (from !== undefined && to !== undefined) {
    if (from === to || context.seen.has(`${from} ${to}`)) return;
    context.seen.add(`${from} ${to}`);
  }
  const resolveOld = resolver(context.old);
  const resolveNow = resolver(context.now);
  compareUnknownKeywords(path, asObject(resolveOld(a)), asObject(resolveNow(b)), say);
  compareAlternatives(path, alternatives(a, resolveOld), alternatives(b, resolveNow), context, depth);
}

function resolver(document: SchemaDocument): Resolve {
  return (schema) => {
    let at = schema;
    for (let hops = 0; hops < MAX_DEPTH; hops++) {
      const name = refName(at);
      if (name === undefined) return at;
      at = document.definitions.get(name);
    }
    return undefined;
  };
}

/** Sentences and examples: worth a release, and nothing breaks. */
export function compareAnnotations(path: string, a: JsonObject | undefined, b: JsonObject | undefined, say: Say): void {
  for (const key of ANNOTATIONS) {
    if (same(own(a, key), own(b, key))) continue;
    say("patch", path, key === "examples" ? "other examples" : `another ${key}`);
  }
}

function compareUnknownKeywords(path: string, a: JsonObject | undefined, b: JsonObject | undefined, say: Say): void {
  for (const key of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
    if (UNDERSTOOD.includes(key) || same(own(a, key), own(b, key))) continue;
    if (key.startsWith("x-")) say("patch", path, `another ${key}`);
    else say("major", path, `"${key}" changed, and what that means for readers cannot be judged`);
  }
}

type Alternatives = readonly Alternative[] | undefined;

function compareAlternatives(path: string, a: Alternatives, b: Alternatives, context: Context, depth: number): void {
  const { say } = context;
  if (a === undefined && b === undefined) return;
  if (a === undefined) {
    say("minor", path, `was anything and is always ${listed(b)} now`);
    return;
  }
  if (b === undefined) {
    say("major", path, `was ${listed(a)} and may be anything now`);
    return;
  }
  const pairs = b.map((next) => ({ next, before: a.find((each) => matches(each, next)) ?? onlyObject(next, a, b) }));
  if (a.length > 0 && pairs.every(({ before }) => before === undefined)) {
    say("major", path, `was ${listed(a)} and is ${listed(b)} now`);
    return;
  }
  for (const { next, before } of pairs) {
    if (before) compareAlternative(path, before, next, context, depth);
    else say("major", path, `may be ${listed([next])} now`);
  }
  for (const gone of a.filter((each) => !pairs.some(({ before }) => before === each))) {
    say("minor", path, `is never ${listed([gone])} now`);
  }
}

function listed(all: Alternatives): string {
  if (!all || all.length === 0) return "nothing";
  return [...new Set(all.map(({ type }) => type))].sort().join(" or ");
}

/** Whether one alternative is what became of another. An integer is a number; objects with constants are told apart by them. */
function matches(before: Alternative, next: Alternative): boolean {
  if (before.type === "number" && next.type === "integer") return true;
  return before.type === next.type && (before.type !== "object" || same(constants(before), constants(next)));
}

/** Where both sides have one object, the one became the other whatever its constants say. */
function onlyObject(next: Alternative, a: readonly Alternative[], b: readonly Alternative[]): Alternative | undefined {
  const objects = a.filter(({ type }) => type === "object");
  const isOnly = next.type === "object" && b.filter(({ type }) => type === "object").length === 1;
  return isOnly && objects.length === 1 ? objects[0] : undefined;
}

function constants({ schema }: Alternative): unknown {
  const fields = Object.entries(asObject(own(schema, "properties")) ?? {});
  return fields
    .filter(([, field]) => own(asObject(field), "const") !== undefined)
    .map(([name, field]) => [name, own(asObject(field), "const")])
    .sort();
}

function compareAlternative(path: string, a: Alternative, b: Alternative, context: Context, depth: number): void {
  const { say } = context;
  if (a.type !== b.type) say("minor", path, `is always ${b.type} now, no longer any ${a.type}`);
  compareValues(path, a, b, say);
  compareFormat(path, own(a.schema, "format"), own(b.schema, "format"), say);
  compareMinimum(path, own(a.schema, "minimum"), own(b.schema, "minimum"), say);
  if (b.type === "array") compareInner(`${path}[]`, own(a.schema, "items"), own(b.schema, "items"), context, depth);
  if (b.type === "object") compareObjects(path, a.schema, b.schema, context, depth + 1);
}

/** Absent means that anything may be inside. */
function compareInner(path: string, a: unknown, b: unknown, context: Context, depth: number): void {
  compareSchema(path, a ?? true, b ?? true, context, depth + 1);
}

function compareValues(path: string, a: Alternative, b: Alternative, say: Say): void {
  if (a.values === undefined && b.values === undefined) return;
  if (a.values !== undefined && !a.open && (b.values === undefined || b.open)) {
    say("major", path, "was one of a closed set and may have any value now");
    return;
  }
  if ((a.values === undefined || a.open) && b.values !== undefined && !b.open)
    say("minor", path, "is one of a closed set now");
  const before = a.values ?? [];
  const next = b.values ?? [];
  for (const value of next.filter((each) => !before.some((other) => same(each, other)))) {
    const isClosed = a.values !== undefined && !a.open;
    say(
      isClosed ? "major" : "minor",
      path,
      isClosed ? `may be ${quoted(value)} now, outside the old closed set` : `knows the value ${quoted(value)}`,
    );
  }
  for (const value of before.filter((each) => !next.some((other) => same(each, other)))) {
    say("minor", path, `is never ${quoted(value)} now`);
  }
}

function compareFormat(path: string, a: unknown, b: unknown, say: Say): void {
  if (same(a, b)) return;
  if (a === undefined) say("minor", path, `always has the format ${quoted(b)} now`);
  else
    say(
      "major",
      path,
      b === undefined ? `need not have the format ${quoted(a)} now` : `has the format ${quoted(b)}, not ${quoted(a)}`,
    );
}

function compareMinimum(path: string, a: unknown, b: unknown, say: Say): void {
  if (same(a, b)) return;
  const isNarrower = a === undefined || (typeof a === "number" && typeof b === "number" && b > a);
  say(isNarrower ? "minor" : "major", path, `the least value is ${b === undefined ? "not limited" : quoted(b)} now`);
}

function compareObjects(path: string, a: JsonObject, b: JsonObject, context: Context, depth: number): void {
  const before = asObject(own(a, "properties")) ?? {};
  const next = asObject(own(b, "properties")) ?? {};
  const wasRequired = asStrings(own(a, "required"));
  const isRequired = asStrings(own(b, "required"));
  for (const name of Object.keys(before)) {
    const at = `${path}.${name}`;
    const [was, is] = [wasRequired.includes(name), isRequired.includes(name)];
    if (!Object.hasOwn(next, name)) {
      context.say(was ? "major" : "minor", at, was ? "required field removed" : "optional field removed");
      continue;
    }
    if (was && !is) context.say("major", at, "required field became optional");
    if (!was && is) context.say("minor", at, "optional field is always there now");
    compareSchema(at, own(before, name), own(next, name), context, depth);
  }
  for (const name of Object.keys(next).filter((each) => !Object.hasOwn(before, each))) {
    context.say(
      "minor",
      `${path}.${name}`,
      isRequired.includes(name) ? "field added, always there" : "optional field added",
    );
  }
  compareOtherKeys(path, own(a, "additionalProperties"), own(b, "additionalProperties"), context, depth);
}

function compareOtherKeys(path: string, a: unknown, b: unknown, context: Context, depth: number): void {
  if (same(a ?? true, b ?? true)) return;
  if (a === false) {
    context.say("major", path, "may have fields beyond the described ones now");
    return;
  }
  if (b === false) {
    context.say("minor", path, "has no fields beyond the described ones now");
    return;
  }
  compareInner(`${path}{}`, a, b, context, depth);
}
