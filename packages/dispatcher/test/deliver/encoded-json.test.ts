import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EncodedJson } from "../../dist/deliver/encoded-json.js";
import { piecesOf } from "../../dist/deliver/json-pieces.js";
import { collected } from "./collected.ts";

const LONG = 'a "long" one\n'.repeat(100);

/** The bytes of a value, after a look at everything else that has to hold. */
function bytesOf(value: object): string {
  const encoded = new EncodedJson(value);
  const sink = collected();
  encoded.writeTo(sink);
  for (const text of sink.texts) expect(Buffer.from(text, "utf8").toString("utf8") === text).toBe(true);
  expect(encoded.json === JSON.stringify(value)).toBe(true);
  return sink.whole().toString("latin1");
}

function wanted(value: object): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("latin1");
}

/** Texts that were taken out of the JSON of a value. */
function textsOf(value: object): readonly string[] {
  const pieces = piecesOf(value);
  return typeof pieces === "string" ? [] : pieces.texts;
}

const unit = fc.constantFrom(
  ...'ab"\\\n\t\0\x1f\x7fé漢\u2028',
  "😀",
  "\ud800",
  "\udc00",
  "plain letters and more of them",
);
const longText = fc
  .tuple(fc.array(unit, { minLength: 1, maxLength: 12 }), fc.constantFrom(1023, 1024, 1025, 3000, 16_384, 40_000))
  .map(([parts, length]) => parts.join("").repeat(length).slice(0, length));

const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom("__proto__", "constructor", "7", "0", "\ud800", "a b"),
);

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, Symbol("s"), () => 1, new Date(0)),
    ),
    longText,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    tie("value").map((inner) => ({ toJSON: (name: string) => ({ name, inner }), hidden: LONG })),
    tie("value").map((inner) => Object.assign(Object.create(null), { inner })),
    tie("value").map((inner) => new Map([["inner", inner]])),
  ),
}));

const anyEvent = fc
  .array(fc.tuple(key, anyValue), { maxLength: 8 })
  .map((entries) => Object.fromEntries(entries) as object);

describe("what is written is what JSON.stringify gives, byte for byte", () => {
  it("of any value", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(bytesOf(event) === wanted(event)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  class Tool {
    readonly text = LONG;
    get more(): string {
      return LONG;
    }
  }
  class Spoken extends Tool {
    toJSON(): unknown {
      return { said: this.text };
    }
  }
  const sparse: unknown[] = [LONG];
  sparse[3] = LONG;

  it.each<[string, object, number]>([
    ["an object without a long text", { a: "b", c: [1, "d", { e: null }] }, 0],
    ["one unit less than a long text", { a: "x".repeat(1023) }, 0],
    ["a long text", { a: "x".repeat(1024) }, 1],
    ["several, between others", { a: 1, b: LONG, c: { d: LONG, e: [LONG, 2, LONG] }, f: "g" }, 4],
    ["an array", [LONG, [LONG]], 2],
    ["a block of a message of a request", { request: { messages: [{ content: [{ text: LONG }] }] } }, 1],
    ["deeper than anybody looks", { a: { b: { c: { d: { e: { f: { g: { h: LONG } } } } } } } }, 0],
    ["keys in the order of numbers first", { b: LONG, 2: LONG, a: "x", 1: LONG }, 3],
    [
      "__proto__ as a key",
      JSON.parse(`{"a":1,"__proto__":${JSON.stringify(LONG)},"b":{"__proto__":{"c":${JSON.stringify(LONG)}}}}`),
      2,
    ],
    ["what has no JSON", { a: undefined, b: LONG, c: () => 1, d: [undefined, () => 1, Symbol("s"), LONG] }, 2],
    ["an array with holes", { sparse }, 2],
    ["the same object twice", { a: sparse, b: sparse }, 4],
    ["a long key", { [LONG]: LONG }, 1],
    ["a Date, a Map and a Buffer", { a: new Date(0), b: new Map([[1, LONG]]), c: Buffer.alloc(2000), d: LONG }, 1],
    ["an instance of a class", { a: new Tool(), b: LONG }, 1],
    ["an instance that says its JSON itself", { a: new Spoken(), b: LONG }, 1],
    ["an object that says its JSON itself", { a: { text: LONG, toJSON: (name: string) => name + LONG }, b: LONG }, 1],
    ["an array that says its JSON itself", { a: Object.assign([LONG], { toJSON: () => [LONG, 1] }), b: LONG }, 1],
    ["an event that says its JSON itself", { a: LONG, toJSON: () => ({ b: LONG }) }, 0],
    ["a toJSON that is no function", { a: { text: LONG, toJSON: 1 } }, 0],
    ["an object without a prototype", { a: Object.assign(Object.create(null), { b: LONG }) }, 0],
    ["a text in an object", { a: Object(LONG), b: LONG }, 1],
    [
      "a getter",
      {
        get a() {
          return LONG;
        },
        b: "c",
      },
      1,
    ],
  ])("of %s", (_, value, texts) => {
    expect(textsOf(value)).toHaveLength(texts);
    expect(bytesOf(value) === wanted(value)).toBe(true);
  });

  const { rawJSON } = JSON as { rawJSON?: (text: string) => object };
  it.skipIf(rawJSON === undefined)("of raw JSON, where there is such a thing", () => {
    const value = { a: rawJSON?.(`"${"x".repeat(2000)}"`), b: LONG };
    expect(bytesOf(value) === wanted(value)).toBe(true);
  });

  it("of a text of 20 MB", () => {
    const value = { a: 'const a = "größer"; // 漢字 😀\n\t'.repeat(800_000).slice(0, 20_000_000), b: 1 };
    expect(bytesOf(value) === wanted(value)).toBe(true);
  });

  it("of an object of 10,000 fields and an array of 10,000 objects", () => {
    const fields = Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at % 1000 === 0 ? LONG : at]);
    const value = { a: Object.fromEntries(fields), b: fields.map(([name, field]) => ({ name, field })), c: LONG };
    expect(textsOf(value).length).toBeGreaterThan(10);
    expect(bytesOf(value) === wanted(value)).toBe(true);
  });
});

describe("the text that stands for a long one", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function placeholder(): string {
    const stringify = vi.spyOn(JSON, "stringify");
    piecesOf({ a: LONG });
    const [copy] = stringify.mock.calls[0] as unknown as [{ a: string }];
    stringify.mockRestore();
    expect(copy.a).not.toBe(LONG);
    return copy.a;
  }

  it.each<[string, (mark: string) => object]>([
    ["a text", (mark) => ({ a: mark, b: LONG })],
    ["a text behind", (mark) => ({ a: LONG, b: mark })],
    ["a part of a text", (mark) => ({ a: LONG, b: `"${mark}"` })],
    ["a key", (mark) => ({ [mark]: 1, b: LONG })],
    ["a long text", (mark) => ({ a: LONG, b: mark.repeat(100) })],
  ])("may be in an event as %s", (_, event) => {
    const value = event(placeholder());
    expect(bytesOf(value) === wanted(value)).toBe(true);
  });
});

describe("an event", () => {
  it("is not changed, and may be changed when it is encoded", () => {
    const event = { a: LONG, b: { c: [LONG, 1] }, d: "e" };
    const before = structuredClone(event);
    const encoded = new EncodedJson(event);
    expect(event).toEqual(before);
    const json = JSON.stringify(event);
    event.a = "changed";
    event.b.c.push("changed");
    const sink = collected();
    encoded.writeTo(sink);
    expect(sink.whole().toString("utf8") === json).toBe(true);
    expect(encoded.json === json).toBe(true);
  });

  it("may be written more than once", () => {
    const encoded = new EncodedJson({ a: LONG });
    const [first, second] = [collected(), collected()];
    encoded.writeTo(first);
    encoded.writeTo(second);
    expect(second.whole().equals(first.whole())).toBe(true);
  });

  it("that is frozen, too", () => {
    const event = Object.freeze({ a: LONG, b: Object.freeze([LONG]) });
    expect(bytesOf(event) === wanted(event)).toBe(true);
  });
});

describe("what cannot be encoded throws what JSON.stringify throws", () => {
  const circle: Record<string, unknown> = { text: LONG };
  circle.nodes = Array.from({ length: 2000 }, () => ({ parent: circle, text: "x" }));
  const short: Record<string, unknown> = {};
  short.nodes = Array.from({ length: 2000 }, () => ({ parent: short }));

  it.each<[string, object]>([
    ["a circle", short],
    ["a circle with a long text", circle],
    ["a BigInt", { a: 1n }],
    ["a BigInt beside a long text", { a: LONG, b: { c: 1n } }],
    [
      "a getter that throws",
      {
        a: LONG,
        get b() {
          throw new RangeError("no b");
        },
      },
    ],
    [
      "a toJSON that throws",
      {
        a: LONG,
        b: {
          toJSON: () => {
            throw new RangeError("no b");
          },
        },
      },
    ],
  ])("%s", (_, value) => {
    const error = thrownBy(() => JSON.stringify(value));
    const ours = thrownBy(() => new EncodedJson(value));
    expect(ours.constructor).toBe(error.constructor);
    expect(ours.message.split("\n")[0]).toBe(error.message.split("\n")[0]);
  });

  it("and what has no JSON at all is refused", () => {
    expect(() => new EncodedJson({ toJSON: () => undefined })).toThrow(new TypeError("its toJSON gives nothing"));
  });

  function thrownBy(act: () => unknown): Error {
    try {
      act();
    } catch (error) {
      return error as Error;
    }
    throw new Error("Nothing was thrown.");
  }
});

describe("WebAssembly", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("is loaded with the first long text, once, and not before", async () => {
    const api = (globalThis as unknown as { WebAssembly: { Instance: new () => object } }).WebAssembly;
    const instance = vi.spyOn(api, "Instance");
    vi.resetModules();
    const fresh = await import("../../dist/deliver/encoded-json.js");
    const write = (value: object): void => new fresh.EncodedJson(value).writeTo(collected());
    write({ a: "short" });
    expect(instance).not.toHaveBeenCalled();
    write({ a: LONG });
    write({ a: LONG });
    expect(instance).toHaveBeenCalledTimes(1);
  });
});

it("after very many events without a long text nobody looks, until there is a large one", () => {
  const byBytes = (text: string): boolean => {
    const value = { text };
    const sink = collected();
    new EncodedJson(value).writeTo(sink);
    expect(sink.whole().toString("latin1") === wanted(value)).toBe(true);
    return sink.pieces() > 0;
  };
  const large = LONG.repeat(5);
  expect(byBytes(large)).toBe(true);
  for (let at = 0; at < 1024; at++) expect(byBytes("short")).toBe(false);
  expect(byBytes(large)).toBe(false);
  expect(byBytes(large)).toBe(true);
  expect(byBytes(LONG)).toBe(true);
});
