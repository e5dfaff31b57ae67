import { BASE_FIELDS, canonical, EVENT_FIELDS, eventNames } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HookInputError, parseEvent, type ReadEvent } from "../dist/index.js";

const FIELDS = [
  ...new Set([...Object.keys(BASE_FIELDS), ...Object.values(EVENT_FIELDS).flatMap((own) => Object.keys(own))]),
];
const SPELLINGS = [
  "type",
  "schema-version",
  "thread-id",
  "thread_id",
  "call_id",
  "prompt_id",
  "agent_id",
  "llm_request",
];
const STRANGE = ["__proto__", "constructor", "extra", "raw", "problems", "", "--proto--", "toString"];

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FIELDS) },
  { weight: 1, arbitrary: fc.constantFrom(...FIELDS).map((field) => field.replaceAll("_", "-")) },
  { weight: 2, arbitrary: fc.constantFrom(...SPELLINGS, ...STRANGE) },
  { weight: 1, arbitrary: fc.string() },
);
const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...eventNames()), fc.integer(), fc.array(fc.string()));

/** The text of an object: assembled by hand, so that any key may stand in it, more than once too. */
const payloadText = fc
  .tuple(fc.option(fc.constantFrom(...eventNames())), fc.array(fc.tuple(key, value), { maxLength: 25 }))
  .map(([name, fields]) => {
    const entries: [string, unknown][] = name === null ? fields : [...fields, ["xcodex_event_type", name]];
    return `{${entries.map(([field, given]) => `${JSON.stringify(field)}:${JSON.stringify(given)}`).join(",")}}`;
  });

/** The event, or undefined when it is refused as it may be. */
function parsed(json: string | object): ReadEvent | undefined {
  try {
    return parseEvent(json);
  } catch (error) {
    expect(error).toBeInstanceOf(HookInputError);
    return undefined;
  }
}

describe("parseEvent, whatever it is given", () => {
  it("returns an event or throws a HookInputError: any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (text) => void parsed(text)),
      { numRuns: 2000 },
    );
  });

  it("returns an event or throws a HookInputError: any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parsed(bytes)),
      { numRuns: 1000 },
    );
  });

  it("refuses every cut of a payload, and nothing but cuts", () => {
    fc.assert(
      fc.property(payloadText, fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        expect(() => parseEvent(cut)).toThrow(HookInputError);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves what it is given untouched, and keeps it as raw", () => {
    fc.assert(
      fc.property(payloadText, (text) => {
        const object = JSON.parse(text) as object;
        const event = parsed(object);
        if (!event) return;
        expect(event.raw).toBe(object);
        expect(JSON.stringify(object)).toBe(JSON.stringify(JSON.parse(text)));
        expect(JSON.stringify(parsed(text)?.raw)).toBe(JSON.stringify(object));
      }),
      { numRuns: 1000 },
    );
  });

  it("puts every field in exactly one place: typed, extra or problems", () => {
    fc.assert(
      fc.property(payloadText, (text) => {
        const event = parsed(text);
        if (!event) return;
        const own: Readonly<Record<string, unknown>> = { ...event };
        for (const [field, given] of Object.entries(canonical(event.raw).fields)) {
          const isWrong = event.problems.some((problem) => problem.code === "wrong_type" && problem.field === field);
          const isExtra = Object.hasOwn(event.extra, field);
          // Derived fields have a value of their own beside the problem.
          const isTyped = !isWrong && Object.hasOwn(own, field) && !["extra", "problems"].includes(field);
          const nobody = given === null && !isExtra && !isWrong;
          expect([isWrong, isExtra, isTyped].filter(Boolean).length, `${field} of ${text}`).toBe(
            nobody && !isTyped ? 0 : 1,
          );
          if (isExtra) expect(event.extra[field]).toBe(given);
          if (isTyped && given !== null && field !== "xcodex_event_type") expect(own[field]).toBe(given);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("has every required field of the right type, and no field of a wrong one", () => {
    const ofType: Readonly<Record<string, (given: unknown) => boolean>> = {
      string: (given) => typeof given === "string",
      boolean: (given) => typeof given === "boolean",
      integer: (given) => Number.isSafeInteger(given),
      object: (given) => typeof given === "object" && given !== null && !Array.isArray(given),
      strings: (given) => Array.isArray(given) && given.every((item) => typeof item === "string"),
      any: () => true,
    };
    fc.assert(
      fc.property(payloadText, (text) => {
        const event = parsed(text);
        if (!event) return;
        const own: Readonly<Record<string, unknown>> = { ...event };
        const specs = { ...BASE_FIELDS, ...EVENT_FIELDS[event.xcodex_event_type] };
        for (const [field, spec] of Object.entries(specs)) {
          if (spec.required) expect(Object.hasOwn(own, field), field).toBe(true);
          if (Object.hasOwn(own, field)) expect(ofType[spec.type]?.(own[field]), `${field} of ${text}`).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the event object", () => {
  const event = parseEvent('{"hook_event_name":"Stop","session_id":"s","cwd":"/w","new":{"a":1}}');

  it("can be written as JSON without carrying everything twice", () => {
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({
      xcodex_event_type: "agent-turn-complete",
      extra: { new: { a: 1 } },
      problems: [],
    });
    expect(Object.keys(event)).not.toContain("raw");
    expect(event.raw).toEqual({ hook_event_name: "Stop", session_id: "s", cwd: "/w", new: { a: 1 } });
  });

  it("shares no stand-in with another event", () => {
    expect(parseEvent("{}").problems).not.toBe(parseEvent("{}").problems);
  });

  it("keeps half a surrogate pair through reading and writing", () => {
    const text = '{"x":"a\\ud800b","hook_event_name":"\\udc00"}';
    expect(JSON.stringify(parseEvent(text).raw)).toBe(text);
  });

  it("keeps a tool_response that is null apart from one that is absent", () => {
    const read = (more: string): object => parseEvent(`{"hook_event_name":"PostToolUse"${more}}`);
    expect(Object.hasOwn(read(',"tool_response":null'), "tool_response")).toBe(true);
    expect(Object.hasOwn(read(""), "tool_response")).toBe(false);
  });

  it("refuses values that are no objects", () => {
    for (const wrong of [[], null, 1, true, undefined]) {
      expect(() => parseEvent(wrong as unknown as object)).toThrow(expect.objectContaining({ code: "not_object" }));
    }
  });

  it("quotes a wrong value in its message, and only the start of a long one", () => {
    const [problem] = parseEvent({
      hook_event_name: "Stop",
      session_id: "s",
      cwd: "/w",
      duration_ms: "x".repeat(1000),
    }).problems;
    expect(problem?.message).toMatch(
      /^Cannot use field "duration_ms": it should be an integer and is the string "x+…\. Look in/,
    );
    expect(problem?.message.length).toBeLessThan(200);
  });
});
