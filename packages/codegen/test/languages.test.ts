import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateLanguage } from "../src/generate.ts";
import { findLanguages, type Language } from "../src/manifest.ts";
import { type Model, modelOf } from "../src/model.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, "packages/schema/generated", path), "utf8"));
const model: Model = modelOf(json("hooks.schema.json") as never, json("catalogue.json"));

describe("the languages of this repository", () => {
  const languages = findLanguages(ROOT);

  it("are found by their manifests", () => {
    // Others may be added, and nothing here has to know them.
    const ours = ["deno", "go", "java", "node", "python", "ruby", "rust"].map((id) => `packages/sdk-${id}`);
    expect(languages.map(({ path }) => path)).toEqual(expect.arrayContaining(ours));
  });

  it("install under eight names at least", () => {
    const sdks = languages.flatMap(({ manifest }) => manifest.sdks);
    const ids = ["deno", "go", "java", "javascript", "python", "ruby", "rust", "typescript"];
    expect(sdks.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    const aliases = sdks.flatMap((sdk) => sdk.aliases);
    expect(aliases).toEqual(expect.arrayContaining(["golang", "js", "node", "py", "rb", "rs", "ts"]));
  });

  it.each(languages.filter(({ manifest }) => manifest.codegen))(
    "$path has a type for every event",
    async (language) => {
      const text = [...(await generateLanguage(language, model)).values()].join("\n");
      for (const event of model.events) expect(text, event.name).toContain(event.name);
    },
  );

  it.each(languages.filter(({ manifest }) => manifest.codegen))(
    "$path carries every sentence over",
    async (language) => {
      // Marks and escapes differ from language to language, so sentences are compared by their words.
      const words = (text: string): string =>
        text
          .replaceAll("{@code", "")
          .replace(/[^\p{L}\p{N}]+/gu, " ")
          .trim();
      const text = words([...(await generateLanguage(language, model)).values()].join("\n"));
      const docs = [...model.events, ...model.structs].flatMap(({ doc, fields }) => [
        doc,
        ...fields.map((field) => field.doc),
      ]);
      expect(docs.filter((doc) => !text.includes(words(doc)))).toEqual([]);
    },
  );
});

describe("a language", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "languages-"));
    mkdirSync(join(root, "packages/sdk-x"), { recursive: true });
    mkdirSync(join(root, "packages/none"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const MANIFEST = { id: "x", title: "X", requires: [], build: [], driver: [], checks: [], bench: {}, sdks: [] };
  const put = (manifest: unknown, render = ""): readonly Language[] => {
    writeFileSync(join(root, "packages/sdk-x/language.json"), JSON.stringify(manifest));
    writeFileSync(join(root, "packages/sdk-x/render.mjs"), render);
    return findLanguages(root);
  };
  const rendered = async (generated: readonly string[], render: string): Promise<ReadonlyMap<string, string>> => {
    const [language] = put({ ...MANIFEST, codegen: { module: "render.mjs", generated } }, render);
    return generateLanguage(language as Language, model);
  };

  it("is a folder with a manifest; other folders are none", () => {
    expect(put(MANIFEST).map(({ path }) => path)).toEqual(["packages/sdk-x"]);
  });

  it("whose manifest is not whole is refused with the key that is not there", () => {
    expect(() => put({ id: "x" })).toThrow('Cannot generate from "packages/sdk-x/language.json": it has no "title"');
  });

  it("whose manifest is no JSON is refused with its path", () => {
    writeFileSync(join(root, "packages/sdk-x/language.json"), "{");
    expect(() => findLanguages(root)).toThrow('Cannot generate from "packages/sdk-x/language.json"');
  });

  it("may write what its manifest lists", async () => {
    const files = await rendered(
      ["out"],
      `export const render = async (_, { notice }) => new Map([["out/a.x", notice]]);`,
    );
    expect([...files.keys()]).toEqual(["out/a.x"]);
  });

  it("may not write anything else", async () => {
    const writing = rendered(["out"], `export const render = async (_, { notice }) => new Map([["src/a.x", notice]]);`);
    await expect(writing).rejects.toThrow('"packages/sdk-x/src/a.x": its manifest does not list it');
  });

  it("says in every file where it comes from", async () => {
    const writing = rendered(["out"], `export const render = async () => new Map([["out/a.x", "x"]]);`);
    await expect(writing).rejects.toThrow("it does not say where it comes from");
  });

  it("cannot name a module that is not there", async () => {
    const [language] = put({ ...MANIFEST, codegen: { module: "gone.mjs", generated: [] } });
    await expect(generateLanguage(language as Language, model)).rejects.toThrow("gone.mjs");
  });
});
