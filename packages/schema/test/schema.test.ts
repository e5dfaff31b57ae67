import { readFileSync } from "node:fs";
import {
  type AnyEvent,
  BASE_FIELDS,
  CATALOGUE,
  completeEvent,
  EVENT_FIELDS,
  type FieldType,
  WIRES,
} from "@xcodex/hooks-schema";
import {
  type Validate,
  validateBase,
  validateEnvelope,
  validateEvent,
  validateHostLine,
} from "@xcodex/hooks-schema/validate";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";

interface Node {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
}
interface Schema extends Node {
  readonly $id: string;
  readonly definitions: Readonly<Record<string, Node>>;
}

const read = (name: string): string => readFileSync(new URL(`../generated/${name}`, import.meta.url), "utf8");
const schema = JSON.parse(read("hooks.schema.json")) as Schema;

/** ajv as people use it: strict, with the one format that the schema names. */
function published(warnings: string[] = []): Ajv {
  const warn = (text: unknown): void => void warnings.push(String(text));
  const ajv = new Ajv({ allowUnionTypes: true, logger: { log: warn, warn, error: warn } });
  ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  return ajv;
}

/** Every example of every event, filled in as the dispatcher does it. */
const EXAMPLES: readonly (readonly [name: string, event: AnyEvent])[] = CATALOGUE.flatMap((facts) =>
  Object.entries(facts.examples).map(([suffix, example]) => {
    const event = completeEvent({ ...example, session_id: "s-1", cwd: "/" }, { event: facts.type });
    return [suffix ? `${facts.type} (${suffix})` : facts.type, event] as const;
  }),
);

describe("the published schema", () => {
  it("compiles with ajv in strict mode without a warning", () => {
    const warnings: string[] = [];
    published(warnings).compile(schema);
    expect(warnings).toEqual([]);
  });

  it("uses keywords of draft-07 only", () => {
    const allowed =
      /^(\$(schema|id|comment|ref)|title|description|type|const|enum|format|minimum|items|oneOf|anyOf|properties|required|additionalProperties|examples|definitions)$/;
    const odd = [...keywords(schema)].filter((keyword) => !allowed.test(keyword));
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(odd).toEqual([]);
  });

  it("names no host in its id", () => {
    expect(schema.$id).toBe("urn:xcodex:hooks:schema:v1");
  });

  it("is the union of the catalogue's events, in its order", () => {
    const tags = (schema.oneOf as { $ref: string }[]).map(({ $ref }) => {
      return schema.definitions[$ref.replace("#/definitions/", "")]?.properties?.xcodex_event_type?.const;
    });
    expect(tags).toEqual(CATALOGUE.map(({ type }) => type));
  });

  it("defines everything that crosses a wire", () => {
    const names = ["HookEvent", "HookEventBase", "HookStdinEnvelope", "HostLine", "HostDroppedLine", "HostReply"];
    expect(Object.keys(schema.definitions)).toEqual(expect.arrayContaining(names));
  });

  it("keeps integers integers", () => {
    expect(schema.definitions.SessionEndEvent?.properties?.duration_ms).toMatchObject({ type: "integer", minimum: 0 });
    expect(schema.definitions.TokenUsage?.properties?.input_tokens).toMatchObject({ type: "integer" });
  });

  it("has unwrapped sentences", () => {
    for (const [name, node] of Object.entries(schema.definitions))
      expect(node.description, name).toMatch(/^[^\n]+(\n\n[^\n]+)*$/);
  });
});

describe("every field's own examples fit its type in", () => {
  const ajv = published();
  ajv.addSchema(schema);
  it.each(Object.entries(schema.definitions))("%s", (name, { properties = {} }) => {
    for (const [field, { examples = [] }] of Object.entries(properties)) {
      const validate = ajv.compile({ $ref: `${schema.$id}#/definitions/${name}/properties/${field}` });
      for (const example of examples as unknown[]) expect(validate(example), `${name}.${field}`).toBe(true);
    }
  });
});

const ajv: ValidateFunction = published().compile(schema);

describe.each(EXAMPLES)("the example of %s", (_, event) => {
  it("is valid for ajv and for the standalone validator", () => {
    expect(ajv(event), JSON.stringify(ajv.errors)).toBe(true);
    expect(validateEvent(event), JSON.stringify(validateEvent.errors)).toBe(true);
    expect(validateBase(event)).toBe(true);
  });

  it("is valid with fields that nobody describes", () => {
    const more = { ...event, from_the_future: { a: [1] } };
    expect(ajv(more)).toBe(true);
    expect(validateEvent(more)).toBe(true);
  });

  it("has one error at the right path for every field that is broken", () => {
    const fields = { ...BASE_FIELDS, ...EVENT_FIELDS[event.xcodex_event_type] };
    const breakable = Object.entries(fields).filter(
      ([field, { type }]) => type !== "any" && field !== "xcodex_event_type",
    );
    expect(breakable.length).toBeGreaterThan(10);
    for (const [field, { type }] of breakable) {
      const broken = { ...event, [field]: WRONG[type] };
      expect(ajv(broken), field).toBe(false);
      expect(errorsOf(validateEvent, broken), field).toEqual([`/${field}`]);
    }
  });

  it("has one error for every required field that is missing", () => {
    const fields = { ...BASE_FIELDS, ...EVENT_FIELDS[event.xcodex_event_type] };
    for (const [field, { required }] of Object.entries(fields)) {
      if (!required || field === "xcodex_event_type") continue;
      const { [field]: _gone, ...broken } = event as Record<string, unknown>;
      expect(errorsOf(validateEvent, broken), field).toEqual([""]);
      expect(validateEvent.errors?.[0]?.message).toContain(`'${field}'`);
    }
  });
});

/** A value that a field of this type cannot have. */
const WRONG: Readonly<Record<FieldType, unknown>> = {
  string: 5,
  integer: 1.5,
  number: "1",
  boolean: "true",
  object: "x",
  array: {},
  strings: "x",
  any: undefined,
};

describe("the standalone validator", () => {
  const base = EXAMPLES[0]?.[1] as AnyEvent;

  it("is one module without imports", () => {
    expect(read("validate.js")).not.toMatch(/\brequire\(|^import\b/m);
  });

  it("has one error for an event outside the catalogue, which is a valid base", () => {
    const unknown = { ...base, xcodex_event_type: "made-up" };
    expect(errorsOf(validateEvent, unknown)).toHaveLength(1);
    expect(validateBase(unknown)).toBe(true);
  });

  it("names every broken field", () => {
    const errors = errorsOf(validateEvent, { ...base, cwd: 1, source: 2 });
    expect([...errors].sort()).toEqual(["/cwd", "/source"]);
  });

  it("looks into nested objects", () => {
    expect(errorsOf(validateBase, { ...base, agent: { name: 5 } })).toEqual(["/agent/name"]);
  });

  it.each([null, undefined, 5, "x", [], true])("says no to %j and does not throw", (value) => {
    for (const validate of [validateEvent, validateBase, validateEnvelope, validateHostLine]) {
      expect(validate(value)).toBe(false);
    }
  });

  it("knows the envelope of the xcodex wire", () => {
    const { head, keys } = WIRES.find(({ name }) => name === "xcodex")?.envelope ?? {
      head: () => ({}),
      keys: undefined,
    };
    const envelope: Record<string, unknown> = head(base, "SessionStart");
    if (keys) Object.assign(envelope, { [keys.path]: "/tmp/p.json", [keys.bytes]: 3, [keys.sha256]: "00" });
    expect(validateEnvelope(envelope), JSON.stringify(validateEnvelope.errors)).toBe(true);
    expect(errorsOf(validateEnvelope, { ...envelope, payload_bytes: "3" })).toEqual(["/payload_bytes"]);
    const { payload_path: _gone, ...headless } = envelope;
    expect(errorsOf(validateEnvelope, headless)).toEqual([""]);
  });

  it("knows the line of a host, for any event", () => {
    const line = { schema_version: 1, type: "event", seq: 7, event: { ...base, xcodex_event_type: "made-up" } };
    expect(validateHostLine(line), JSON.stringify(validateHostLine.errors)).toBe(true);
    expect(errorsOf(validateHostLine, { ...line, seq: 0 })).toEqual(["/seq"]);
    expect(errorsOf(validateHostLine, { ...line, event: { ...base, cwd: null } })).toEqual(["/event/cwd"]);
  });

  it("forgets the errors of the value before", () => {
    expect(validateBase({})).toBe(false);
    expect(validateBase(base)).toBe(true);
    expect(validateBase.errors).toBeNull();
  });
});

/** Where the errors of a value are; none when it is valid. */
function errorsOf<T>(validate: Validate<T>, value: unknown): readonly string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** Every keyword in a schema; names of fields and definitions are none, examples are data. */
function* keywords(node: unknown, areNames = false): Generator<string> {
  if (Array.isArray(node)) for (const item of node) yield* keywords(item);
  else if (typeof node === "object" && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (!areNames) yield key;
      if (areNames || !["examples", "enum", "const", "required"].includes(key)) {
        yield* keywords(value, !areNames && (key === "properties" || key === "definitions"));
      }
    }
  }
}
