import { completeEvent } from "@xcodex/hooks-schema";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { AgentContext } from "../../dist/contracts.js";
import { planFor } from "../../dist/plan/plan.js";
import { configFolder, type Loaded } from "./folder.ts";
import { schemaOf, vectorsOf } from "./vectors.ts";

interface RoutingVector extends Loaded {
  readonly description: string;
  readonly events: readonly {
    readonly event: object;
    readonly context?: AgentContext;
    readonly expect_hooks: readonly string[];
  }[];
}

const folder = configFolder();
const vectors = vectorsOf<RoutingVector>("routing");

describe("conformance/routing", () => {
  for (const { name, description, events, ...loaded } of vectors) {
    it(`${name}: ${description}`, async () => {
      const config = await folder.loadAll(loaded);
      const routed = events.map(({ event, ...rest }) => ({
        event,
        ...rest,
        expect_hooks: planFor(config, completeEvent(event), rest.context).hooks.map(({ id }) => id),
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
