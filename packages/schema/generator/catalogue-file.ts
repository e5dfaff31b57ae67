import { AGENTS } from "../src/agents.ts";
import { SCHEMA_VERSION } from "../src/base.ts";
import { defaultName, OUTSIDE_THE_CATALOGUE } from "../src/catalogue.ts";
import type { CodexKey, EventFacts } from "../src/facts.ts";
import { lifecycleKeys } from "../src/lifecycle-names.ts";
import { SPELLED_BASE } from "../src/spelled.ts";
import { TOOL_ALIASES, TOOL_KINDS } from "../src/tools.ts";
import { eventDefinitions, type Fields, fieldTable } from "./field-table.ts";
import type { HooksSchema } from "./hooks-schema.ts";
import { GENERATED } from "./json.ts";

/** Everything that a reader in any language needs to know beyond the schema, as one JSON document. */
export function catalogueFile(catalogue: readonly EventFacts[], schema: HooksSchema, wires: readonly string[]): object {
  const table = fieldTable(schema);
  const definitions = eventDefinitions(schema);
  return {
    $comment: GENERATED,
    schema_version: SCHEMA_VERSION,
    wires,
    base_fields: described(table.base, "HookEventBase", schema),
    spelled_base: SPELLED_BASE,
    events: catalogue.map((facts) => {
      const definition = definitions.get(facts.type) ?? "";
      return {
        ...eventFacts(facts, definition),
        fields: described(table.events[facts.type] ?? {}, definition, schema),
      };
    }),
    outside_the_catalogue: OUTSIDE_THE_CATALOGUE,
    tool_aliases: TOOL_ALIASES,
    tool_kinds: TOOL_KINDS,
    agents: AGENTS,
  };
}

/** The facts, each under the name it has in `EventFacts`; what is absent there is null or empty here, so that keys can be relied on. */
function eventFacts(facts: EventFacts, definition: string): object {
  return {
    type: facts.type,
    definition,
    summary: facts.summary,
    snake: facts.snake,
    claude: facts.claude ?? null,
    default_name: defaultName(facts),
    aliases: facts.aliases,
    retired: facts.retired,
    gate: facts.gate,
    matches_on: facts.matches_on,
    spelled: facts.spelled,
    env: facts.env,
    lifecycle: Object.fromEntries(lifecycleKeys(facts)),
    codex: mapValues(facts.codex ?? {}, (keys) => keys.map(codexKey)),
    examples: facts.examples,
  };
}

/** One shape for the three ways in which a key of the `codex` wire may be written. */
function codexKey(key: CodexKey): object {
  if (typeof key === "string") return { key, from: [key] };
  const [name, from, otherwise] = key;
  return otherwise === undefined ? { key: name, from } : { key: name, from, otherwise };
}

function described(fields: Fields, definition: string, schema: HooksSchema): object {
  return mapValues(fields, ({ type, required }, name) => {
    const { description } = schema.definitions[definition]?.properties?.[name] ?? {};
    return { type, required: required ?? false, description };
  });
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
