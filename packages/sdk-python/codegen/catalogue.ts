import type { EventModel, FieldModel, Model, NameModel, Spelling } from "@xcodex/hooks-codegen";
import { block, dict, docstring, literal } from "./python.ts";

/** The tables that the runtime reads: `catalogue.py`. */
export function catalogueModule(model: Model, notice: string): string {
  const { base, events, names, spelled, toolAliases, agents } = model;
  const baseNames = new Set(base.map(({ name }) => name));
  const own = events.map(
    ({ type, fields }) => [type, specs(fields.filter(({ name }) => !baseNames.has(name)))] as const,
  );
  const tables = [
    table("SCHEMA_VERSION", "int", String(model.schemaVersion), "Version of the payload schema."),
    table(
      "BASE_FIELDS",
      FIELDS,
      specs(base),
      "The fields of every event: name → its type and whether it is always there.",
    ),
    table("FIELDS", `dict[str, ${FIELDS}]`, dict(own), "Canonical type → the fields that this event has beside them."),
    table(
      "SPELLED_BASE",
      SPELLED,
      spellings(spelled),
      "Field of every event → the paths under which others have it, in the order they are tried.",
    ),
    table(
      "SPELLED",
      `dict[str, ${SPELLED}]`,
      dict(events.map((event) => [event.type, spellings(event.spelled)])),
      "The same for each event, those of every event included.",
    ),
    table(
      "LIFECYCLE",
      LIFECYCLE,
      dict(events.filter(({ lifecycle }) => lifecycle.length > 0).map((event) => [event.type, lifecycleKeys(event)])),
      "Canonical type → keys of the `lifecycle` wire and where in the event their values belong.",
    ),
    table(
      "NAMES",
      "dict[str, str]",
      dict(names.map(({ name, type }) => [name, literal(type)])),
      "Every name of every event → its canonical type.",
    ),
    table(
      "ALIASES",
      "dict[str, dict[str, Any]]",
      dict(names.filter(({ alias }) => alias).map((name) => [name.name, beyond(name)])),
      "Names that are neither type nor key nor Claude-style name → the agent they belong to, and what they imply.",
    ),
    table(
      "DEFAULT_NAMES",
      "dict[str, str]",
      dict(events.map(({ type, defaultName }) => [type, literal(defaultName)])),
      "Canonical type → `hook_event_name` when the payload says none.",
    ),
    table(
      "TOOLS",
      "dict[str, str]",
      dict(Object.entries(toolAliases).map(([tool, [first = ""]]) => [tool, literal(first)])),
      "The agent's own tool id → its Claude-style name.",
    ),
    table(
      "AGENTS",
      "tuple[tuple[str, str], ...]",
      literal(agents.map(({ name, transcripts }) => [name, transcripts])),
      "Agents and the folder that is in the path of their transcripts, in the order they are tried.",
    ),
  ];
  return `${docstring(notice)}\n\n${HEAD}\n\n${tables.join("\n\n")}\n`;
}

const HEAD = `from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any`;

const FIELDS = "dict[str, tuple[str, bool]]";
const SPELLED = "dict[str, tuple[tuple[str, ...], ...]]";
const LIFECYCLE = "dict[str, tuple[tuple[str, tuple[str, ...]], ...]]";

function table(name: string, type: string, code: string, doc: string): string {
  return `${name}: ${type} = ${code}\n${docstring(doc)}`;
}

function specs(fields: readonly FieldModel[]): string {
  return dict(fields.map(({ name, kind, required }) => [name, literal([kind, required])]));
}

function spellings(spelled: readonly Spelling[]): string {
  return dict(spelled.map(({ field, from }) => [field, literal(from.map((path) => [...path]))]));
}

function lifecycleKeys({ lifecycle }: EventModel): string {
  const keys = lifecycle.map(({ key, path }) => literal([key, path.filter((part) => part !== undefined)]));
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? `(${only},)` : block("(", keys, ")");
}

function beyond({ agent, implies }: NameModel): string {
  return literal({
    ...(agent === undefined ? {} : { agent }),
    ...(Object.keys(implies).length > 0 ? { implies: { ...implies } } : {}),
  });
}
