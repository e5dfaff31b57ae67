import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type FieldModel, type Model, modelOf } from "../../codegen/src/model.ts";
import { quicktype } from "../../codegen/src/quicktype.ts";
import { render } from "../codegen/render.ts";

const SCHEMA = fileURLToPath(new URL("../../schema/generated", import.meta.url));
const json = (name: string): unknown => JSON.parse(readFileSync(join(SCHEMA, name), "utf8"));
const model: Model = modelOf(json("hooks.schema.json") as never, json("catalogue.json"));

const rendered = (changed: Partial<Model>): Promise<ReadonlyMap<string, string>> =>
  render({ ...model, ...changed }, { quicktype, notice: "Generated." });

/** The model with one more field in its first event. */
function withField(name: string, doc = "A field."): Partial<Model> {
  const field: FieldModel = { name, kind: "string", required: false, doc, examples: [] };
  const events = model.events.map((event, at) => (at > 0 ? event : { ...event, fields: [...event.fields, field] }));
  return { events };
}

describe("the generator of the Ruby files", () => {
  it.each(["type", "class", "hash", "end", "to_h", "problems"])("refuses a field `%s`", async (name) => {
    await expect(rendered(withField(name))).rejects.toMatchObject({
      code: "inexpressible",
      path: `${model.events[0]?.name}.${name}`,
    });
  });

  it.each(["options", "format", "name", "kind"])("takes a field `%s`", async (name) => {
    const files = await rendered(withField(name, 'Say "#{this}" \\ so.'));
    expect(files.get("lib/xcodex_hooks_events.rb")).toContain(`attr_reader :${name}\n`);
    expect(files.get("sig/xcodex_hooks_events.rbs")).toContain(`attr_reader ${name}: String?\n`);
  });

  it("refuses an event that is called like something of Ruby's", async () => {
    const events = model.events.map((event, at) => (at > 0 ? event : { ...event, name: "Hash" }));
    await expect(rendered({ events })).rejects.toMatchObject({ code: "inexpressible", path: "Hash" });
  });

  it("refuses tools that become one constant", async () => {
    await expect(rendered({ tools: ["FooBar", "Foo_Bar"] })).rejects.toMatchObject({ code: "inexpressible" });
  });

  it("writes no string that Ruby would evaluate", async () => {
    const files = await rendered({ toolAliases: { "a#{exit}#$x#@y": ["Bash"] } });
    expect(files.get("lib/xcodex_hooks_events.rb")).toContain('"a\\#{exit}\\#$x\\#@y" => "Bash"');
  });
});
