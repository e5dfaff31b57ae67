import { type EventModel, inexpressible, type Model, type NameModel, type Spelling } from "@xcodex/hooks-codegen";
import { code, constantOf, docLines, list, literal } from "./rust.ts";

/** The text of `catalogue.rs`: what the runtime has to know about names, and constants for values that are known. */
export function catalogue(model: Model, notice: string): string {
  const parts = [
    [`// ${notice}`],
    ["use super::events::*;", "use crate::event::{alias, plain, EventFacts, Found};", "use crate::to_event::build;"],
    [...docLines("The version of the payload schema that this crate was made for."), schemaVersion(model)],
    [...docLines("How others spell the fields of every event: our name, the path to theirs."), spelledBase(model)],
    [...docLines("An agent and a folder that the path of its transcripts goes through."), agents(model)],
    ...model.events.map((event) => [facts(event, model)]),
    [...docLines("Every name of every event."), ...match("find_event(name: &str) -> Option<Found>", found(model))],
    [
      ...docLines("The agent that a name of an event belongs to."),
      ...match(OPTIONAL_TEXT("agent_of"), agentsOf(model)),
    ],
    [...docLines("What a name of an event says beside the event: field and value as JSON."), ...implied(model)],
    [...docLines("The first Claude-style name of a tool."), ...match(OPTIONAL_TEXT("tool_alias_of"), aliases(model))],
    constants("event_type", "Canonical types of the events of the catalogue.", typeConstants(model)),
    constants("tool_alias", "Claude-style names of tools: known values of `tool_alias`.", aliasConstants(model)),
  ];
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

const OPTIONAL_TEXT = (name: string): string => `${name}(name: &str) -> Option<&'static str>`;

function schemaVersion(model: Model): string {
  return `pub(crate) const SCHEMA_VERSION: i64 = ${model.schemaVersion};`;
}

/** Our name and the path to theirs: one pair for every path. */
function pairs(spelled: readonly Spelling[]): readonly string[] {
  return spelled.flatMap(({ field, from }) =>
    from.map((path) => list("(", [literal(field), literal(path.join("."))], ")", 1)),
  );
}

function spelledBase(model: Model): string {
  return `pub(crate) static SPELLED: &[(&str, &str)] = ${list("&[", pairs(model.spelled), "]", 0)};`;
}

function agents(model: Model): string {
  const items = model.agents.map(({ name, transcripts }) => list("(", [literal(name), literal(transcripts)], ")", 1));
  return `pub(crate) static AGENTS: &[(&str, &str)] = ${list("&[", items, "]", 0)};`;
}

function facts(event: EventModel, model: Model): string {
  const isPlain = JSON.stringify(event.spelled) === JSON.stringify(model.spelled);
  return [
    `static ${constantOf(event.type)}: EventFacts = EventFacts {`,
    code(1, `event_type: event_type::${constantOf(event.type)},`),
    code(1, `default_name: ${literal(event.defaultName)},`),
    code(1, `spelled: ${isPlain ? "SPELLED" : list("&[", pairs(event.spelled), "]", 1)},`),
    code(1, `fields: ${event.name}::FIELDS,`),
    code(1, `lifecycle: ${list("&[", lifecycleKeys(event), "]", 1)},`),
    code(1, `build: build::<${event.name}>,`),
    "};",
  ].join("\n");
}

/** A key of the lifecycle wire, and the path at which its value belongs. */
function lifecycleKeys({ lifecycle }: EventModel): readonly string[] {
  return lifecycle.map(({ key, path }) => list("(", [literal(key), literal(path.join("."))], ")", 2));
}

/** A function that is one `match` over names: name → what it is. */
function match(signature: string, arms: readonly (readonly [string, string])[], none = "None"): readonly string[] {
  return [
    `pub(crate) fn ${signature} {`,
    code(1, "match name {"),
    ...arms.map(([name, is]) => code(2, `${literal(name)} => ${is},`)),
    code(2, `_ => ${none},`),
    code(1, "}"),
    "}",
  ];
}

function found(model: Model): readonly (readonly [string, string])[] {
  return model.names.map(({ name, type, alias }) => [name, `${alias ? "alias" : "plain"}(&${constantOf(type)})`]);
}

function agentsOf(model: Model): readonly (readonly [string, string])[] {
  return model.names.flatMap(({ name, agent }) =>
    agent === undefined ? [] : [[name, `Some(${literal(agent)})`] as const],
  );
}

function implied(model: Model): readonly string[] {
  const says = model.names.filter(({ implies }) => Object.keys(implies).length > 0);
  const signature = "implied_by(name: &str) -> &'static [(&'static str, &'static str)]";
  return match(
    signature,
    says.map(({ name, implies }): readonly [string, string] => [name, list("&[", impliedPairs(implies), "]", 2)]),
    "&[]",
  );
}

function impliedPairs(implies: NameModel["implies"]): readonly string[] {
  return Object.entries(implies).map(([field, value]) =>
    list("(", [literal(field), literal(JSON.stringify(value))], ")", 3),
  );
}

function aliases(model: Model): readonly (readonly [string, string])[] {
  return Object.entries(model.toolAliases).flatMap(([tool, [first]]) =>
    first === undefined ? [] : [[tool, `Some(tool_alias::${constantOf(first)})`] as const],
  );
}

interface Constant {
  readonly value: string;
  readonly doc: string;
}

function typeConstants(model: Model): readonly Constant[] {
  return model.events.map((event) => ({ value: event.type, doc: `\`${event.type}\`: ${event.summary}.` }));
}

function aliasConstants(model: Model): readonly Constant[] {
  return model.tools.map((tool) => ({ value: tool, doc: `The tool that Claude Code calls \`${tool}\`.` }));
}

function constants(module: string, doc: string, all: readonly Constant[]): readonly string[] {
  const names = all.map(({ value }) => constantOf(value));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) inexpressible(`${module}.${twice}`, "two constants get this name", "Rename one of the values.");
  return [
    ...docLines(doc),
    `pub mod ${module} {`,
    ...all.flatMap(({ value, doc: says }, at) => [
      ...docLines(says, 1),
      code(1, `pub const ${names[at]}: &str = ${literal(value)};`),
    ]),
    "}",
  ];
}
