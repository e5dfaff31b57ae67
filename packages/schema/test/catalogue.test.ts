import { readFileSync } from "node:fs";
import {
  BASE_FIELDS,
  CATALOGUE,
  EVENT_FIELDS,
  type EventFacts,
  eventNames,
  findEvent,
  findRetired,
  OUTSIDE_THE_CATALOGUE,
  TOOL_ALIASES,
  WIRES,
} from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { camelCase, lifecycleKeys } from "../src/lifecycle-names.ts";

interface CatalogueFile {
  readonly schema_version: number;
  readonly wires: readonly string[];
  readonly base_fields: Readonly<Record<string, { type: string; required: boolean; description: string }>>;
  readonly events: readonly {
    readonly type: string;
    readonly definition: string;
    readonly default_name: string;
    readonly fields: CatalogueFile["base_fields"];
    readonly codex: Readonly<Record<string, readonly { key: string; from: readonly string[] }[]>>;
  }[];
  readonly tool_aliases: unknown;
  readonly outside_the_catalogue: unknown;
}

const file: CatalogueFile = JSON.parse(readFileSync(new URL("../generated/catalogue.json", import.meta.url), "utf8"));

const namesOf = (facts: EventFacts): readonly string[] =>
  [facts.type, facts.snake, facts.claude, ...facts.aliases.map(({ name }) => name)].filter(
    (name) => name !== undefined,
  );

describe("names of events", () => {
  it("are each of one event only", () => {
    const owners = CATALOGUE.flatMap((facts) => [...new Set(namesOf(facts))]);
    expect(owners.filter((name, at) => owners.indexOf(name) !== at)).toEqual([]);
    expect([...eventNames()].sort()).toEqual([...owners].sort());
  });

  it("that were never accepted are accepted nowhere", () => {
    const retired = CATALOGUE.flatMap((facts) => facts.retired);
    expect(retired.length).toBeGreaterThan(0);
    for (const name of retired) {
      expect(findEvent(name), name).toBeUndefined();
      expect(findRetired(name)?.retired, name).toContain(name);
    }
  });

  it("of other agents' events are outside the catalogue", () => {
    for (const name of OUTSIDE_THE_CATALOGUE) expect(findEvent(name), name).toBeUndefined();
  });
});

describe("the facts", () => {
  it("give every event a place of its own", () => {
    const orders = CATALOGUE.map(({ order }) => order);
    expect(new Set(orders).size).toBe(orders.length);
  });
});

describe.each(CATALOGUE.map((facts) => [facts.type, facts] as const))("the facts of %s", (_, facts) => {
  const fields = Object.keys({ ...BASE_FIELDS, ...EVENT_FIELDS[facts.type] });

  it("spell its type in kebab-case and its key in snake_case", () => {
    expect(facts.type).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(facts.snake).toBe(facts.type.replaceAll("-", "_"));
  });

  it("match on fields that it has", () => {
    expect(fields).toEqual(expect.arrayContaining([...facts.matches_on]));
  });

  it("respell fields that it has", () => {
    expect(fields).toEqual(expect.arrayContaining(Object.keys(facts.spelled)));
  });

  it("imply fields that it has", () => {
    const implied = facts.aliases.flatMap(({ implies }) => Object.keys(implies ?? {}));
    expect(fields).toEqual(expect.arrayContaining(implied));
  });

  it("take environment variables from fields that it has", () => {
    for (const [name, { from }] of Object.entries(facts.env)) {
      expect(name).toMatch(/^CODEX_[A-Z]+(_[A-Z]+)*$/);
      expect(fields).toEqual(expect.arrayContaining(from.map((path) => path.split(".")[0])));
    }
  });

  it("take keys of the lifecycle wire that are no other field's", () => {
    const others = (field: string): string[] => fields.filter((one) => one !== field).map(camelCase);
    for (const [key, path] of lifecycleKeys(facts)) expect(others(path), key).not.toContain(key);
  });

  it("take the keys of the codex wire from fields that it has", () => {
    const from = Object.values(facts.codex ?? {}).flatMap((keys) =>
      keys.flatMap((key) => (typeof key === "string" ? [key] : key[1])),
    );
    expect(fields).toEqual(expect.arrayContaining(from));
  });

  it("have examples with fields that it has", () => {
    const examples = Object.values(facts.examples);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(fields).toEqual(expect.arrayContaining(Object.keys(example)));
  });
});

describe("catalogue.json", () => {
  it("names every wire", () => {
    expect(file.wires).toEqual(WIRES.map(({ name }) => name).sort());
  });

  it("says the same of the fields as the table that readers use", () => {
    const table = (fields: CatalogueFile["base_fields"]): unknown =>
      Object.fromEntries(
        Object.entries(fields).map(([name, { type, required }]) => [name, required ? { type, required } : { type }]),
      );
    expect(table(file.base_fields)).toEqual(BASE_FIELDS);
    expect(Object.fromEntries(file.events.map(({ type, fields }) => [type, table(fields)]))).toEqual(EVENT_FIELDS);
  });

  it("has a sentence for every field", () => {
    for (const fields of [file.base_fields, ...file.events.map((event) => event.fields)]) {
      for (const [name, { description }] of Object.entries(fields)) expect(description, name).toMatch(/\S/);
    }
  });

  it("carries the facts of every event unchanged", () => {
    for (const [at, facts] of CATALOGUE.entries()) {
      // The order is the order of the list; the codex wire is spelled in another shape; how the dispatcher batches, sums up and decides is
      // its own business.
      const { codex: _wire, order: _place, flushes: _batch, summary_line: _line, ends_work: _end, ...others } = facts;
      const { claude = null, ...same } = others;
      expect(file.events[at]).toMatchObject(JSON.parse(JSON.stringify({ ...same, claude })));
    }
    expect(file.tool_aliases).toEqual(TOOL_ALIASES);
    expect(file.outside_the_catalogue).toEqual(OUTSIDE_THE_CATALOGUE);
  });

  it("spells every key of the codex wire in one shape", () => {
    const started = file.events.find(({ type }) => type === "tool-call-started");
    expect(started?.codex.PreToolUse?.slice(0, 3)).toEqual([
      { key: "turn_id", from: ["turn_id"] },
      { key: "call_id", from: ["tool_use_id"] },
      { key: "tool_name", from: ["tool_name"] },
    ]);
  });

  it("names the definition of every event in the schema", () => {
    const schema = JSON.parse(readFileSync(new URL("../generated/hooks.schema.json", import.meta.url), "utf8"));
    for (const { type, definition } of file.events) {
      expect(schema.definitions[definition].properties.xcodex_event_type.const).toBe(type);
    }
  });
});
