import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, splitLines } from "../dist/index.js";

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(at, at + size);
    at = Math.min(bytes.length, at + size);
  }
}

async function lines(text: string, sizes: readonly number[], maxBytes = 1e6): Promise<readonly Line[]> {
  const all: Line[] = [];
  for await (const line of splitLines(pieces(new TextEncoder().encode(text), sizes), maxBytes)) all.push(line);
  return all;
}

describe("splitLines", () => {
  it("splits at line feeds and nowhere else, however the bytes arrive", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "\u2028", "\u0085", "é", "漢", "🚀", "\f") });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 0, max: 5 })), async (whole, sizes) => {
        const expected = whole.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(await lines(whole, sizes)).toEqual(expected.map((line) => ({ text: line })));
      }),
      { numRuns: 500 },
    );
  });

  it("gives only the length of a line that is longer than the cap, and the lines beside it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 30 })),
        fc.array(fc.integer({ min: 0, max: 9 })),
        async (lengths, sizes) => {
          const whole = lengths.map((length) => `${"x".repeat(length)}\n`).join("");
          const expected = lengths.map((length) => (length > 10 ? { tooLong: length } : { text: "x".repeat(length) }));
          expect(await lines(whole, sizes, 10)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
