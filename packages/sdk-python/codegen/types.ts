import { type EventModel, type FieldModel, inexpressible, type Model, type StructModel } from "@xcodex/hooks-codegen";
import { BASE, OUTSIDE, TAG, typeOf } from "./names.ts";
import { block, classOf, documented, field, indented, literal } from "./python.ts";

/** A class per event, for programs and type checkers: `types.py`. */
export function typesModule(model: Model, notice: string): string {
  const { events, structs, dropped } = model;
  const names = [...[...structs, dropped].map(({ name }) => name), BASE, ...events.map(({ name }) => name), ...OTHERS];
  const parts = [
    `${head(notice)}\n${forCheckers(model)}`,
    baseClass(model),
    ...events.map((event) => eventClass(event, model)),
    unknownClass(model),
    `${tables(model)}\n\n${unions(events)}\n\n__all__ = ${block("[", names.map(literal), "]")}`,
  ];
  return `${parts.join("\n\n\n")}\n`;
}

/** What else can be imported. */
const OTHERS = ["UnknownEvent", "KnownEvent", "HookEvent", "HookEventType", "EVENT_TYPES", "TOOL_ALIASES"];

function head(notice: string): string {
  return `"""A class per event, and what can be in them.

${notice}"""

from __future__ import annotations

from .. import Event

TYPE_CHECKING = False`;
}

/** Objects inside events are plain dicts; only checkers see more. So nothing has to import typing, which takes long. */
function forCheckers({ structs, dropped, events }: Model): string {
  const objects = [...structs.map((struct) => typedDict(struct, ", total=False")), typedDict(dropped, "")];
  const imports = "from typing import Any, Literal, TypedDict, Union";
  const eventType = documented(
    `HookEventType = ${block(
      "Literal[",
      events.map(({ type }) => literal(type)),
      "]",
    )}`,
    "Canonical type of an event of the catalogue.",
    4,
  );
  const names = [...structs, dropped].map(({ name }) => name);
  return `if TYPE_CHECKING:
${indented([imports, ...objects, eventType].join("\n\n"))}
else:
    HookEventType = str
    ${names.join(" = ")} = dict`;
}

function typedDict({ name, doc, fields }: StructModel, total: string): string {
  const body = fields.map((one) => field(one.name, typeOf(one, "absent"), one.doc, 8)).join("\n");
  return classOf(`${name}(TypedDict${total})`, doc, [body], 8);
}

function baseClass({ base }: Model): string {
  const fields = base.filter(({ name }) => name !== TAG).map(attribute);
  return classOf(`${BASE}(Event)`, "The fields of every event.", [fields.join("\n")]);
}

function attribute(one: FieldModel): string {
  return field(one.name, typeOf(one), one.doc);
}

function eventClass(event: EventModel, { base }: Model): string {
  const own = event.fields.filter((one) => !isInherited(event, one, base)).map(attribute);
  const literalType = `Literal[${literal(event.type)}]`;
  return classOf(`${event.name}(${BASE})`, event.doc, [[tags(literalType, base), ...own].join("\n")]);
}

/** Whether a field is one of every event. One that is different could not be said: a subclass may not change types. */
function isInherited(event: EventModel, one: FieldModel, base: readonly FieldModel[]): boolean {
  const same = base.find(({ name }) => name === one.name);
  if (!same || typeOf(same) === typeOf(one)) return same !== undefined;
  return inexpressible(`${event.name}.${one.name}`, "it is not of the type that it has in every event", "Rename it.");
}

function tags(type: string, base: readonly FieldModel[]): string {
  const doc = base.find(({ name }) => name === TAG)?.doc ?? "";
  return `type: ${type}\n${field(TAG, type, doc)}`;
}

function unknownClass({ base }: Model): string {
  const doc =
    "An event outside the catalogue: what is not a field of every event is in `extra`. Its type is the name as it was sent; what checkers are told instead equals no other type, so that comparing types narrows.";
  return classOf(`UnknownEvent(${BASE})`, doc, [tags(OUTSIDE, base)]);
}

function tables({ events, tools }: Model): string {
  const classes = block(
    "{",
    events.map(({ type, name }) => `${literal(type)}: ${name}`),
    "}",
  );
  const types = block(
    "(",
    events.map(({ type }) => literal(type)),
    ")",
  );
  const aliases = block("(", tools.map(literal), ")");
  return [
    documented(`EVENT_CLASSES: dict[str, type[${BASE}]] = ${classes}`, "Canonical type → its class."),
    documented(
      `EVENT_TYPES: tuple[HookEventType, ...] = ${types}`,
      "The canonical types, in the order of a session's life.",
    ),
    documented(
      `TOOL_ALIASES: tuple[str, ...] = ${aliases}`,
      "The Claude-style names of tools: known values of `tool_alias`.",
    ),
  ].join("\n\n");
}

function unions(events: readonly EventModel[]): string {
  const classes = block(
    "Union[",
    events.map(({ name }) => name),
    "]",
  );
  const known = documented(`KnownEvent = ${classes}`, "An event of the catalogue.", 4);
  const all = documented(
    "HookEvent = Union[KnownEvent, UnknownEvent]",
    "What every reader returns: told apart by `type`, or by its class.",
    4,
  );
  return `if TYPE_CHECKING:\n${indented(`${known}\n${all}`)}\nelse:\n    KnownEvent = HookEvent = ${BASE}`;
}
