import type { EventFacts } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { fieldTable } from "../generator/field-table.ts";
import { type HooksSchema, hooksSchema } from "../generator/hooks-schema.ts";
import type { SchemaNode } from "../generator/json.ts";
import { GenerateError } from "../generator/refuse.ts";

/** Facts of one event; the schema needs nothing of them but the type. */
const CATALOGUE = [{ type: "made-up" }] as unknown as readonly EventFacts[];

const TEXT: SchemaNode = { type: "string", description: "A text.", examples: ["a"] };

/** The smallest schema that is fine, with one more field in its event. */
function withField(field: SchemaNode, more: Record<string, SchemaNode> = {}): HooksSchema {
  const tag: SchemaNode = { type: "string", const: "made-up", description: "The tag." };
  const event: SchemaNode = {
    type: "object",
    description: "An event.",
    properties: { xcodex_event_type: tag, field },
    required: ["xcodex_event_type"],
  };
  const base: SchemaNode = { type: "object", description: "The base.", properties: { cwd: TEXT } };
  const union: SchemaNode = { description: "All.", anyOf: [{ $ref: "#/definitions/MadeUpEvent" }] };
  return hooksSchema({ HookEvent: union, HookEventBase: base, MadeUpEvent: event, ...more }, CATALOGUE);
}

/** What the generator says about it, and where. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof GenerateError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("the generator accepts", () => {
  const accepted: readonly (readonly [what: string, field: SchemaNode])[] = [
    ["a text", TEXT],
    ["an integer", { ...TEXT, type: "integer", minimum: 0, examples: [1] }],
    ["an array of texts", { ...TEXT, type: "array", items: { type: "string" }, examples: [["a"]] }],
    ["a map", { ...TEXT, type: "object", additionalProperties: { type: "string" }, examples: [{ a: "b" }] }],
    ["anything", { description: "Anything.", examples: [null] }],
  ];
  it.each(accepted)("%s", (_, field) => {
    expect(refusal(() => withField(field))).toBe("accepted");
  });
});

describe("the generator refuses", () => {
  const refused: readonly (readonly [what: string, field: SchemaNode, state: string])[] = [
    ["a field without a sentence", { type: "string", examples: ["a"] }, "it has no description"],
    ["a field without an example", { type: "string", description: "A text." }, "it has no example"],
    [
      "examples that are not an array",
      { ...TEXT, examples: "a" as unknown as string[] },
      "its examples are not an array",
    ],
    ["an object without a name", { ...TEXT, type: "object", properties: { a: TEXT } }, "its type has no name"],
    ["a union of objects", { ...TEXT, anyOf: [{ $ref: "#/definitions/A" }, { type: "null" }] }, "its type has no name"],
    ["an object of which nothing is known", { ...TEXT, type: "object" }, "nothing is said about its keys"],
    ["an array of anything", { ...TEXT, type: "array" }, "its items have no type"],
    ["a union with an array", { ...TEXT, type: ["array", "string"] }, 'it is a union with "array"'],
    ["a reference to nothing", { description: "It.", $ref: "#/definitions/Gone" }, "which is not there"],
    ["a number as constant", { ...TEXT, type: "number", const: 5 }, "its constant is no string"],
    ["a type that is not JSON's", { ...TEXT, type: "bigint" }, 'its type is "bigint"'],
    [
      "the open union that typescript-json-schema gets wrong",
      { ...TEXT, allOf: [] } as SchemaNode,
      'the keyword "allOf"',
    ],
  ];
  it.each(refused)("%s", (_, field, state) => {
    const message = refusal(() => withField(field));
    expect(message).toContain('Cannot generate the schema of "MadeUpEvent.field"');
    expect(message).toContain(state);
  });

  it("two types of one name", () => {
    const twin: SchemaNode = { type: "object", description: "Twin.", properties: { a: TEXT } };
    expect(refusal(() => withField(TEXT, { Usage_1: twin }))).toContain("two types have this name");
  });

  it("a definition named after a file", () => {
    const leak = { 'import("/home/dev/types").A': { type: "object", description: "A.", properties: {} } };
    expect(refusal(() => withField(TEXT, leak))).toContain("not one word in PascalCase");
  });

  it("a type without a sentence", () => {
    expect(refusal(() => withField(TEXT, { Bare: { type: "object", properties: {} } }))).toContain(
      '"Bare": it has no description',
    );
  });

  it("a field that is not in snake_case", () => {
    const camel: SchemaNode = { type: "object", description: "Camel.", properties: { camelCase: TEXT } };
    expect(refusal(() => withField(TEXT, { Camel: camel }))).toContain(
      '"Camel.camelCase": its name is not in snake_case',
    );
  });

  it("an event whose facts do not say which type they are of", () => {
    const untagged: SchemaNode = { description: "All.", anyOf: [{ $ref: "#/definitions/HookEventBase" }] };
    expect(refusal(() => withField(TEXT, { HookEvent: untagged }))).toContain("xcodex_event_type is no constant");
  });

  it("facts without a type", () => {
    const schema = { HookEvent: { description: "All.", anyOf: [] } };
    expect(refusal(() => withField(TEXT, schema))).toContain("types and facts are not one to one");
  });

  it("a field of an event that no reader has a type for", () => {
    const union = withField({ ...TEXT, type: ["boolean", "string"] });
    expect(refusal(() => fieldTable(union))).toContain('"MadeUpEvent.field": no reader has a type for');
  });
});
