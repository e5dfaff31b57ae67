import { type FieldType, fieldType } from "../../schema/generator/field-table.ts";
import type { HooksSchema } from "../../schema/generator/hooks-schema.ts";
import type { Json, SchemaNode } from "../../schema/generator/json.ts";
import { inexpressible } from "./errors.ts";

/** What a reader checks a value for (conformance/PROTOCOL.md, section 3). */
export type FieldKind = FieldType;

/** A field of an event, or of an object inside one. */
export interface FieldModel {
  /** Name on the wire, in snake_case. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Of `object`: the struct that describes it; absent when its keys are free. Of `array`: that of its items. */
  readonly struct?: string;
  /** Whether it is always there. */
  readonly required: boolean;
  /** One or more sentences. Known values stand in it, between backticks. */
  readonly doc: string;
  readonly examples: readonly Json[];
}

/** An object inside events that has a name: `TokenUsage`. What is in it is not checked by readers. */
export interface StructModel {
  /** Name of its definition in the schema. */
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly FieldModel[];
}

/** One event of the catalogue. */
export interface EventModel {
  /** Canonical type: `tool-call-started`. */
  readonly type: string;
  /** Name of its definition in the schema: `ToolCallStartedEvent`. */
  readonly name: string;
  readonly doc: string;
  /** One line for lists. */
  readonly summary: string;
  /** `hook_event_name` when the payload says none. */
  readonly defaultName: string;
  readonly gate: boolean;
  /** All its fields: those of every event first, in their order, then its own. An own field of a base field's name is in its place. */
  readonly fields: readonly FieldModel[];
  /** How others spell its fields: our name → their dotted paths, those of every event included, in the order they are tried. */
  readonly spelled: readonly Spelling[];
  /** Keys of the `lifecycle` wire that are not a field's name in camelCase, and where their values belong, in the order they are tried. */
  readonly lifecycle: readonly LifecycleKey[];
}

/** A key of the `lifecycle` wire: `command`. */
export interface LifecycleKey {
  readonly key: string;
  /** The field whose value it is, and the key in that field's object when it is only a part of it: `tool_input`, `command`. */
  readonly path: readonly [field: string, inside?: string];
}

/** Other spellings of one field. */
export interface Spelling {
  readonly field: string;
  /** Paths through objects, each a list of keys. */
  readonly from: readonly (readonly string[])[];
}

/** A name under which an event is known: canonical type, snake key, Claude-style name or other name. */
export interface NameModel {
  readonly name: string;
  /** Canonical type of its event. */
  readonly type: string;
  /** Whether it is one of the *other names* of PROTOCOL.md, section 3: it may say more than the event. */
  readonly alias: boolean;
  /** The agent that it belongs to; absent when several use it. */
  readonly agent?: string;
  /** Fields that the name itself says: field → value. */
  readonly implies: Readonly<Record<string, Json>>;
}

/** Everything that a language's files are generated from. Facts of events and of the wire; nothing of any language. */
export interface Model {
  readonly schemaVersion: number;
  /** The published schema, for renderers that want more than this model. */
  readonly schema: HooksSchema;
  /** The fields of every event, of unknown ones too. */
  readonly base: readonly FieldModel[];
  /** In the order of a session's life. */
  readonly events: readonly EventModel[];
  /** Objects inside events, by name, those that others use first. */
  readonly structs: readonly StructModel[];
  /** The line that tells a host what it did not get: `HostDroppedLine`. */
  readonly dropped: StructModel;
  /** Every name of every event. */
  readonly names: readonly NameModel[];
  /** Spellings of the fields of every event; all that an unknown event has. */
  readonly spelled: readonly Spelling[];
  /** The agent's own tool id → its Claude-style names, the first of which is the `tool_alias`. */
  readonly toolAliases: Readonly<Record<string, readonly string[]>>;
  /** The Claude-style names themselves, sorted: known values of `tool_alias`. */
  readonly tools: readonly string[];
  /** Agents by the folder that is in the path of their transcripts, in the order they are tried. */
  readonly agents: readonly { readonly name: string; readonly transcripts: string }[];
}

/** The part of `catalogue.json` that is read here. */
interface CatalogueFile {
  readonly schema_version: number;
  readonly base_fields: Readonly<Record<string, CatalogueField>>;
  readonly spelled_base: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly CatalogueEvent[];
  readonly tool_aliases: Readonly<Record<string, readonly string[]>>;
  readonly agents: Model["agents"];
}
interface CatalogueField {
  readonly type: FieldKind;
  readonly required: boolean;
}
interface CatalogueEvent {
  readonly type: string;
  readonly definition: string;
  readonly summary: string;
  readonly snake: string;
  readonly claude: string | null;
  readonly default_name: string;
  readonly aliases: readonly { name: string; agent?: string; implies?: Record<string, Json> }[];
  readonly gate: boolean;
  readonly spelled: Readonly<Record<string, readonly string[]>>;
  readonly lifecycle: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, CatalogueField>>;
}

/** Names that a reader adds to an event: no field may have them. */
const OF_THE_READER: readonly string[] = ["extra", "raw", "problems"];

/** The name that a reader adds to an object inside an event. */
const OF_OBJECTS = "raw";

/**
 * The model of a schema and its catalogue. Pure.
 *
 * @throws CodegenError `inexpressible`, or GenerateError, with the path of what no language could say
 */
export function modelOf(schema: HooksSchema, catalogueFile: unknown): Model {
  const catalogue = catalogueFile as CatalogueFile;
  const base = fieldsOf("HookEventBase", catalogue.base_fields, schema);
  const spelled = spellings(catalogue.spelled_base);
  const events = catalogue.events.map((event) => eventModel(event, catalogue, schema));
  const all = [...base, ...events.flatMap((event) => event.fields)];
  return {
    schemaVersion: catalogue.schema_version,
    schema,
    base,
    events,
    structs: structsOf(all, schema),
    dropped: structModel("HostDroppedLine", schema),
    names: catalogue.events.flatMap(namesOf),
    spelled,
    toolAliases: catalogue.tool_aliases,
    tools: [...new Set(Object.values(catalogue.tool_aliases).flat())].sort(),
    agents: catalogue.agents,
  };
}

function eventModel(event: CatalogueEvent, catalogue: CatalogueFile, schema: HooksSchema): EventModel {
  return {
    type: event.type,
    name: event.definition,
    doc: docOf(event.definition, schema.definitions[event.definition]),
    summary: event.summary,
    defaultName: event.default_name,
    gate: event.gate,
    fields: fieldsOf(event.definition, { ...catalogue.base_fields, ...event.fields }, schema),
    spelled: spellings({ ...catalogue.spelled_base, ...event.spelled }),
    lifecycle: Object.entries(event.lifecycle).map(([key, path]) => lifecycleKey(event.definition, key, path)),
  };
}

function namesOf(event: CatalogueEvent): NameModel[] {
  const plain = [...new Set([event.type, event.snake, event.claude])].filter((name) => name !== null);
  return [
    ...plain.map((name): NameModel => ({ name, type: event.type, alias: false, implies: {} })),
    ...event.aliases.map(
      ({ name, agent, implies = {} }): NameModel => ({
        ...{ name, type: event.type, alias: true, implies },
        ...(agent === undefined ? {} : { agent }),
      }),
    ),
  ];
}

function spellings(spelled: Readonly<Record<string, readonly string[]>>): Spelling[] {
  return Object.entries(spelled).map(([field, paths]) => ({ field, from: paths.map((path) => path.split(".")) }));
}

function lifecycleKey(definition: string, key: string, path: string): LifecycleKey {
  const [field = "", inside, deeper] = path.split(".");
  if (deeper !== undefined)
    inexpressible(`${definition}.${path}`, "readers put values one object deep at most", "Take a shorter path.");
  return { key, path: inside === undefined ? [field] : [field, inside] };
}

function fieldsOf(
  definition: string,
  fields: Readonly<Record<string, CatalogueField>>,
  schema: HooksSchema,
): FieldModel[] {
  return Object.entries(fields).map(([name, { type, required }]) => {
    const path = `${definition}.${name}`;
    if (OF_THE_READER.includes(name)) inexpressible(path, "readers use that name themselves", "Rename the field.");
    const node = schema.definitions[definition]?.properties?.[name];
    return fieldModel(path, name, node, type, required);
  });
}

function fieldModel(
  path: string,
  name: string,
  node: SchemaNode | undefined,
  kind: FieldKind,
  required: boolean,
): FieldModel {
  const struct = refOf(node) ?? refOf(node?.items);
  return {
    ...{ name, kind, required, doc: docOf(path, node), examples: node?.examples ?? [] },
    ...(struct === undefined ? {} : { struct }),
  };
}

function refOf(node: SchemaNode | undefined): string | undefined {
  return node?.$ref?.replace("#/definitions/", "");
}

function docOf(path: string, node: SchemaNode | undefined): string {
  return node?.description ?? inexpressible(path, "it has no description", "Say in a doc comment what it is.");
}

function structsOf(fields: readonly FieldModel[], schema: HooksSchema): StructModel[] {
  const found = new Map<string, StructModel>();
  const visit = ({ struct }: FieldModel, within: readonly string[]): void => {
    if (struct === undefined || found.has(struct)) return;
    if (within.includes(struct))
      inexpressible(struct, `it holds itself (${[...within, struct].join(" → ")})`, "Use `unknown` inside.");
    const model = structModel(struct, schema);
    for (const field of model.fields) visit(field, [...within, struct]);
    found.set(struct, model);
  };
  for (const field of fields) visit(field, []);
  return [...found.values()];
}

function structModel(name: string, schema: HooksSchema): StructModel {
  const node = schema.definitions[name];
  const { properties = {}, required = [] } = node ?? {};
  const fields = Object.entries(properties).map(([field, value]) => {
    const path = `${name}.${field}`;
    if (field === OF_OBJECTS) inexpressible(path, "readers use that name themselves", "Rename the field.");
    return fieldModel(path, field, value, kindOf(path, value), required.includes(field));
  });
  return { name, doc: docOf(name, node), fields };
}

/** The kind of a field inside an object. A union of scalars is anything: no two languages agree on unions. */
function kindOf(path: string, node: SchemaNode): FieldKind {
  return Array.isArray(node.type) ? "any" : fieldType(path, node);
}
