import {
  type EventModel,
  type FieldModel,
  inexpressible,
  type Model,
  type NameModel,
  type Render,
  type StructModel,
} from "@xcodex/hooks-codegen";
import { constantName, javadoc, javaFile, list, literal, WIDTH } from "./java.ts";
import { type JavaField, type JavaNames, javaNames } from "./names.ts";

const FOLDER = "src/generated/java/dev/xcodex/hooks";

/** The records, the sealed interface over them, the catalogue's tables and the known values as constants. */
export const render: Render = async (model, { quicktype, notice }) => {
  const names = await javaNames(model, quicktype);
  const files: [name: string, imports: readonly string[], body: string][] = [
    ["HookEvent", ["java.util.List", "java.util.Map"], hookEvent(model, names)],
    ["UnknownEvent", importsOf(model.base, ["Map"]), record(unknownEvent(model), model, names)],
    ...model.events.map((event): [string, readonly string[], string] => [
      event.name,
      importsOf(event.fields, ["Map"]),
      record(event, model, names),
    ]),
    ...[...model.structs, model.dropped].map((one): [string, readonly string[], string] => [
      one.name,
      importsOf(one.fields, ["Map"]),
      struct(one, names),
    ]),
    ["Catalogue", ["java.util.Map"], catalogue(model)],
    ["EventTypes", [], eventTypes(model)],
    ["ToolAliases", [], toolAliases(model)],
  ];
  return new Map(files.map(([name, imports, body]) => [`${FOLDER}/${name}.java`, javaFile(notice, imports, body)]));
};

/** The type of an event as the records know it: what is not in it is the same for all. */
type RecordModel = Pick<EventModel, "name" | "doc" | "fields" | "spelled" | "lifecycle"> & {
  readonly defaultName?: string;
};

function unknownEvent(model: Model): RecordModel {
  const doc =
    "An event outside the catalogue. Its type is its name as it was sent, its base fields are checked, everything else is in `extra`.";
  return { name: "UnknownEvent", doc, fields: model.base, spelled: model.spelled, lifecycle: [] };
}

function importsOf(fields: readonly FieldModel[], always: readonly string[]): readonly string[] {
  const used = new Set(always);
  for (const { kind } of fields) if (kind === "array" || kind === "strings") used.add("List");
  return [...used].sort().map((name) => `java.util.${name}`);
}

// The sealed interface

function hookEvent(model: Model, names: JavaNames): string {
  const permitted = [...model.events.map((event) => event.name), "UnknownEvent"];
  return `${javadoc(
    "An event as it was read: one of the catalogue, or an {@link UnknownEvent}. Which one it is, its class says.",
  )}
public sealed interface HookEvent
    permits ${permitted.join(",\n        ")} {

${model.base.map((field) => accessor(field, fieldOf(names, "HookEventBase", field))).join("\n\n")}

${READING}
}`;
}

function accessor(field: FieldModel, { name, type }: JavaField): string {
  return `${javadoc(field.doc, "  ", [["@return", meaning(field)]])}\n  ${type} ${name}();`;
}

/** What a reader adds to an event. */
const READING = [
  `${javadoc("What reading adds to the typed fields, all in one.", "  ", [["@return", "the four that follow"]])}
  Reading reading();`,
  added(
    "Map<String, Object> fields",
    "The typed fields under their names on the wire, as JSON values: those that are there, and what stands in for required ones. Where a field may have any value, only this tells JSON's null from a field that is not there.",
    "name → value; cannot be changed",
  ),
  added(
    "Map<String, Object> extra",
    "Fields that the catalogue does not describe for this event. Never a second copy of a typed field.",
    "name → value, untouched; cannot be changed",
  ),
  added(
    "Map<String, Object> raw",
    "The payload exactly as it was parsed, whatever its wire.",
    "key → value; cannot be changed",
  ),
  added("List<Problem> problems", "Fields that were wrong or missing.", "empty when all is well; cannot be changed"),
].join("\n\n");

function added(method: string, doc: string, returned: string): string {
  const name = method.slice(method.lastIndexOf(" ") + 1);
  return `${javadoc(doc, "  ", [["@return", returned]])}\n  default ${method}() {\n    return reading().${name}();\n  }`;
}

/** In a few words: the docs are in the sentence above it. */
function meaning({ required, kind }: FieldModel): string {
  if (required) return "never null";
  return kind === "any" ? "null when absent or JSON's null" : "null when absent";
}

// Records

function record(event: RecordModel, model: Model, names: JavaNames): string {
  const fields = event.fields.map((field) => ({ field, java: javaField(event, field, model, names) }));
  const components = [...fields.map(({ java }) => `${java.type} ${java.name}`), "Reading reading"];
  const values = [...fields.map(({ field }) => getterOf(field, "fields")), "reading"];
  const tags = fields.map(({ field, java }): [string, string] => [`@param ${java.name}`, documented(field)]);
  return `${javadoc(event.doc, "", [...tags, ["@param reading", "what reading adds: {@link #extra()} and the others"]])}
${list(`public record ${event.name}(`, components, ")", "")}
    implements HookEvent {
${facts(event, model)}

  static ${event.name} of(Reading reading) {
    Map<String, Object> fields = reading.fields();
${list(`return new ${event.name}(`, values, ");", "    ")}
  }

  /** Everything but {@link #raw()}, which says it all a second time. */
  @Override
  public String toString() {
    return "${event.name} " + reading;
  }
}`;
}

function documented(field: FieldModel): string {
  return field.required ? field.doc : `${field.doc.replace(/\.$/, "")}; ${meaning(field)}.`;
}

/** How a field of an event is written; one that every event has has to be what \`HookEvent\` promises. */
function javaField(event: RecordModel, field: FieldModel, model: Model, names: JavaNames): JavaField {
  const base = model.base.find(({ name }) => name === field.name);
  const promised = base && fieldOf(names, "HookEventBase", base);
  const own = event.defaultName === undefined ? promised : fieldOf(names, event.name, field);
  if (promised && own && (promised.type !== own.type || promised.name !== own.name))
    inexpressible(
      `${event.name}.${field.name}`,
      `it is a ${own.type} and that of every event a ${promised.type}`,
      "Use one type.",
    );
  return own ?? fieldOf(names, event.name, field);
}

function fieldOf(names: JavaNames, definition: string, field: FieldModel): JavaField {
  const found = names.get(definition)?.get(field.name);
  if (found && field.kind === "object" && field.struct !== undefined) return { ...found, type: field.struct };
  return found ?? inexpressible(`${definition}.${field.name}`, "quicktype has no name for it", "Rename the field.");
}

/** The expression that takes a field out of the JSON object; null when it is not there or of another type. */
function getterOf(field: FieldModel, object: string): string {
  const key = `${object}, ${literal(field.name)}`;
  switch (field.kind) {
    case "any":
      return `${object}.get(${literal(field.name)})`;
    case "object":
      return field.struct === undefined ? `Values.object(${key})` : `${field.struct}.of(Values.object(${key}))`;
    case "array":
      if (field.struct === undefined) return `Values.list(${key})`;
      return inexpressible(
        field.name,
        "lists of records are not written yet",
        "Teach codegen/render.ts to write them.",
      );
    case "boolean":
      return `Values.bool(${key})`;
    default:
      return `Values.${field.kind}(${key})`;
  }
}

/** What the reader has to know of an event, beside what it knows of every one. */
function facts(event: RecordModel, model: Model): string {
  const isUnknown = event.defaultName === undefined;
  const own = isUnknown
    ? event.fields
    : event.fields.filter((field) => !model.base.some(({ name }) => name === field.name));
  const spelled = isUnknown ? event.spelled : event.spelled.slice(model.spelled.length);
  const start = isUnknown ? "new Facts()" : `new Facts(${literal(event.defaultName ?? "")}, UnknownEvent.FACTS)`;
  const calls = [
    ...own.map(
      ({ name, kind, required }) =>
        `${required ? "required" : "optional"}(${literal(name)}, Field.Kind.${kind.toUpperCase()})`,
    ),
    ...spelled.flatMap(({ field, from }) => from.map((path) => `spelled(${[field, ...path].map(literal).join(", ")})`)),
    ...event.lifecycle.map(
      ({ key, path: [field, inside] }) =>
        `lifecycle(${[key, field].map(literal).join(", ")}, ${inside === undefined ? "null" : literal(inside)})`,
    ),
  ];
  return `  static final Facts FACTS =\n      ${start}${calls.map((call) => `\n          .${call}`).join("")};`;
}

// Objects inside events

function struct({ name, doc, fields }: StructModel, names: JavaNames): string {
  // What is inside is not checked, so anything may be missing.
  const optional = fields.map((field) => ({ ...field, required: false }));
  const typed = optional.map((field) => ({ field, java: boxed(fieldOf(names, name, field)) }));
  const components = [...typed.map(({ java }) => `${java.type} ${java.name}`), "Map<String, Object> raw"];
  const tags = typed.map(({ field, java }): [string, string] => [`@param ${java.name}`, documentedInside(field)]);
  const values = [...typed.map(({ field }) => getterOf(field, "raw")), "raw"];
  const about = `${doc} What is in it is not checked: a field that is not there, or not of its type, is null.`;
  return `${javadoc(about, "", [...tags, ["@param raw", "the whole object as it was sent"]])}
${list(`public record ${name}(`, components, ") {", "")}

  static ${name} of(Map<String, Object> raw) {
    if (raw == null) {
      return null;
    }
${list(`return new ${name}(`, values, ");", "    ")}
  }

  /** The object as it was sent. */
  @Override
  public String toString() {
    return "${name} " + Json.write(raw);
  }
}`;
}

function documentedInside({ doc, examples: [example] }: FieldModel): string {
  return example === undefined ? doc : `${doc.replace(/\.$/, "")}; for example \`${JSON.stringify(example)}\``;
}

const BOXED: Readonly<Record<string, string>> = { long: "Long", double: "Double", boolean: "Boolean" };

function boxed({ name, type }: JavaField): JavaField {
  return { name, type: BOXED[type] ?? type };
}

// The catalogue

function catalogue(model: Model): string {
  return `/** What the reader knows of all events together. */
final class Catalogue {
  static final long SCHEMA_VERSION = ${model.schemaVersion};

  /** Agents and the folders in the paths of their transcripts, in the order they are tried. */
  static final String[][] AGENTS = {
${model.agents.map(({ name, transcripts }) => `    {${literal(name)}, ${literal(transcripts)}}`).join(",\n")}
  };

  /**
   * A name under which an event is known.
   *
   * @param type the event's canonical type
   * @param isAlias whether it is one of the other names: it may say more than the event
   * @param agent the agent that it belongs to; null when several use it
   * @param implies fields that the name itself says
   */
  record Name(String type, boolean isAlias, String agent, Map<String, Object> implies) {}

  private Catalogue() {}

  /** The event with that name; null for a name outside the catalogue. */
  static Name name(String name) {
    return switch (name) {
${model.events.map((event) => nameCases(model.names.filter(({ type }) => type === event.type))).join("\n")}
      default -> null;
    };
  }

  private static Name plain(String type) {
    return new Name(type, false, null, Map.of());
  }

  private static Name alias(String type) {
    return new Name(type, true, null, Map.of());
  }

  /** What the reader knows of an event of that type; of an unknown one, what every event has. */
  static Facts facts(String type) {
    return switch (type) {
${model.events.map(({ type, name }) => `      case ${literal(type)} -> ${name}.FACTS;`).join("\n")}
      default -> UnknownEvent.FACTS;
    };
  }

  /** The event of that type. */
  static HookEvent event(String type, Reading reading) {
    return switch (type) {
${model.events.map(({ type, name }) => `      case ${literal(type)} -> ${name}.of(reading);`).join("\n")}
      default -> UnknownEvent.of(reading);
    };
  }

  /** The first Claude-style name of a tool; null when it has none. */
  static String toolAlias(String tool) {
    return switch (tool) {
${aliasCases(model)}
      default -> tool.startsWith("mcp__") ? "MCP" : null;
    };
  }
}`;
}

function nameCases(names: readonly NameModel[]): string {
  const says = (name: NameModel): string => {
    const implied = Object.entries(name.implies).flatMap(([field, value]) => [literal(field), JSON.stringify(value)]);
    if (name.agent === undefined && implied.length === 0)
      return `${name.alias ? "alias" : "plain"}(${literal(name.type)})`;
    return `new Name(${literal(name.type)}, true, ${name.agent === undefined ? "null" : literal(name.agent)}, Map.of(${implied.join(", ")}))`;
  };
  return cases(names.map((name) => [name.name, says(name)]));
}

function aliasCases(model: Model): string {
  return cases(Object.entries(model.toolAliases).map(([tool, [alias = ""]]) => [tool, literal(alias)]));
}

/** Cases of a switch, those of one value together. */
function cases(pairs: readonly (readonly [label: string, value: string])[]): string {
  const values = [...new Set(pairs.map(([, value]) => value))];
  return values
    .map((value) => {
      const labels = pairs.filter(([, other]) => other === value).map(([label]) => literal(label));
      return caseOf(labels, value);
    })
    .join("\n");
}

function caseOf(labels: readonly string[], value: string): string {
  const label = `      case ${labels.join(", ")} ->`;
  if (`${label} ${value};`.length <= WIDTH) return `${label} ${value};`;
  if (label.length <= WIDTH) return `${label}\n          ${value};`;
  return `      case ${labels.join(",\n          ")} ->\n          ${value};`;
}

// Known values

function eventTypes({ events }: Model): string {
  const constants = events.map(
    ({ type, summary }) =>
      `${javadoc(`Type of the event: ${summary}.`, "  ")}\n  public static final String ${constantName(type)} = ${literal(type)};`,
  );
  return constantsClass(
    "EventTypes",
    "Canonical types of the events of the catalogue, for comparing with `xcodexEventType()`.",
    constants,
  );
}

function toolAliases({ tools }: Model): string {
  const constants = tools.map(
    (tool) =>
      `${javadoc(`The tool that Claude Code calls \`${tool}\`.`, "  ")}\n  public static final String ${constantName(tool)} = ${literal(tool)};`,
  );
  return constantsClass("ToolAliases", "Known values of `toolAlias()`. More may appear.", constants);
}

function constantsClass(name: string, doc: string, constants: readonly string[]): string {
  return `${javadoc(doc)}
public final class ${name} {
${constants.join("\n\n")}

  private ${name}() {}
}`;
}
