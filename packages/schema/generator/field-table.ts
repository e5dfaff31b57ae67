import { isDeepStrictEqual } from "node:util";
import { TAG } from "./check-definitions.ts";
import type { HooksSchema } from "./hooks-schema.ts";
import { GENERATED, type SchemaNode } from "./json.ts";
import { refuse } from "./refuse.ts";

/** What a reader checks a value for. The same words as in the generated file. */
export type FieldType = "string" | "integer" | "number" | "boolean" | "object" | "array" | "strings" | "any";

/** One field as readers know it. */
export interface FieldSpec {
  readonly type: FieldType;
  readonly required?: true;
}

/** Fields by name. */
export type Fields = Readonly<Record<string, FieldSpec>>;

/** Fields of every event and of each, by canonical type. */
export interface FieldTable {
  readonly base: Fields;
  readonly events: Readonly<Record<string, Fields>>;
}

/** Name of an event's definition, by canonical type, in the order of the catalogue. */
export function eventDefinitions(schema: HooksSchema): ReadonlyMap<string, string> {
  const names = (schema.oneOf ?? []).map((ref) => ref.$ref?.replace("#/definitions/", "") ?? "");
  return new Map(names.map((name) => [schema.definitions[name]?.properties?.[TAG]?.const as string, name]));
}

/** The fields of a schema. An event's own are those that the base has not, or has otherwise. */
export function fieldTable(schema: HooksSchema): FieldTable {
  const base = fieldsOf("HookEventBase", schema);
  const events = [...eventDefinitions(schema)].map(([type, name]) => {
    const own = Object.entries(fieldsOf(name, schema)).filter(([field, spec]) => {
      return field !== TAG && !isDeepStrictEqual(base[field], spec);
    });
    return [type, Object.fromEntries(own)] as const;
  });
  return { base, events: Object.fromEntries(events) };
}

function fieldsOf(name: string, schema: HooksSchema): Fields {
  const { properties = {}, required = [] } = schema.definitions[name] ?? {};
  const fields = Object.entries(properties).map(([field, node]): [string, FieldSpec] => {
    const type = fieldType(`${name}.${field}`, node);
    return [field, required.includes(field) ? { type, required: true } : { type }];
  });
  return Object.fromEntries(fields);
}

/** What readers check a field for. Refuses what they have no word for. */
export function fieldType(path: string, node: SchemaNode): FieldType {
  if (node.$ref !== undefined) return "object";
  switch (node.type) {
    case undefined:
      return "any";
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "object":
      return node.type;
    case "array":
      return node.items?.type === "string" ? "strings" : "array";
    default:
      return refuse(path, `no reader has a type for ${JSON.stringify(node.type)}`, "Use one type, or `unknown`.");
  }
}

/** The table as TypeScript. */
export function fieldTableText({ base, events }: FieldTable): string {
  const tables = Object.entries(events).map(([type, fields]) => `  "${type}": ${record(fields, "  ")},`);
  return `// ${GENERATED}

/**
 * What a reader checks a value for. \`strings\` is an array of strings, \`array\` one of anything, \`object\` any object that is not
 * an array, \`any\` every value.
 */
export type FieldType = "string" | "integer" | "number" | "boolean" | "object" | "array" | "strings" | "any";

/** One field as readers know it. */
export interface FieldSpec {
  readonly type: FieldType;
  /** There for a field that is always sent. */
  readonly required?: true;
}

/** The fields of every event. */
export const BASE_FIELDS: Readonly<Record<string, FieldSpec>> = ${record(base, "")};

/** The fields that an event has beside those, by canonical type. */
export const EVENT_FIELDS: Readonly<Record<string, Readonly<Record<string, FieldSpec>>>> = {
${tables.join("\n")}
};
`;
}

function record(fields: Fields, indent: string): string {
  const lines = Object.entries(fields).map(([name, { type, required }]) => {
    return `${indent}  ${name}: { type: "${type}"${required ? ", required: true" : ""} },`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
