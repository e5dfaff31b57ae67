import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadEscape, type WriteEscaped } from "../../dist/deliver/escape/escape.js";
import { collected } from "./collected.ts";

/** Units in one slice of `escape.wat`. */
const SLICE = 16_384;

function escaped(write: WriteEscaped, text: string): string {
  const sink = collected();
  write(text, sink);
  return sink.whole().toString("latin1");
}

/** In latin1, so that a difference of one byte is one character. */
function wanted(text: string): string {
  return Buffer.from(JSON.stringify(text).slice(1, -1), "utf8").toString("latin1");
}

const CONTROLS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code));
const SPECIAL: readonly string[] = [
  ...CONTROLS,
  ...['"', "\\", " ", "!", "#", "[", "]", "~", "\x7f"],
  // The ends of what has two and three bytes in UTF-8, and what is no letter where only its lower half is looked at.
  ...[
    "\x80",
    "\xa0",
    "é",
    "\xff",
    "\u0122",
    "\u015c",
    "\u07ff",
    "\u0800",
    "\u2028",
    "\u2029",
    "\u2222",
    "\u225c",
    "漢",
  ],
  ...["\u7fff", "\u8000", "\u8041", "\ud7ff", "\ue000", "\ufeff", "\ufffe", "\uffff"],
  ...["😀", "\u{10000}", "\u{10ffff}"],
  ...["\ud800", "\udbff", "\udc00", "\udfff", "\ud83d\ud83d", "\ude00\ud83d"],
];

describe.each([
  ["WebAssembly", loadEscape()],
  ["no WebAssembly", loadEscape({})],
])("a text is escaped as JSON.stringify does it, with %s", (_, write) => {
  it("every unit of UTF-16 by itself", () => {
    const wrong = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
      (unit) => escaped(write, unit) !== wanted(unit),
    );
    expect(wrong).toEqual([]);
  });

  it("every special one at every place of a block, and two of them side by side or apart", () => {
    const texts = SPECIAL.flatMap((special) =>
      Array.from({ length: 34 }, (_, at) => [
        `${"a".repeat(at)}${special}`,
        `${"a".repeat(at)}${special}${"b".repeat(40)}`,
        `${"a".repeat(at)}${special}${special}${"b".repeat(at % 5)}"${"é".repeat(at % 3)}`,
        `${"漢".repeat(at)}${special}${"字".repeat(at)}`,
      ]).flat(),
    );
    expect(texts.filter((text) => escaped(write, text) !== wanted(text))).toEqual([]);
  });

  it("every length around a block and around a slice", () => {
    const lengths = [0, 1, 15, 16, 17, 31, 32, 33, 1023, 1024, 65_535, 65_536, 65_537].concat(
      [-2, -1, 0, 1, 2].flatMap((more) => [SLICE + more, 2 * SLICE + more]),
    );
    const texts = lengths.flatMap((length) =>
      ["a", '"', "é", "漢", "\u0001", "\ud800"].map((unit) => unit.repeat(length)),
    );
    expect(texts.filter((text) => escaped(write, text) !== wanted(text)).map((text) => text.length)).toEqual([]);
  });

  it("every special one on the edge of a slice", () => {
    const texts = SPECIAL.flatMap((special) =>
      [-3, -2, -1, 0, 1].flatMap((more) =>
        ["a", "\\", "\ud83d"].map((unit) => `${unit.repeat(SLICE + more)}${special}${"z".repeat(20)}`),
      ),
    );
    expect(texts.filter((text) => escaped(write, text) !== wanted(text)).map((text) => text.length)).toEqual([]);
  });

  it("any text", () => {
    const unit = fc.oneof(
      fc.constantFrom(...SPECIAL),
      fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    );
    const text = fc
      .tuple(fc.array(unit, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }))
      .map(([parts, times]) => parts.join("").repeat(times));
    fc.assert(
      fc.property(text, (value) => escaped(write, value) === wanted(value)),
      { numRuns: 2000 },
    );
  });

  it("and one of 20 MB", () => {
    const text = 'const a = "größer"; // 漢字 😀\n\t'.repeat(800_000).slice(0, 20_000_000);
    expect(escaped(write, text) === wanted(text)).toBe(true);
  });
});

it("a text comes as bytes where there is WebAssembly with SIMD, and as text where there is not", () => {
  const withIt = collected();
  loadEscape()("abc", withIt);
  expect([withIt.pieces(), withIt.texts]).toEqual([1, []]);

  class Refused {
    constructor() {
      throw new Error("invalid value type 's128'");
    }
  }
  const without = collected();
  loadEscape({ WebAssembly: { Module: Refused, Instance: Refused } })("a\nb", without);
  expect([without.pieces(), without.texts]).toEqual([0, ["a\\nb"]]);
});

it("escape-wasm.ts is what escape.wat gives", () => {
  const script = fileURLToPath(new URL("../../scripts/assemble.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
