import type { EventModel, FieldModel, Model } from "@xcodex/hooks-codegen";
import { TAG, typeOf } from "./names.ts";
import { block, classOf, documented, field, literal } from "./python.ts";

/** The events as the dicts that they are on the wire: `payloads.py`. For hooks that get dicts and not events, and for tests. */
export function payloadsModule(model: Model, notice: string): string {
  const { events } = model;
  const names = [...events.map(nameOf), UNION];
  const base = { name: "PayloadBase", doc: "The fields of every payload.", fields: model.base };
  const parts = [
    head(notice, structsIn(events)),
    ...parents(base),
    ...events.flatMap((event) => payload(event, model.base)),
    union(events),
    `__all__ = ${block("[", names.map(literal), "]")}`,
  ];
  return `${parts.join("\n\n\n")}\n`;
}

const UNION = "HookPayload";

function nameOf({ name }: EventModel): string {
  return name.replace(/Event$/, "Payload");
}

/** The objects that stand directly in an event. */
function structsIn(events: readonly EventModel[]): string[] {
  return [...new Set(events.flatMap(({ fields }) => fields.flatMap(({ struct }) => struct ?? [])))].sort();
}

function head(notice: string, structs: readonly string[]): string {
  return `"""A TypedDict per event: its payload as a plain dict, as the dispatcher sends it.

${notice}

Comparing \`payload["${TAG}"]\` with a canonical type narrows \`${UNION}\` to one of them. Nothing of this is
imported by a hook when it runs."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

from .types import TYPE_CHECKING

if TYPE_CHECKING:
    from .types import ${structs.join(", ")}`;
}

/** Before Python 3.11 the keys that are always there need a class of their own. */
function parents({ name, doc, fields }: { name: string; doc: string; fields: readonly FieldModel[] }): string[] {
  const [always, sometimes] = [fields.filter(isAlways), fields.filter((one) => !isAlways(one))];
  return [
    classOf(`_Required${name}(TypedDict)`, "What is always there.", [body(always.filter((one) => one.name !== TAG))]),
    classOf(`_${name}(_Required${name}, total=False)`, doc, [body(sometimes)]),
  ];
}

function isAlways({ required }: FieldModel): boolean {
  return required;
}

function payload(event: EventModel, base: readonly FieldModel[]): string[] {
  const own = event.fields.filter((one) => !base.some(({ name }) => name === one.name));
  const doc = base.find(({ name }) => name === TAG)?.doc ?? "";
  const tag = field(TAG, `Literal[${literal(event.type)}]`, doc);
  const [always, sometimes] = [own.filter(isAlways), own.filter((one) => !isAlways(one))];
  const name = nameOf(event);
  return [
    classOf(`_Required${name}(_PayloadBase)`, "What is always there.", [[tag, ...always.map(key)].join("\n")]),
    classOf(`${name}(_Required${name}, total=False)`, event.doc, [body(sometimes)]),
  ];
}

function body(fields: readonly FieldModel[]): string {
  return fields.map(key).join("\n") || "pass";
}

function key(one: FieldModel): string {
  return field(one.name, typeOf(one, "absent"), one.doc);
}

function union(events: readonly EventModel[]): string {
  return documented(
    `${UNION} = ${block("Union[", events.map(nameOf), "]")}`,
    "The payload of an event of the catalogue. One of another event has the keys of every payload and its own.",
  );
}
