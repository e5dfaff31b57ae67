/** Templates of a configuration: whatever is in them, and whatever stands for their variables. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillArguments } from "../dist/runners/mcp_tool/arguments.js";
import { fill, fillTable, malformedIn, variablesOf } from "../dist/template.js";

/** Texts that look like templates, and what `String.replace` would make something of. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "${A}",
        "${B}",
        "$${A}",
        "${",
        "}",
        "$",
        "$&",
        "$1",
        "${A",
        "${__proto__}",
        "${constructor}",
        "\0",
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const name = fc.constantFrom("A", "B", "C", "__proto__", "constructor");
const table = fc.dictionary(name, text);

describe("a template", () => {
  it("is filled in whatever it is, and never throws", () => {
    fc.assert(
      fc.property(text, table, table, (template, own, outside) => {
        malformedIn(template);
        for (const { text: filled } of Object.values(fillTable(own, outside))) expect(typeof filled).toBe("string");
        expect(typeof fill(template, variablesOf(own, outside)).text).toBe("string");
      }),
    );
  });

  it("has what stands for a variable in it as it is: that is no template again", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(fill("<${A}>", { A: value, B: "not to be seen" })).toEqual({ text: `<${value}>`, missing: [] });
        expect(fillTable({ C: "<${A}>" }, { A: value }).C?.text).toBe(`<${value}>`);
      }),
    );
  });

  it("knows no variable that nobody set, as every object has properties", () => {
    for (const inherited of ["constructor", "toString", "__proto__"]) {
      expect(fill(`\${${inherited}}`, {}).missing).toEqual([{ name: inherited, why: "unset" }]);
    }
  });
});

describe("arguments of a tool", () => {
  it("have what an event says in them as it is: that is no template again", () => {
    fc.assert(
      fc.property(text, (command) => {
        const event = {
          xcodex_event_type: "tool-call-started",
          tool_name: "shell",
          tool_input: { command },
          cwd: "/secret",
        };
        const filled = fillArguments(
          { whole: "${command}", within: "<${tool_input.command}>", list: ["${tool_input.command}"] },
          event as unknown as Parameters<typeof fillArguments>[1],
          "exec.before",
        );
        expect(filled).toEqual({ whole: command, within: `<${command}>`, list: [command] });
      }),
    );
  });
});
