import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorAt } from "../../dist/config/json-position.js";

describe("finds where a text stops being JSON", () => {
  it.each([
    ["{", 1],
    ["", 0],
    ['{"a": 1,\n "b": tru}', 15],
    ['{"a" 1}', 5],
    ['{"a": 1,}', 8],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["01", 1],
    ["{a: 1}", 1],
    ["{'a': 1}", 1],
    ['{"a": "b\nc"}', 8],
    ['{"a": "\\x"}', 7],
    ['{"a": "cut', 10],
    ["[}", 1],
    ["{}x", 2],
    ["]", 0],
    [": 1", 0],
    ["\u00a01", 0],
  ])("%j at %i", (text, at) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonErrorAt(text)).toBe(at);
  });

  it("runs to the end of every text that is JSON, so that it blames nothing that is right", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(jsonErrorAt(spaced)).toBe(spaced.length);
      }),
    );
  });

  it("finds a character that fits nowhere exactly where it was put, outside strings", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (numbers, at) => {
        const words = JSON.stringify(numbers, null, 1).split("\n");
        const before = words
          .slice(0, at % words.length)
          .map((word) => `${word}\n`)
          .join("");
        expect(jsonErrorAt(`${before}?${words.slice(at % words.length).join("\n")}`)).toBe(before.length);
      }),
    );
  });
});
