/** Answers of hooks, from the vectors of `conformance/answers` and what is too large for a file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Answer, readAnswer, readAnswerText } from "../dist/answer.js";

interface Vector {
  readonly description: string;
  readonly answers: readonly { readonly description: string; readonly text: string; readonly expect: Answer }[];
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "conformance");
const read = (...path: string[]) => JSON.parse(readFileSync(join(CONFORMANCE, ...path), "utf8"));
const valid = new Ajv().compile(read("schemas", "answer.schema.json"));

for (const name of readdirSync(join(CONFORMANCE, "answers"))) {
  const vector: Vector = read("answers", name);
  describe(`${name}: ${vector.description}`, () => {
    it("follows its schema", () => {
      expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
    });
    for (const { description, text, expect: wanted } of vector.answers) {
      it(description, () => {
        expect(readAnswerText(text)).toEqual(wanted);
      });
    }
  });
}

describe("an answer that is a text", () => {
  it("may be huge", () => {
    const reason = "x".repeat(1024 * 1024);
    expect(readAnswerText(JSON.stringify({ decision: "block", reason }))).toEqual({ kind: "block", reason });
  });

  it("may be deep", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(readAnswerText(`{"decision":"block","reason":"no","x":${deep}}`)).toEqual({ kind: "block", reason: "no" });
  });

  it("may have very many lines that begin like an answer, and is read once", () => {
    const lines = '{"a":\n'.repeat(150_000);
    expect(readAnswerText(lines)).toEqual({ kind: "unreadable", why: "it is no valid JSON" });
    expect(readAnswerText(`${lines}{"decision":"block","reason":"no"}`)).toEqual({ kind: "block", reason: "no" });
  });
});

/** What hooks print, and what looks nearly like it. */
const printed = fc.oneof(
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "{",
    "}",
    '{"decision":"block"}',
    '{"decision":"allow"}',
    '{"decision":',
    "{'a'",
    '"{}"',
    "\ufeff",
    "\0",
    "\r",
  ),
);
const output = fc
  .array(fc.tuple(printed, fc.constantFrom("", " ", "\n", "\r\n")), { maxLength: 6 })
  .map((parts) => parts.map((part) => part.join("")).join(""));

describe("whatever a hook prints", () => {
  it("is an answer, or none, and never throws", () => {
    fc.assert(
      fc.property(output, (text) => {
        expect(["silent", "block", "unreadable"]).toContain(readAnswerText(text).kind);
      }),
    );
  });

  it("does not take back a no that is a line of its own", () => {
    fc.assert(
      fc.property(output, output, (before, behind) => {
        const text = `${before}\n{"decision":"block","reason":"no"}\n${behind}`;
        expect(readAnswerText(text).kind).toBe("block");
      }),
    );
  });
});

describe("an answer that is a value", () => {
  it("may be nothing, and nothing else than an object", () => {
    expect(readAnswer(undefined)).toEqual({ kind: "silent" });
    expect(readAnswer(null)).toEqual({ kind: "silent" });
    for (const value of ["block", 1, true, ["block"], () => "block", Symbol("block")]) {
      expect(readAnswer(value)).toEqual({ kind: "unreadable", why: "it is no object" });
    }
  });

  it("may be of a class", () => {
    class Block {
      get decision() {
        return "block";
      }
      readonly reason = "no";
    }
    expect(readAnswer(new Block())).toEqual({ kind: "block", reason: "no" });
  });

  it("may hold what no JSON can", () => {
    const loop: Record<string, unknown> = { decision: {} };
    loop.decision = loop;
    expect(readAnswer(loop)).toMatchObject({ kind: "unreadable" });
    expect(readAnswer({ decision: Symbol("block") })).toMatchObject({ kind: "unreadable" });
    expect(readAnswer({ decision: 10n })).toMatchObject({ kind: "unreadable" });
    expect(readAnswer({ decision: () => "block" })).toMatchObject({ kind: "unreadable" });
  });
});
