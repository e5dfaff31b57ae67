/** The vectors of `conformance/mcp-arguments`: what a tool is called with. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { fillArguments } from "../../dist/runners/mcp_tool/arguments.js";

interface Vector {
  readonly description: string;
  readonly key: string;
  readonly event: AnyEvent;
  readonly cases: readonly { readonly arguments: Record<string, unknown>; readonly expect: Record<string, unknown> }[];
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "..", "conformance");
const read = (...path: string[]) => JSON.parse(readFileSync(join(CONFORMANCE, ...path), "utf8"));
const valid = new Ajv().compile(read("schemas", "mcp-arguments.schema.json"));

describe("arguments of tools", () => {
  for (const name of readdirSync(join(CONFORMANCE, "mcp-arguments"))) {
    const vector: Vector = read("mcp-arguments", name);
    it(vector.description, () => {
      expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
      for (const { arguments: template, expect: wanted } of vector.cases) {
        expect(fillArguments(template, vector.event, vector.key)).toStrictEqual(wanted);
      }
    });
  }
});
