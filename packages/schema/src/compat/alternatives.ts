import { asArray, asObject, asStrings, type JsonObject, own, same } from "./json.ts";

/** The types that JSON values have. */
export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

/** One of the things that a schema allows a value to be. */
export interface Alternative {
  readonly type: JsonType;
  /** The only values, or with `open` the known ones. Undefined when nothing is said about values. */
  readonly values: readonly unknown[] | undefined;
  /** Whether other values than these may come. */
  readonly open: boolean;
  /** The schema it was taken from, for what is inside. */
  readonly schema: JsonObject;
}

const TYPES: readonly string[] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/** Resolves a reference; gives other schemas back as they are. */
export type Resolve = (schema: unknown) => unknown;

/** How far unions within unions are followed. */
const MAX_NESTED = 8;

/**
 * Everything a schema allows, one entry per JSON type (objects: one per member of a union). Undefined when it allows anything.
 */
export function alternatives(schema: unknown, resolve: Resolve, nested = 0): readonly Alternative[] | undefined {
  if (schema === false) return [];
  const node = asObject(resolve(schema));
  if (!node || nested > MAX_NESTED) return undefined;
  const union = [...asArray(own(node, "oneOf")), ...asArray(own(node, "anyOf"))];
  if (union.length === 0) return plain(node);
  const parts = union.map((member) => alternatives(member, resolve, nested + 1));
  if (parts.some((part) => part === undefined)) return undefined;
  return merged(parts.flatMap((part) => part ?? []));
}

function plain(schema: JsonObject): readonly Alternative[] | undefined {
  const values = Object.hasOwn(schema, "const") ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
  const types = typesOf(schema, values);
  return types?.map((type) => ({
    type,
    values: values?.filter((value) => isOfType(value, type)),
    open: false,
    schema,
  }));
}

function typesOf(schema: JsonObject, values: readonly unknown[] | undefined): readonly JsonType[] | undefined {
  const type = own(schema, "type");
  const said = typeof type === "string" ? [type] : asStrings(type);
  const known = said.filter((name): name is JsonType => TYPES.includes(name));
  if (known.length > 0) return [...new Set(known)];
  if (values) return [...new Set(values.map(typeOf))];
  if (Object.hasOwn(schema, "properties") || Object.hasOwn(schema, "additionalProperties")) return ["object"];
  if (Object.hasOwn(schema, "items")) return ["array"];
  return undefined;
}

function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "string" || typeof value === "boolean" ? (typeof value as JsonType) : "object";
}

function isOfType(value: unknown, type: JsonType): boolean {
  const is = typeOf(value);
  return is === type || (is === "integer" && type === "number");
}

/** `"a" | "b" | string` is one string with two known values. Members that are objects stay apart. */
function merged(all: readonly Alternative[]): readonly Alternative[] {
  const byType = new Map<JsonType, Alternative>();
  const objects: Alternative[] = [];
  for (const next of all) {
    if (next.type === "object") {
      objects.push(next);
      continue;
    }
    const before = byType.get(next.type);
    byType.set(next.type, before ? joined(before, next) : next);
  }
  return [...byType.values(), ...objects];
}

function joined(a: Alternative, b: Alternative): Alternative {
  const isOpen = a.open || b.open || a.values === undefined || b.values === undefined;
  const values = [...(a.values ?? []), ...(b.values ?? [])];
  const distinct = values.filter((value, at) => values.findIndex((other) => same(value, other)) === at);
  return {
    type: a.type,
    values: distinct.length > 0 ? distinct : undefined,
    open: isOpen && distinct.length > 0,
    schema: a.values ? b.schema : a.schema,
  };
}
