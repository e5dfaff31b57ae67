import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnyEvent, canonical, completeEvent, EVENT_FIELDS, findWire, WIRES } from "@xcodex/hooks-schema";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";

const CONFORMANCE = join(dirname(fileURLToPath(import.meta.url)), "../../../conformance");

/** A file of conformance/wires, as its schema describes it. */
interface WireVector {
  readonly description: string;
  readonly event: AnyEvent;
  readonly hook_event_name: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly envelope: null | {
    readonly head: Readonly<Record<string, unknown>>;
    readonly keys: Readonly<Record<"path" | "bytes" | "sha256", string>>;
  };
}

const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(CONFORMANCE, ...path), "utf8"));
const vectors = readdirSync(join(CONFORMANCE, "wires")).flatMap((wire) =>
  readdirSync(join(CONFORMANCE, "wires", wire)).map(
    (file) => [`${wire}/${file}`, wire, json("wires", wire, file)] as const,
  ),
);

describe("the vectors of the wires", () => {
  const validate = new Ajv().compile(json("schemas/wire.schema.json") as object);
  it.each(vectors)("%s is a vector", (_, _wire, vector) => {
    expect(validate(vector), JSON.stringify(validate.errors)).toBe(true);
  });

  it("are there for every wire, and for no other", () => {
    expect([...new Set(vectors.map(([, wire]) => wire))].sort()).toEqual(WIRES.map(({ name }) => name).sort());
  });
});

describe.each(vectors)("%s", (_, wireName, data) => {
  const vector = data as WireVector;
  const wire = findWire(wireName);

  it(`payload: ${vector.description}`, () => {
    // As text: keys have an order.
    const payload = wire?.encode(vector.event, vector.hook_event_name, vector.context);
    expect(JSON.stringify(payload, undefined, 2)).toBe(JSON.stringify(vector.expect, undefined, 2));
  });

  it("envelope", () => {
    const head = wire?.envelope?.head(vector.event, vector.hook_event_name);
    expect(head ?? null).toEqual(vector.envelope?.head ?? null);
    expect(Object.keys(head ?? {})).toEqual(Object.keys(vector.envelope?.head ?? {}));
    expect(wire?.envelope?.keys).toEqual(vector.envelope?.keys);
  });

  it("leaves the event as it was", () => {
    const before = structuredClone(vector.event);
    wire?.encode(vector.event, vector.hook_event_name, vector.context);
    expect(vector.event).toEqual(before);
  });

  it("is read back as the same event", () => {
    const payload = wire?.encode(vector.event, vector.hook_event_name) ?? {};
    expect(canonical(payload).type).toBe(vector.event.xcodex_event_type);
    const { session_id, cwd } = vector.event;
    // The lifecycle wire has no folder.
    expect(completeEvent(payload)).toMatchObject({ session_id, cwd: wireName === "lifecycle" ? "" : cwd });
  });
});

describe.each(vectors.filter(([, wire]) => wire === "lifecycle"))("%s", (_, wireName, data) => {
  it("is read back with the event's own fields as they were", () => {
    const { event, hook_event_name, context } = data as WireVector;
    const own = Object.keys(EVENT_FIELDS[event.xcodex_event_type] ?? {}).filter((field) => event[field] !== undefined);
    const { fields } = canonical(findWire(wireName)?.encode(event, hook_event_name, context) ?? {});
    for (const field of own) expect(fields[field], field).toEqual(event[field]);
  });
});
