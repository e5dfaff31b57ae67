import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { describe, expect, it } from "vitest";
import { parseToml, type TomlTable, type TomlValue } from "../../dist/config/toml.js";

/** Our tree without places, as plain data. */
function plain(value: TomlValue): unknown {
  switch (value.kind) {
    case "table":
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]));
    case "array":
      return value.items.map(plain);
    default:
      return value.value;
  }
}

async function rootOf(text: string): Promise<TomlTable> {
  const parsed = await parseToml(text);
  if (!parsed.root) throw new Error(parsed.reason);
  return parsed.root;
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  "tables and values": 'a = 1\nb = "x"\n[t]\nc = true\nd = 1.5\n[t.u]\ne = [1, [2, "3"], []]\n',
  "super table last": "[x.y.z.w]\nq = 1\n[x]\nd = 2\n[x.other]\n",
  "dotted keys": 'a.b.c = 1\na.b.d = 2\na."e.f" = 3\n[t]\ng.h = 4\n[t.i]\nj.k = 5\n',
  "inline tables": "p = { x = 1, y.z = 2, y.w = { v = [] } }\nq = [{ a = 1 }, { a = { b = 2 } }]\n",
  "arrays of tables":
    "[[f]]\nn = 1\n[f.p]\nc = 1\n[[f.v]]\nn = 2\n[[f.v]]\nn = 3\n[[f]]\nn = 4\n[[f.v]]\nn = 5\n[f.v.deep.er]\nz = 1\n",
  "empty everything": "a = []\nb = {}\n[c]\n[[d]]\n[[d]]\n",
  "TOML 1.1": 'a = {\n  b = 1, # comment\n  c = [ 2, ],\n}\nd = "\\x41\\e"\n',
};

describe("the tree", () => {
  for (const [name, text] of Object.entries(DOCUMENTS)) {
    it(`holds what the parser says: ${name}`, async () => {
      const said = getStaticTOMLValue(parseTOML(text));
      expect(plain(await rootOf(text))).toEqual(said);
      expect(said).not.toEqual({});
    });
  }

  it("keeps keys in the order of the file", async () => {
    const { entries } = await rootOf("b = 1\n10 = 2\n[z.y]\n[a]\n2.x = 1\n[z]\n");
    expect([...entries.keys()]).toEqual(["b", "10", "z", "a"]);
  });

  it("keeps dates as text", async () => {
    expect(plain(await rootOf("a = 1979-05-27\nb = 07:32:00.5\n"))).toEqual({ a: "1979-05-27", b: "07:32:00.5" });
  });

  it("knows the place of every key, header and value", async () => {
    const { entries } = await rootOf("x = 1\n[a.b]\n  c = [\n    1,\n    [2],\n  ]\n  [[a.d]]\n");
    const a = entries.get("a")?.value as TomlTable;
    const b = a.entries.get("b")?.value as TomlTable;
    const c = b.entries.get("c");
    expect(entries.get("a")?.at).toEqual({ line: 2, column: 2 });
    expect(a.entries.get("b")?.at).toEqual({ line: 2, column: 4 });
    expect(c?.at).toEqual({ line: 3, column: 3 });
    expect(c?.value.at).toEqual({ line: 3, column: 7 });
    expect(c?.value.kind === "array" && c.value.items.map(({ at }) => at)).toEqual([
      { line: 4, column: 5 },
      { line: 5, column: 5 },
    ]);
    const d = a.entries.get("d");
    expect(d?.at).toEqual({ line: 7, column: 7 });
    expect(d?.value.kind === "array" && d.value.items[0]?.at).toEqual({ line: 7, column: 3 });
  });
});

describe("text that is no TOML", () => {
  it.each([
    ["a = ]", 1, 5],
    ["a = 1\nb = 2 c = 3", 2, 7],
    ['a = "x', 1, 7],
    ["[a]\n[a]", 2, 2],
    ["a.b = 1\na = 2", 2, 1],
  ])("%j has a place and a reason", async (text, line, column) => {
    expect(await parseToml(text)).toEqual({ at: { line, column }, reason: expect.stringMatching(/^[A-Z].+/) });
  });
});
