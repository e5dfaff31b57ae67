import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeOfKey } from "../../dist/config/json-places.js";

describe("the place of a key", () => {
  it.each([
    ['{"hooks": {"enabled": true}}', ["hooks"], 1, 2],
    ['{"hooks": {"enabled": true}}', ["hooks", "enabled"], 1, 12],
    [
      '{\n  "a": {"hooks": 1},\n  "hooks": {\n    "x": ["enabled", "}"],\n    "enabled": 1\n  }\n}',
      ["hooks", "enabled"],
      5,
      5,
    ],
    ['{"a": "\\"hooks\\": {", "hooks": 1}', ["hooks"], 1, 23],
    ['[{"hooks": 1}]', ["hooks"], undefined, undefined],
    ['{"x": [{"hooks": 1}], "h\\u006foks": 2}', ["hooks"], 1, 23],
    ['{"hooks": 1, "hooks": 2}', ["hooks"], 1, 14],
    ['"hooks"', ["hooks"], undefined, undefined],
  ])("%s: %j", (text, path, line, column) => {
    expect(placeOfKey(text, path)).toEqual(line === undefined ? undefined : { line, column });
  });

  it("is found whenever the object has it, and only then", () => {
    const name = fc.constantFrom("a", "b", 'c"}', "");
    const json = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        tie("object"),
        fc.array(tie("value"), { maxLength: 2 }),
      ),
      object: fc.dictionary(name, tie("value"), { maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(json.object, name, name, fc.boolean(), (object, one, two, pretty) => {
        const text = JSON.stringify(object, null, pretty ? 2 : 0);
        const inner = object[one];
        const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
        expect(placeOfKey(text, [one]) !== undefined).toBe(Object.hasOwn(object, one));
        expect(placeOfKey(text, [one, two]) !== undefined).toBe(isObject && Object.hasOwn(inner, two));
      }),
    );
  });
});
