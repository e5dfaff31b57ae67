import type { EventModel, FieldModel, Model, StructModel } from "@xcodex/hooks-codegen";
import { BASE, OUTSIDE, TAG, typeOf } from "./names.ts";
import { block, classOf, documented, field, literal } from "./python.ts";

/** The events as frozen dataclasses: `models.py`. Every field is given, so none has a default. */
export function modelsModule(model: Model, notice: string): string {
  const { events, structs } = model;
  const names = [
    ...structs.map(({ name }) => name),
    BASE,
    ...events.map(({ name }) => name),
    "UnknownEvent",
    "HookModel",
  ];
  const parts = [
    head(notice),
    ...readers(structs),
    ...structs.map(structClass),
    baseClass(model),
    ...events.map((event) => eventClass(event, model)),
    dataclass(`UnknownEvent(${BASE})`, "An event outside the catalogue. Its type is the name as it was sent.", [
      tags(OUTSIDE),
    ]),
    unions(events),
    MODEL_OF,
    `__all__ = ${block("[", [...names, "model_of"].map(literal), "]")}`,
  ];
  return `${parts.join("\n\n\n")}\n`;
}

function head(notice: string): string {
  return `"""The events as frozen dataclasses, with everything in them typed. \`as_model(event)\` makes one of an event.

${notice}"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass as _dataclass
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Literal, Union

if TYPE_CHECKING:
    from .. import Problem
    from . import types`;
}

/** The functions with which objects are read, as far as any field needs them. */
function readers(structs: readonly StructModel[]): string[] {
  const needed = structs.flatMap(({ fields }) => fields.map(readerOf));
  return Object.entries(READERS).flatMap(([name, code]) => (needed.includes(name) ? [code] : []));
}

const READERS: Readonly<Record<string, string>> = {
  _string: `def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None`,
  _boolean: `def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None`,
  _number: `def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and abs(value) < 2**1024 - 2**970 else None`,
  _integer: `def _integer(value: Any) -> int | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and abs(value) < 2**53 and value == int(value) else None`,
  _strings: `def _strings(value: Any) -> list[str] | None:
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None`,
  _array: `def _array(value: Any) -> list[Any] | None:
    return value if isinstance(value, list) else None`,
  _object: `def _object(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None`,
};

/** Name of the function that reads a field; of an object with a name that is a method of its class. */
function readerOf({ kind, struct }: FieldModel): string {
  if (kind === "any") return "";
  return struct === undefined || kind === "array" ? `_${kind}` : `${struct}.of`;
}

/** Objects in arrays stay dicts. */
function modelType(one: FieldModel): string {
  const { struct, ...plain } = one;
  return typeOf(one.kind === "array" ? plain : one);
}

function call(reader: string, value: string): string {
  return reader === "" ? value : `${reader}(${value})`;
}

function dataclass(head: string, doc: string, body: readonly string[]): string {
  return `@_dataclass(frozen=True)\n${classOf(head, doc, body)}`;
}

/** Nothing inside an object is checked when an event is read: what is not of its type is None here, and still in \`raw\`. */
function structClass({ name, doc, fields }: StructModel): string {
  const typed = fields.map((one) => field(one.name, modelType({ ...one, required: false }), one.doc));
  const values = fields.map((one) => `${one.name}=${call(readerOf(one), `raw.get(${literal(one.name)})`)}`);
  const of = `@classmethod
def of(cls, raw: Any) -> ${name} | None:
    """What can be read of an object; None when it is none."""
    if not isinstance(raw, dict):
        return None
    return ${block("cls(", [...values, "raw=raw"], ")").replaceAll("\n", "\n    ")}`;
  const raw = field("raw", "dict[str, Any]", "The object as it was sent.");
  return dataclass(name, doc, [[...typed, raw].join("\n"), of]);
}

function baseClass({ base }: Model): string {
  const reading = [
    field(
      "extra",
      "Mapping[str, Any]",
      "Fields that the catalogue does not describe for this event, values untouched.",
    ),
    field("raw", "Mapping[str, Any]", "The payload exactly as it was parsed."),
    field("problems", "list[Problem]", "Fields that were wrong or missing; empty when all is well."),
  ];
  const fields = base.filter(({ name }) => name !== TAG).map((one) => field(one.name, modelType(one), one.doc));
  return dataclass(BASE, "The fields of every event.", [objects(base), [...fields, ...reading].join("\n")]);
}

/** How the objects of an event are read. */
function objects(fields: readonly FieldModel[], inherited: readonly string[] = []): string {
  const entries = fields.filter(isObject).map((one) => `${literal(one.name)}: ${readerOf(one)}`);
  return `OBJECTS: ClassVar[Mapping[str, Callable[[Any], object]]] = ${block("{", [...inherited, ...entries], "}")}`;
}

function isObject({ kind, struct }: FieldModel): boolean {
  return kind === "object" && struct !== undefined;
}

function eventClass(event: EventModel, { base }: Model): string {
  const own = event.fields.filter(({ name }) => !base.some((field) => field.name === name));
  const fields = own.map((one) => field(one.name, modelType(one), one.doc));
  const read = own.some(isObject) ? [objects(own, [`**${BASE}.OBJECTS`])] : [];
  return dataclass(`${event.name}(${BASE})`, event.doc, [
    ...read,
    [tags(`Literal[${literal(event.type)}]`), ...fields].join("\n"),
  ]);
}

function tags(type: string): string {
  return `type: ${type}\n${TAG}: ${type}`;
}

function unions(events: readonly EventModel[]): string {
  const classes = block(
    "{",
    events.map(({ type, name }) => `${literal(type)}: ${name}`),
    "}",
  );
  const all = block("Union[", [...events.map(({ name }) => name), "UnknownEvent"], "]");
  const model = documented(`HookModel = ${all}`, "An event as a dataclass: told apart by `type`, or by its class.");
  return `${model}\n\n_CLASSES: dict[str, type[${BASE}]] = ${classes}`;
}

const MODEL_OF = `def model_of(event: types.HookEvent) -> HookModel:
    """The dataclass of an event."""
    model: Any = _CLASSES.get(event.type, UnknownEvent)
    values = {name: getattr(event, name) for name in model.__dataclass_fields__ if name != "OBJECTS"}
    values.update((name, read(values[name])) for name, read in model.OBJECTS.items())
    return model(**values)  # type: ignore[no-any-return]`;
