import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { HooksSchema } from "../../schema/generator/hooks-schema.ts";
import { type Model, modelOf } from "../src/model.ts";

const GENERATED = new URL("../../schema/generated/", import.meta.url);
const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, GENERATED)), "utf8");

interface Source {
  // biome-ignore lint/suspicious/noExplicitAny: the tests break it in every way
  schema: any;
  // biome-ignore lint/suspicious/noExplicitAny: the tests break it in every way
  catalogue: any;
}

/** The model of the committed schema, changed in one way. */
function changed(change: (source: Source) => void = () => {}): Model {
  const source = { schema: JSON.parse(read("hooks.schema.json")), catalogue: JSON.parse(read("catalogue.json")) };
  change(source);
  return modelOf(source.schema as HooksSchema, source.catalogue);
}

describe("the model", () => {
  const model = changed();

  it("has one event per event of the catalogue, each with the fields of every event first", () => {
    expect(model.events.map((event) => event.type)).toEqual(
      JSON.parse(read("catalogue.json")).events.map((event: { type: string }) => event.type),
    );
    for (const event of model.events) {
      expect(event.fields.slice(0, model.base.length).map((field) => field.name)).toEqual(
        model.base.map((field) => field.name),
      );
    }
  });

  it("has every object inside events once, those that others use first", () => {
    expect(model.structs.map((struct) => struct.name).sort()).toEqual([
      "AgentInfo",
      "ReadAccess",
      "SandboxPolicy",
      "TokenUsage",
    ]);
    const at = (name: string): number => model.structs.findIndex((struct) => struct.name === name);
    expect(at("ReadAccess")).toBeLessThan(at("SandboxPolicy"));
  });

  it("says where keys of the lifecycle wire belong: a field, or one object deep in it", () => {
    const started = model.events.find((event) => event.type === "tool-call-started");
    expect(started?.lifecycle).toContainEqual({ key: "command", path: ["tool_input", "command"] });
    const done = model.events.find((event) => event.type === "agent-turn-complete");
    expect(done?.lifecycle).toContainEqual({ key: "taskId", path: ["turn_id"] });
  });

  it("says the same of a field as the field table of the readers", () => {
    const finished = model.events.find((event) => event.type === "tool-call-finished");
    expect(finished?.fields.find((field) => field.name === "duration_ms")).toMatchObject({
      kind: "integer",
      required: false,
    });
    expect(finished?.fields.find((field) => field.name === "tool_name")).toMatchObject({
      kind: "string",
      required: true,
    });
    expect(finished?.fields.find((field) => field.name === "tool_response")).toMatchObject({ kind: "any" });
  });

  it("takes a union of scalars inside an object for anything", () => {
    const policy = model.structs.find((struct) => struct.name === "SandboxPolicy");
    expect(policy?.fields.find((field) => field.name === "network_access")?.kind).toBe("any");
  });

  it("knows what a name says beyond its event", () => {
    expect(model.names.find(({ name }) => name === "PostToolUseFailure")).toEqual({
      ...{ name: "PostToolUseFailure", type: "tool-call-finished", alias: true },
      ...{ agent: "claude-code", implies: { success: false } },
    });
    expect(model.names.filter(({ name }) => name === "PreToolUse")).toHaveLength(1);
  });
});

describe("what no language can say is refused, with its path", () => {
  const refusal = (change: (source: Source) => void): string => {
    try {
      changed(change);
    } catch (error) {
      expect(error).toMatchObject({ name: expect.stringMatching(/^(Codegen|Generate)Error$/) });
      return (error as Error).message;
    }
    throw new Error("It was not refused.");
  };

  it.each(["extra", "raw", "problems"])("a field named %s, which readers add themselves", (name) => {
    const message = refusal(({ schema, catalogue }) => {
      schema.definitions.NotificationEvent.properties[name] = { type: "string", description: "x" };
      const event = catalogue.events.find((one: { type: string }) => one.type === "notification");
      event.fields[name] = { type: "string", required: false };
    });
    expect(message).toContain(`Cannot generate from "NotificationEvent.${name}"`);
  });

  it("a field named raw of an object, beside which readers keep what was sent", () => {
    const message = refusal(({ schema }) => {
      schema.definitions.TokenUsage.properties.raw = { type: "string", description: "x" };
    });
    expect(message).toContain('Cannot generate from "TokenUsage.raw": readers use that name themselves');
  });

  it("an object that holds itself", () => {
    const message = refusal(({ schema }) => {
      schema.definitions.ReadAccess.properties.inner = { $ref: "#/definitions/ReadAccess", description: "x" };
    });
    expect(message).toContain("ReadAccess → ReadAccess");
  });

  it("a key of the lifecycle wire whose value belongs deeper than readers put one", () => {
    const message = refusal(({ catalogue }) => {
      catalogue.events.find((one: { type: string }) => one.type === "notification").lifecycle = { x: "details.a.b" };
    });
    expect(message).toContain('"NotificationEvent.details.a.b": readers put values one object deep at most');
  });

  it("a field of a type that is not everywhere", () => {
    const message = refusal(({ schema }) => {
      schema.definitions.TokenUsage.properties.cost = { type: "decimal", description: "x" };
    });
    expect(message).toContain('"TokenUsage.cost": no reader has a type for "decimal"');
  });

  it("a field without a sentence", () => {
    const message = refusal(({ schema }) => {
      schema.definitions.TokenUsage.properties.cost = { type: "number" };
    });
    expect(message).toContain('"TokenUsage.cost": it has no description');
  });
});
