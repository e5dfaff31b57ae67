import { InputData, JSONSchemaInput, quicktypeMultiFile, type TargetLanguage } from "quicktype-core";
import type { FieldModel, Model, StructModel } from "./model.ts";

/** How quicktype is to render one language. */
export interface QuicktypeOptions {
  /** A target language whose renderer is usually a subclass of quicktype's. */
  readonly lang: TargetLanguage;
  /** Options of that renderer. */
  readonly rendererOptions?: Readonly<Record<string, string | boolean>>;
  /** Name of the file; languages with one file per type take only its folder. */
  readonly outputFilename: string;
}

/** Everything that quicktype would guess at is switched off: the types are what the schema says. */
const NO_GUESSING = {
  inferEnums: false,
  inferDateTimes: false,
  inferUuids: false,
  inferIntegerStrings: false,
  inferBooleanStrings: false,
  inferMaps: false,
  combineClasses: false,
} as const;

/**
 * Runs quicktype over the model: one type per event, `HookEventBase` and `HostDroppedLine`. An object inside an event comes once per
 * use, under a name that quicktype makes up (`SessionStartEventAgent`): renderers take the names of structs from the model. Blanks
 * at line ends are cut, and every file ends with one line break.
 *
 * Each event is a top level of one document: of a union quicktype makes one class of all events (glideapps/quicktype 2213).
 *
 * @returns name of the file → text
 */
export async function quicktype(model: Model, options: QuicktypeOptions): Promise<Map<string, string>> {
  const input = new JSONSchemaInput(undefined);
  const tops = ["HookEventBase", ...model.events.map((event) => event.name), model.dropped.name];
  await input.addSource({
    name: "Hooks",
    uris: tops.map((name) => `hooks.json#/definitions/${name}`),
    schema: JSON.stringify(plainSchema(model)),
  });
  const inputData = new InputData();
  inputData.addInput(input);
  const { lang, outputFilename, rendererOptions = {} } = options;
  const files = await quicktypeMultiFile({ ...NO_GUESSING, inputData, lang, outputFilename, rendererOptions });
  return new Map([...files].map(([name, { lines }]) => [name, tidy(lines)]));
}

function tidy(lines: readonly string[]): string {
  return `${lines
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd()}\n`;
}

/** The model as the plainest schema that says it: no constants, formats, limits or unions, which quicktype would make types of. */
function plainSchema(model: Model): object {
  const base: StructModel = { name: "HookEventBase", doc: "The fields of every event.", fields: model.base };
  const definitions = [base, ...model.events, ...model.structs, model.dropped];
  return {
    $id: "hooks.json",
    $schema: "http://json-schema.org/draft-07/schema#",
    definitions: Object.fromEntries(definitions.map((definition) => [definition.name, objectSchema(definition)])),
  };
}

function objectSchema({ doc, fields }: Pick<StructModel, "doc" | "fields">): object {
  return {
    type: "object",
    description: doc,
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    required: fields.filter((field) => field.required).map((field) => field.name),
    // Not documented: without it quicktype sorts the fields by name.
    quicktypePropertyOrder: fields.map((field) => field.name),
  };
}

function fieldSchema({ kind, struct, doc }: FieldModel): object {
  const ref = { $ref: `#/definitions/${struct}` };
  switch (kind) {
    case "any":
      return { description: doc };
    case "strings":
      return { type: "array", items: { type: "string" }, description: doc };
    case "array":
      return { type: "array", items: struct === undefined ? {} : ref, description: doc };
    case "object":
      return struct === undefined
        ? { type: "object", additionalProperties: {}, description: doc }
        : { ...ref, description: doc };
    default:
      return { type: kind, description: doc };
  }
}
