import type { EventModel, FieldModel, Model, Render, Spelling, StructModel } from "@xcodex/hooks-codegen";
import { inexpressible } from "@xcodex/hooks-codegen";
import { checkNames } from "./names.ts";
import { block, comment, constantName, hash, json, key, list, symbols, text, words } from "./ruby.ts";
import { type RubyType, signatures, yardType } from "./types.ts";

/** The events, the objects inside them and the tables of the runtime, in one file, and the RBS signatures of the classes. */
export const render: Render = async (model, tools) => {
  await checkNames(model, tools.quicktype);
  const classes = [
    ...[...model.structs, model.dropped].map(structClass),
    baseClass(model),
    ...model.events.map((event) => eventClass(event, model)),
  ];
  return new Map([
    ["lib/xcodex_hooks_events.rb", rubyFile(classes, model, tools.notice)],
    ["sig/xcodex_hooks_events.rbs", signatures(classes, Object.keys(toolNames(model)), tools.notice)],
  ]);
};

/** A class with everything that stands in it. */
interface RubyClass extends RubyType {
  /** Lines before the readers. */
  readonly constants: readonly string[];
  /** What the runtime knows about the fields. */
  readonly tables: readonly string[];
}

function structClass({ name, doc, fields }: StructModel): RubyClass {
  return {
    name,
    parent: "Record",
    doc,
    fields,
    filled: false,
    constants: [],
    tables: [table("FIELDS", types(fields))],
  };
}

function baseClass({ base, spelled }: Model): RubyClass {
  const tables = [
    table("FIELDS", types(base)),
    `REQUIRED = ${symbols(required(base))}.freeze`,
    table("SPELLED", paths(spelled)),
    "LIFECYCLE = {}.freeze",
  ];
  const doc = "What every event has; one outside the catalogue has nothing else.";
  return { name: "Event", parent: "Record", doc, fields: base, filled: true, constants: [], tables };
}

function eventClass(event: EventModel, model: Model): RubyClass {
  const fields = event.fields.filter((field) => !isOneOf(model.base, field));
  const spelled = event.spelled.filter((spelling) => !isOneOf(model.spelled, spelling));
  return {
    ...{ name: event.name, parent: "Event", doc: event.doc, fields, filled: true },
    constants: [
      `# Its canonical type.`,
      `TYPE = ${text(event.type)}`,
      "# Its `hook_event_name` when the payload says none.",
      `DEFAULT_NAME = ${text(event.defaultName)}`,
    ],
    tables: [
      ...(fields.length > 0 ? [merged("FIELDS", types(fields))] : []),
      ...requiredToo(event, fields, model),
      ...(spelled.length > 0 ? [merged("SPELLED", paths(spelled))] : []),
      ...(event.lifecycle.length > 0 ? [table("LIFECYCLE", lifecycleKeys(event))] : []),
    ],
  };
}

/** Whether every event has it in just this way, so that it is inherited. */
function isOneOf<T extends object>(inherited: readonly T[], own: T): boolean {
  return inherited.some((one) => JSON.stringify(one) === JSON.stringify(own));
}

function requiredToo(event: EventModel, fields: readonly FieldModel[], { base }: Model): string[] {
  const always = required(base);
  for (const { name, required } of fields) {
    if (required || !always.includes(name)) continue;
    inexpressible(`${event.name}.${name}`, "it is required of every event and not of this one", "Require it here too.");
  }
  const more = required(fields).filter((name) => !always.includes(name));
  return more.length > 0 ? [`REQUIRED = [*Event::REQUIRED, ${more.map((name) => `:${name}`).join(", ")}].freeze`] : [];
}

function required(fields: readonly FieldModel[]): string[] {
  return fields.filter((field) => field.required).map((field) => field.name);
}

function types(fields: readonly FieldModel[]): string[] {
  return fields.map(({ name, kind, struct }) => `${key(name)} ${kind === "object" && struct ? struct : `:${kind}`}`);
}

function paths(spelled: readonly Spelling[]): string[] {
  return spelled.map(({ field, from }) => `${key(field)} [${from.map(words).join(", ")}]`);
}

function lifecycleKeys({ lifecycle }: EventModel): string[] {
  return lifecycle.map(({ key, path }) => `${text(key)} => ${words(path.filter((part) => part !== undefined))}`);
}

function table(name: string, entries: readonly string[]): string {
  return `${name} = ${hash(entries)}.freeze`;
}

function merged(name: string, entries: readonly string[]): string {
  return `${name} = Event::${name}.merge(${block(entries)}).freeze`;
}

function rubyFile(classes: readonly RubyClass[], model: Model, notice: string): string {
  const parts = [RECORD, ...classes.map(classText), toolsText(model), tablesText(model)];
  const body = parts.map(indented).join("\n\n");
  return `# frozen_string_literal: true\n\n${comment(notice)}\n\nmodule XcodexHooks\n${body}\nend\n`;
}

/** What it can do stands in the runtime. */
const RECORD = "# Named fields that were read from a JSON object.\nclass Record; end";

function classText(ruby: RubyClass): string {
  const readers = ruby.fields.map(
    (field) => `${comment(`@return [${yardType(field, ruby)}] ${field.doc}`)}\nattr_reader :${field.name}`,
  );
  const body = [ruby.constants.join("\n"), ...readers, ...ruby.tables].filter((part) => part !== "").join("\n\n");
  return `${comment(ruby.doc)}\nclass ${ruby.name} < ${ruby.parent}\n${indented(body)}\nend`;
}

function indented(lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, "  ");
}

function toolsText(model: Model): string {
  const constants = Object.entries(toolNames(model)).map(([name, tool]) => `${name} = ${text(tool)}`);
  const doc = comment("The Claude-style names of tools: known values of `tool_alias`.");
  return `${doc}\nmodule Tool\n${indented(constants.join("\n"))}\nend`;
}

/** Name of the constant → name of the tool. */
function toolNames({ tools }: Model): Record<string, string> {
  const names: Record<string, string> = {};
  for (const tool of tools) {
    const name = constantName(tool);
    if (name in names) inexpressible(tool, `it and ${names[name]} are both ${name} in Ruby`, "Rename one.");
    names[name] = tool;
  }
  return names;
}

/** Of nothing but strings: Ruby makes such a hash in one step, and every hook waits for it. */
function tablesText(model: Model): string {
  const tables: readonly [doc: string, code: string][] = [
    ["Every event of the catalogue, by its canonical type.", table("EVENTS", byType(model))],
    ["Every name under which an event is known, and its canonical type.", table("NAMES", byName(model))],
    ["Those of the names that may say more than the event.", `ALIASES = ${list(aliases(model))}.freeze`],
    ["The names that only one agent uses, and which.", table("AGENT_NAMES", agentNames(model))],
    ["Fields that a name implies.", table("IMPLIED", implied(model))],
    ["The `tool_alias` of a tool, by the agent's own id of it.", table("TOOL_ALIASES", toolAliases(model))],
    ["Agents, and the folder through which the path of their transcripts goes.", table("TRANSCRIPTS", agents(model))],
  ];
  return tables.map(([doc, code]) => `${comment(doc)}\n${code}`).join("\n\n");
}

function byType({ events }: Model): string[] {
  return events.map(({ type, name }) => `${text(type)} => ${name}`);
}

function byName({ names }: Model): string[] {
  return names.map(({ name, type }) => `${text(name)} => ${text(type)}`);
}

function aliases({ names }: Model): string[] {
  return names.filter(({ alias }) => alias).map(({ name }) => name);
}

function agentNames({ names }: Model): string[] {
  return names.flatMap(({ name, agent }) => (agent === undefined ? [] : [`${text(name)} => ${text(agent)}`]));
}

function implied({ names }: Model): string[] {
  return names
    .filter(({ implies }) => Object.keys(implies).length > 0)
    .map(({ name, implies }) => `${text(name)} => ${json(implies)}`);
}

/** The first alias: the others are for matchers. */
function toolAliases(model: Model): string[] {
  return Object.entries(model.toolAliases).map(([tool, [alias = ""]]) => `${text(tool)} => ${text(alias)}`);
}

function agents(model: Model): string[] {
  return model.agents.map(({ name, transcripts }) => `${text(name)} => ${text(transcripts)}`);
}
