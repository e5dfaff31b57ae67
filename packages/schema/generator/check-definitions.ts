import { isDeepStrictEqual } from "node:util";
import { SCHEMA_KEYS, type SchemaNode } from "./json.ts";
import { refuse } from "./refuse.ts";

const SCALARS: readonly string[] = ["string", "integer", "number", "boolean"];

/** The field that events are told apart by. Every event has it, so it needs no sentence of its own. */
export const TAG = "xcodex_event_type";

/** Refuses definitions that some language could not say and fields that nobody could understand. */
export function checkDefinitions(definitions: Readonly<Record<string, SchemaNode>>): void {
  for (const [name, node] of Object.entries(definitions)) {
    checkName(name);
    if (!node.description?.trim()) refuse(name, "it has no description", "Say in a doc comment what it is.");
    if (node.oneOf) continue;
    if (node.type !== "object" || !node.properties) refuse(name, "it is not an object", "Make it an interface.");
    for (const [field, value] of Object.entries(node.properties))
      checkField(`${name}.${field}`, field, value, definitions);
  }
}

function checkName(name: string): void {
  if (/_\d+$/.test(name)) refuse(name, "two types have this name", "Rename one of them.");
  if (/^[A-Z][A-Za-z0-9]*$/.test(name)) return;
  refuse(name, "its name is not one word in PascalCase", "Name the type; write maps as `{ [key: string]: string }`.");
}

type Definitions = Readonly<Record<string, SchemaNode>>;

function checkField(path: string, field: string, node: SchemaNode, definitions: Definitions): void {
  if (!/^[a-z][a-z0-9_]*$/.test(field)) refuse(path, "its name is not in snake_case", "Rename it.");
  if (!node.description?.trim())
    refuse(path, "it has no description", "Say in a doc comment what it is, in which unit.");
  checkType(path, node, definitions);
  const exempt = node.$ref !== undefined || field === TAG;
  if (exempt) return;
  if (!node.examples) refuse(path, "it has no example", "Add `@examples [...]` to its doc comment.");
  if (!Array.isArray(node.examples) || node.examples.length === 0) {
    refuse(path, "its examples are not an array", "Write `@examples [...]`, each example as JSON.");
  }
}

function checkType(path: string, node: SchemaNode, definitions: Definitions): void {
  const unknown = Object.keys(node).find((key) => !(SCHEMA_KEYS as readonly string[]).includes(key));
  if (unknown)
    refuse(path, `it needs the keyword "${unknown}"`, "Use a plain type, and name the known values in its sentence.");
  if (node.anyOf || node.oneOf || node.properties) {
    refuse(
      path,
      "its type has no name",
      "Make it an interface; say a union as one object, and null as an absent field.",
    );
  }
  if (node.const !== undefined && typeof node.const !== "string")
    refuse(path, "its constant is no string", "Use a string.");
  if (node.$ref !== undefined) checkRef(path, node.$ref, definitions);
  else if (Array.isArray(node.type)) checkUnion(path, node.type);
  else checkContainer(path, node, definitions);
}

function checkRef(path: string, ref: string, definitions: Definitions): void {
  const name = ref.replace("#/definitions/", "");
  if (!definitions[name]) refuse(path, `it points to "${ref}", which is not there`, "Export the type.");
}

function checkUnion(path: string, types: readonly string[]): void {
  const odd = types.find((type) => type !== "null" && !SCALARS.includes(type));
  if (odd) refuse(path, `it is a union with "${odd}"`, "Use scalars only, or `unknown`.");
}

function checkContainer(path: string, node: SchemaNode, definitions: Definitions): void {
  if (node.type === "array") {
    if (!node.items || isDeepStrictEqual(node.items, {}))
      refuse(path, "its items have no type", "Say what is in the array.");
    checkType(`${path}[]`, node.items, definitions);
  } else if (node.type === "object") {
    if (typeof node.additionalProperties !== "object")
      refuse(path, "nothing is said about its keys", "Use an interface or `{ [key: string]: T }`.");
    checkType(`${path}{}`, node.additionalProperties, definitions);
  } else if (node.type !== undefined && !SCALARS.includes(node.type as string)) {
    refuse(path, `its type is "${node.type}"`, "Use a type that every language has.");
  }
}
