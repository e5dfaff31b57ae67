import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../dist/config/load.js";
import { createRedactor, type Redactor } from "../../dist/redact/redactor.js";
import { schemaOf, vectorsOf } from "../config/vectors.ts";

interface RedactionVector {
  readonly description: string;
  readonly origin: string;
  readonly toml?: string;
  readonly steps: readonly {
    readonly event?: Readonly<Record<string, unknown>>;
    readonly value?: unknown;
    readonly expect?: unknown;
  }[];
}

const vectors = vectorsOf<RedactionVector>("redaction");
const codexHome = mkdtempSync(join(tmpdir(), "xcodex-redaction-"));
afterAll(() => rmSync(codexHome, { recursive: true, force: true }));

async function redactorFor(toml = ""): Promise<Redactor> {
  writeFileSync(join(codexHome, "config.toml"), toml);
  const { redaction, problems } = await loadConfig({ codexHome });
  expect(problems).toEqual([]);
  return createRedactor(redaction);
}

describe("conformance/redaction", () => {
  for (const { name, description, toml, steps } of vectors) {
    it(`${name}: ${description}`, async () => {
      const redactor = await redactorFor(toml);
      for (const step of steps) {
        const event = (step.event ?? { value: step.value }) as unknown as AnyEvent;
        const before = JSON.stringify(event);
        const after = redactor.redact(event);
        expect(JSON.stringify(event)).toBe(before);
        expect(step.event ? after : after.value).toEqual(step.expect ?? step.event ?? step.value);
        // Once more, and on what came out of it: nothing changes any more.
        expect(redactor.redact(event)).toEqual(after);
        expect(redactor.redact(after)).toBe(after);
        if (step.expect === undefined) expect(after).toBe(event);
      }
    });
  }
});

describe("the vectors", () => {
  it("follow their schema", () => {
    const valid = new Ajv({ allErrors: true, strict: true }).compile(schemaOf("redaction"));
    const wrong = vectors.flatMap(({ name, ...vector }) => (valid(vector) ? [] : [[name, valid.errors]]));
    expect(wrong).toEqual([]);
  });

  it("hold every weakness of the original that is about finding secrets", () => {
    const held = new Set(vectors.map(({ name }) => /^w\d+/.exec(name)?.[0]));
    for (const hole of ["w26", "w27", "w28", "w29", "w30"]) expect(held).toContain(hole);
  });
});
