import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type ExpectedEvent, expectEvent } from "../../../test/conformance/compare.ts";
import { askDriver, type DriverAnswer, type DriverRequest } from "../../../test/conformance/driver.ts";
import { type FileSpec, makeFiles } from "../../../test/conformance/files.ts";
import { CONFORMANCE, expand, loadVectors, textOf, type Vector } from "../../../test/conformance/vectors.ts";
import { installSamples, PYTHON } from "./support/install.ts";

/** A vector of conformance/: what is read, and what comes of it. */
interface ReadVector {
  readonly input?: unknown;
  readonly input_text?: unknown;
  readonly input_base64?: string;
  readonly files?: Record<string, FileSpec>;
  readonly options?: unknown;
  readonly expect: ExpectedEvent | { readonly error: { readonly code: string } };
}

const events = loadVectors<ReadVector>("events", "event");
const bad = loadVectors<ReadVector>("events-bad", "event-bad");
const envelopes = loadVectors<ReadVector>("envelopes", "envelope");
const captures = loadVectors<readonly { line: number; expect: ExpectedEvent }[]>("captures", "capture");

function request({ name, vector }: Vector<ReadVector>, kind: "event" | "envelope"): DriverRequest {
  const generators = makeFiles(vector.files);
  const options = expand(vector.options ?? {}, generators);
  if (vector.input_base64 !== undefined) return { id: name, kind, input_base64: vector.input_base64, options };
  const text =
    vector.input_text === undefined ? JSON.stringify(expand(vector.input, generators)) : textOf(vector.input_text);
  return { id: name, kind, input: text, options };
}

function captureRequests({ name }: Vector<unknown>): DriverRequest[] {
  const lines = readFileSync(join(CONFORMANCE, name.replace(".expected.json", ".jsonl")), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line, at) => ({
    id: `${name}:${at + 1}`,
    kind: "event",
    input: JSON.stringify((JSON.parse(line) as { stdin: unknown }).stdin),
  }));
}

describe.skipIf(!PYTHON.there)("xcodex_hooks.py reads as every SDK does", () => {
  let answers: ReadonlyMap<string, DriverAnswer>;

  beforeAll(async () => {
    const driver = fileURLToPath(new URL("support/driver.py", import.meta.url));
    answers = await askDriver(
      [PYTHON.program, driver, join(installSamples(), "hooks")],
      [
        ...[...events, ...bad].map((vector) => request(vector, "event")),
        ...envelopes.map((vector) => request(vector, "envelope")),
        ...captures.flatMap(captureRequests),
      ],
    );
  });

  function check({ name, vector }: Vector<ReadVector>): void {
    const answer = answers.get(name);
    if ("error" in vector.expect) expect(answer?.error?.code).toBe(vector.expect.error.code);
    else expectEvent(answer?.event, vector.expect);
  }

  it.each(events)("$name", check);
  it.each(bad)("$name", check);
  it.each(envelopes)("$name", check);
  it.each(captures)("$name", ({ name, vector }) => {
    expect(vector.length).toBeGreaterThan(10);
    for (const { line, expect: expected } of vector) expectEvent(answers.get(`${name}:${line}`)?.event, expected);
  });
});
