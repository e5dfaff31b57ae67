/**
 * From the model to `src/generated`: a struct per event and per object inside them, their union, and what the runtime has to know
 * about names. What can be a name in Rust is for quicktype to say; the shape is ours.
 */
import { type FieldModel, inexpressible, type Model, type Render, type StructModel } from "@xcodex/hooks-codegen";
import {
  type ClassType,
  getOptionValues,
  type RenderContext,
  RustRenderer,
  RustTargetLanguage,
  rustOptions,
} from "quicktype-core";
import { catalogue } from "./catalogue.ts";
import { code, docLines, RAW_IDENTIFIERS, UNUSABLE_IDENTIFIERS, variantOf } from "./rust.ts";

/** What is generated from the model, by files of `src/generated`. */
export const render: Render = async (model, { quicktype, notice }) => {
  const files = await quicktype(model, { lang: new HooksTarget(model, notice), outputFilename: "events.rs" });
  const [events = ""] = files.values();
  return new Map([
    ["src/generated/mod.rs", MOD.replace("NOTICE", notice)],
    ["src/generated/events.rs", events],
    ["src/generated/catalogue.rs", catalogue(model, notice)],
  ]);
};

const MOD = `// NOTICE

pub(crate) mod catalogue;
mod events;

pub use catalogue::{event_type, tool_alias};
pub use events::*;
`;

class HooksTarget extends RustTargetLanguage {
  private readonly model: Model;
  private readonly notice: string;

  constructor(model: Model, notice: string) {
    super();
    this.model = model;
    this.notice = notice;
  }

  protected override makeRenderer(context: RenderContext, values: Record<string, unknown>): RustRenderer {
    return new HooksRenderer(this, context, getOptionValues(rustOptions, values), this.model, this.notice);
  }
}

type RustOptions = ConstructorParameters<typeof RustRenderer>[2];

class HooksRenderer extends RustRenderer {
  private readonly model: Model;
  private readonly notice: string;

  constructor(target: RustTargetLanguage, context: RenderContext, options: RustOptions, model: Model, notice: string) {
    super(target, context, options);
    this.model = model;
    this.notice = notice;
  }

  /** `type` stays `type`: Rust can write it as `r#type`, and nobody has to learn another name. */
  protected override forbiddenForObjectProperties(): { names: string[]; includeGlobalForbidden: boolean } {
    return { names: [], includeGlobalForbidden: false };
  }

  protected override emitSourceStructure(): void {
    const classes = this.classesByFields();
    const emit = (struct: StructModel, linesOf: (fields: readonly RustField[]) => readonly string[]): void => {
      mustBeTypeName(struct.name);
      const type = classes.get(keyOf(struct.fields.map(({ name }) => name)));
      if (!type) inexpressible(struct.name, "quicktype has no class with its fields", "Mend packages/codegen.");
      this.emitLines(linesOf(this.fieldsOf(type, struct)));
    };
    this.emitLines(head(this.notice));
    emit({ name: "HookEventBase", doc: BASE_DOC, fields: this.model.base }, baseStruct);
    this.emitLines(union(this.model));
    for (const event of this.model.events) emit(event, (fields) => eventStruct(event, fields, this.model));
    for (const object of [...this.model.structs, this.model.dropped]) {
      emit(object, (fields) => objectStruct(object, fields));
    }
  }

  private emitLines(lines: readonly string[]): void {
    for (const line of lines) this.emitLine(line);
    this.ensureBlankLine();
  }

  /** quicktype has a class of its own for every field that is an object: what they are called here is for the model to say. */
  private classesByFields(): ReadonlyMap<string, ClassType> {
    const classes = new Map<string, ClassType>();
    const add = (type: ClassType): void => {
      const names: string[] = [];
      this.forEachClassProperty(type, "none", (_, json) => void names.push(json));
      classes.set(keyOf(names), type);
    };
    this.forEachNamedType("none", add, nothing, nothing);
    return classes;
  }

  /** The fields of a struct with the names that they have in Rust: those on the wire, or none. */
  private fieldsOf(type: ClassType, struct: StructModel): readonly RustField[] {
    const named = new Map<string, string>();
    this.forEachClassProperty(type, "none", (name, json) => void named.set(json, this.sourcelikeToString(name)));
    return struct.fields.map((field) => {
      const path = `${struct.name}.${field.name}`;
      if (named.get(field.name) !== field.name || UNUSABLE_IDENTIFIERS.has(field.name)) {
        inexpressible(path, "it is no name of a field in Rust, or two fields get it", "Rename the field.");
      }
      const ident = RAW_IDENTIFIERS.has(field.name) ? `r#${field.name}` : field.name;
      return { ...field, ident, type: typeOf(path, field) };
    });
  }
}

function nothing(): void {}

function keyOf(names: readonly string[]): string {
  return [...names].sort().join();
}

/** What the generated file and its macros call by their names without a path. */
const TAKEN_TYPES: readonly string[] = [
  ...["HookEvent", "UnknownEvent", "Problem", "ProblemCode", "HookInputError", "InputCode", "HookResult", "Options"],
  ...["JsonObject", "Value", "Option", "Some", "None", "Result", "Ok", "Err", "String", "Vec", "Self"],
];

function mustBeTypeName(name: string): void {
  if (/^[A-Z][A-Za-z0-9]*$/.test(name) && !TAKEN_TYPES.includes(name)) return;
  inexpressible(name, "it is no name of a type in Rust, or a taken one", "Rename the type.");
}

/** A field as it stands in a struct. */
interface RustField extends FieldModel {
  readonly ident: string;
  readonly type: string;
}

function head(notice: string): readonly string[] {
  return [
    `// ${notice}`,
    "",
    "use serde_json::Value;",
    "",
    "use crate::event::{Problem, UnknownEvent};",
    "use crate::json::JsonObject;",
  ];
}

const BASE_DOC = "The fields of every event, and what reading adds to them.";

const DERIVES = "#[derive(Debug, Clone, PartialEq)]";

function baseStruct(fields: readonly RustField[]): readonly string[] {
  return [
    ...docLines(BASE_DOC),
    DERIVES,
    ...struct("HookEventBase", [
      ...fields.flatMap(fieldLines),
      ...docLines("Fields that the catalogue does not describe for this event, values untouched.", 1),
      code(1, "pub extra: JsonObject,"),
      ...docLines("The payload as it was parsed, whatever its spelling.", 1),
      code(1, "pub raw: JsonObject,"),
      ...docLines("Fields that were wrong or missing; empty when all is well.", 1),
      code(1, "pub problems: Vec<Problem>,"),
    ]),
    "",
    ...fieldList("base", "HookEventBase", fields),
  ];
}

function eventStruct(
  event: StructModel & { type: string },
  all: readonly RustField[],
  model: Model,
): readonly string[] {
  const base = new Map(model.base.map((field) => [field.name, field]));
  for (const field of all) mustFitBase(`${event.name}.${field.name}`, field, base.get(field.name));
  const fields = all.filter(({ name }) => !base.has(name));
  return [
    ...docLines(`${event.doc}\n\nIts type is \`${event.type}\`.`),
    DERIVES,
    ...struct(event.name, [
      ...fields.flatMap(fieldLines),
      ...docLines("The fields of every event. They can be read without it: `event.cwd`.", 1),
      code(1, "pub base: HookEventBase,"),
    ]),
    "",
    ...fieldList("event", event.name, fields),
  ];
}

/** Base fields are one struct for all events. */
function mustFitBase(path: string, own: FieldModel, base: FieldModel | undefined): void {
  if (own.name === "base") inexpressible(path, "the base fields are under that name", "Rename the field.");
  if (!base || (base.kind === own.kind && base.struct === own.struct && base.required === own.required)) return;
  inexpressible(path, "it is of another type than the field of every event", "Give it that type or another name.");
}

function objectStruct(object: StructModel, fields: readonly RustField[]): readonly string[] {
  if (fields.some(({ name }) => name === "raw"))
    inexpressible(`${object.name}.raw`, "readers use that name", "Rename it.");
  return [
    ...docLines(`${object.doc}\n\nWhat is in it is not checked: a field of another type is empty here.`),
    DERIVES.replace("Debug", "Debug, Default"),
    ...struct(object.name, [
      ...fields.flatMap(fieldLines),
      ...docLines("The object as it was sent.", 1),
      code(1, "pub raw: JsonObject,"),
    ]),
    "",
    ...fieldList("object", object.name, fields),
  ];
}

/** New fields may come with every version: nobody but the readers makes one of these. */
function struct(name: string, body: readonly string[]): readonly string[] {
  return ["#[non_exhaustive]", `pub struct ${name} {`, ...body, "}"];
}

function fieldLines(field: RustField): readonly string[] {
  return [...docLines(field.doc, 1), code(1, `pub ${field.ident}: ${field.type},`)];
}

/** How it is made of fields, and written: by a macro of `src/event.rs`. */
function fieldList(macro: string, name: string, fields: readonly RustField[]): readonly string[] {
  return [`${macro}! {`, code(1, `${name} {`), ...fields.map(({ ident }) => code(2, `${ident},`)), code(1, "}"), "}"];
}

function union(model: Model): readonly string[] {
  const variants = model.events.map((event) => [variantOf(event), event.name] as const);
  const all = [...variants, ["Unknown", "UnknownEvent"] as const];
  return [
    ...docLines(UNION_DOC),
    "// Made once per event and handed on by reference: there is nothing to gain from boxes.",
    "#[allow(clippy::large_enum_variant)]",
    DERIVES,
    "pub enum HookEvent {",
    ...model.events.flatMap((event) => [
      ...docLines(`\`${event.type}\`: ${event.summary}.`, 1),
      code(1, `${variantOf(event)}(${event.name}),`),
    ]),
    ...docLines("An event outside the catalogue.", 1),
    code(1, "Unknown(UnknownEvent),"),
    "}",
    "",
    "events! {",
    code(1, "HookEvent {"),
    ...all.map(([variant, name]) => code(2, `${variant}(${name}),`)),
    code(1, "}"),
    "}",
  ];
}

const UNION_DOC = `What every reader returns: one of the events of the catalogue, or an unknown one.

The fields of every event can be read without knowing which it is: \`event.cwd\`. Serialized it is the typed fields under our \
names, those that are there.`;

function typeOf(path: string, field: FieldModel): string {
  const type = typeWhenThere(path, field);
  return field.required ? type : `Option<${type}>`;
}

function typeWhenThere(path: string, { kind, struct }: FieldModel): string {
  switch (kind) {
    case "string":
      return "String";
    case "integer":
      return "i64";
    case "number":
      return "f64";
    case "boolean":
      return "bool";
    case "object":
      return struct ?? "JsonObject";
    case "array":
      // Nothing inside an array is checked, so there would be items that are none.
      return struct === undefined ? "Vec<Value>" : inexpressible(path, "its items have a type", "Use `unknown[]`.");
    case "strings":
      return "Vec<String>";
    case "any":
      return "Value";
  }
}
