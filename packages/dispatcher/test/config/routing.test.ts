import { completeEvent } from "@xcodex/hooks-schema";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { planFor } from "../../dist/plan/plan.js";
import { configFolder } from "./folder.ts";
import { schemaOf, vectorsOf } from "./vectors.ts";

interface RoutingVector {
  readonly description: string;
  readonly toml: string;
  readonly events: readonly { readonly event: object; readonly expect_hooks: readonly string[] }[];
}

const folder = configFolder();
const vectors = vectorsOf<RoutingVector>("routing");

describe("conformance/routing", () => {
  for (const { name, description, toml, events } of vectors) {
    it(`${name}: ${description}`, async () => {
      const config = await folder.load(toml);
      const routed = events.map(({ event }) => ({
        event,
        expect_hooks: planFor(config, completeEvent(event)).hooks.map(({ id }) => id),
      }));
      expect(routed).toEqual(events);
    });
  }
});

describe("the vectors", () => {
  it("follow their schema", () => {
    const valid = new Ajv({ allErrors: true, strict: true }).compile(schemaOf("routing"));
    const wrong = vectors.flatMap(({ name, ...vector }) => (valid(vector) ? [] : [[name, valid.errors]]));
    expect(wrong).toEqual([]);
  });
});
