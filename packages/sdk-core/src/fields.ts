import type { FieldSpec, FieldType } from "@xcodex/hooks-schema";
import { describe, isObject } from "./json.ts";

interface TypeRules {
  /** For messages. */
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
  /** What stands in for a required field that is not there. A new one each time, so that nobody shares it. */
  readonly empty: () => unknown;
}

/**
 * The types a field can have. Objects and arrays are checked one level deep: what is inside an object is as it was sent.
 * Integers are those that a double holds exactly, whether they are spelled `1` or `1.0`.
 */
const TYPES: Readonly<Record<FieldType, TypeRules>> = {
  string: { name: "a string", fits: (value) => typeof value === "string", empty: () => "" },
  integer: { name: "an integer", fits: Number.isSafeInteger, empty: () => 0 },
  number: { name: "a number", fits: Number.isFinite, empty: () => 0 },
  boolean: { name: "a boolean", fits: (value) => typeof value === "boolean", empty: () => false },
  object: { name: "an object", fits: isObject, empty: () => ({}) },
  array: { name: "an array", fits: Array.isArray, empty: () => [] },
  strings: {
    name: "an array of strings",
    fits: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
    empty: () => [],
  },
  any: { name: "anything", fits: () => true, empty: () => null },
};

/** Whether a field is there at all. `null` is how some agents say "absent"; only where anything may stand it is a value. */
export function isThere(value: unknown, spec: FieldSpec): boolean {
  return value !== undefined && (value !== null || spec.type === "any");
}

/** Whether a value has the type of its field. */
export function fits(value: unknown, spec: FieldSpec): boolean {
  return TYPES[spec.type].fits(value);
}

/** The empty value of a field's type: `""`, `0`, `false`, `[]`, `{}` or `null`. */
export function emptyOf(spec: FieldSpec): unknown {
  return TYPES[spec.type].empty();
}

/** What is wrong with a value of the wrong type. */
export function wrongType(field: string, spec: FieldSpec, value: unknown): string {
  return `Cannot use field "${field}": it should be ${TYPES[spec.type].name} and is ${describe(value)}. Look in \`raw\` for all of it.`;
}

/** What is wrong with a required field that is not there. */
export function missing(field: string, standIn: unknown): string {
  return `Cannot find field "${field}": the payload does not have it. ${JSON.stringify(standIn)} stands in for it.`;
}
