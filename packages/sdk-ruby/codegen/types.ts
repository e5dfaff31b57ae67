import type { FieldKind, FieldModel } from "@xcodex/hooks-codegen";
import { comment } from "./ruby.ts";

/** A class of the generated file. */
export interface RubyType {
  readonly name: string;
  readonly parent: string;
  readonly doc: string;
  /** The fields that it does not inherit. */
  readonly fields: readonly FieldModel[];
  /** Whether its required fields are always there. Not inside objects: nothing in them is checked. */
  readonly filled: boolean;
}

interface TypeNames {
  readonly yard: string;
  readonly rbs: string;
}

const TYPES: Readonly<Record<FieldKind, TypeNames>> = {
  string: { yard: "String", rbs: "String" },
  integer: { yard: "Integer", rbs: "Integer" },
  number: { yard: "Integer, Float", rbs: "(Integer | Float)" },
  boolean: { yard: "Boolean", rbs: "bool" },
  object: { yard: "Hash{String => Object}", rbs: "json_object" },
  array: { yard: "Array", rbs: "Array[json]" },
  strings: { yard: "Array<String>", rbs: "Array[String]" },
  any: { yard: "Object", rbs: "json" },
};

/** The type of a field as YARD writes it. */
export function yardType(field: FieldModel, ruby: RubyType): string {
  const type = structOf(field) ?? TYPES[field.kind].yard;
  return isAlways(field, ruby) ? type : `${type}, nil`;
}

/** The same for RBS. `json` includes nil. */
function rbsType(field: FieldModel, ruby: RubyType): string {
  const type = structOf(field) ?? TYPES[field.kind].rbs;
  return isAlways(field, ruby) || field.kind === "any" ? type : `${type}?`;
}

function structOf({ kind, struct }: FieldModel): string | undefined {
  return kind === "object" ? struct : undefined;
}

function isAlways(field: FieldModel, { filled }: RubyType): boolean {
  return filled && field.required;
}

/** The RBS signatures of the generated file. */
export function signatures(classes: readonly RubyType[], tools: readonly string[], notice: string): string {
  const parts = [...classes.map(signature), constants(tools), TABLES];
  const body = parts.map((part) => part.replaceAll(/^(?=.)/gm, "  ")).join("\n\n");
  return `${comment(notice)}\n\nmodule XcodexHooks\n${body}\nend\n`;
}

function signature(ruby: RubyType): string {
  const { name, parent, doc, fields } = ruby;
  const known = parent === "Event" ? ["  TYPE: String", "  DEFAULT_NAME: String"] : [];
  const readers = fields.map((field) => `  attr_reader ${field.name}: ${rbsType(field, ruby)}`);
  return [comment(doc), `class ${name} < ${parent}`, ...known, ...readers, "end"].join("\n");
}

function constants(tools: readonly string[]): string {
  return ["module Tool", ...tools.map((name) => `  ${name}: String`), "end"].join("\n");
}

const TABLES = `EVENTS: Hash[String, singleton(Event)]
NAMES: Hash[String, String]
ALIASES: Array[String]
AGENT_NAMES: Hash[String, String]
IMPLIED: Hash[String, json_object]
TOOL_ALIASES: Hash[String, String]
TRANSCRIPTS: Hash[String, String]`;
