import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./conformance/language.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, "packages");

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.m?ts$/.test(file) && !file.split("/").includes("generated"))
    .map((file) => join(folder, file));
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*(\/\/|# ).*$/gm, "");
}

function imports(file: string): string[] {
  return [...withoutComments(read(file)).matchAll(/(?:from|import)\s*\(?\s*"([@.\w][^"\s]*)"/g)].map(
    (match) => match[1] ?? "",
  );
}

/** Which packages of the workspace and which others a package's sources may import. `node:` is a group of its own. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  schema: [],
  // A tool of the workspace: what it takes from the schema's generator it takes as source, by its path.
  codegen: ["node:", "quicktype-core"],
  "sdk-core": ["@xcodex/hooks-schema"],
  // Its types are exported on, so that an event is added without touching the SDK; nothing of it is run.
  "sdk-node": ["@xcodex/hooks-sdk-core", "@xcodex/hooks-schema", "node:"],
  "sdk-deno": ["@xcodex/hooks-sdk-core", "@xcodex/hooks-schema", "node:async_hooks"],
  pyo3: ["node:"],
  // Python in the agent's process: in its runner, and loaded with the first event for it.
  dispatcher: [
    "@xcodex/hooks-schema",
    "@xcodex/hooks-pyo3",
    "node:",
    "toml-eslint-parser",
    "re2js",
    "fastest-levenshtein",
    // Requests: in the carrier of webhooks, and loaded with the first of them.
    "undici",
    "@modelcontextprotocol/client",
  ],
  cli: [
    "@xcodex/hooks-dispatcher",
    "@xcodex/hooks-pyo3",
    "@xcodex/hooks-schema",
    "@xcodex/hooks-schema/compat",
    "node:",
    "commander",
    "toml-eslint-parser",
    "fastest-levenshtein",
  ],
};

describe("packages import only what they may", () => {
  for (const [name, allowed] of Object.entries(MAY_IMPORT)) {
    it(name, () => {
      const wrong = sources(join(PACKAGES, name, "src")).flatMap((file) =>
        imports(file)
          .filter((target) => !target.startsWith("."))
          .filter((target) => !allowed.some((ok) => target === ok || (ok.endsWith(":") && target.startsWith(ok))))
          .map((target) => `${relative(ROOT, file)} imports ${target}`),
      );
      expect(wrong).toEqual([]);
    });
  }
});

it("of the files of other packages, codegen takes none but those of the schema's generator", () => {
  const src = join(PACKAGES, "codegen", "src");
  const targets = sources(src).flatMap((file) =>
    imports(file)
      .filter((target) => target.startsWith("."))
      .map((target) => relative(PACKAGES, resolve(dirname(file), target))),
  );
  const foreign = targets.filter((path) => !path.startsWith("codegen/src/"));
  expect(foreign.length).toBeGreaterThan(0);
  expect(foreign.filter((path) => !path.startsWith("schema/generator/"))).toEqual([]);
});

/** Every name under which an event is known. */
const EVENT_NAMES: ReadonlySet<string> = new Set(
  CATALOGUE.flatMap((facts) => [
    facts.type,
    facts.snake,
    facts.claude ?? facts.type,
    ...facts.aliases.map((alias) => alias.name),
  ]),
);

/** Event names that stand as strings in a file. */
function namedEvents(file: string): string[] {
  return [...withoutComments(read(file)).matchAll(/(["'`])([\w.-]+)\1/g)]
    .filter((match) => EVENT_NAMES.has(match[2] ?? ""))
    .map((match) => `${relative(ROOT, file)} names ${match[0]}`);
}

describe("inside the dispatcher", () => {
  const src = join(PACKAGES, "dispatcher", "src");
  const shared = [
    "contracts.ts",
    "errors.ts",
    "paths.ts",
    "answer.ts",
    "breaker.ts",
    "http-rules.ts",
    "template.ts",
  ].map((file) => join(src, file));

  it("a phase imports the contracts, the errors and its own folder, never a sibling", () => {
    const wrong: string[] = [];
    for (const file of sources(src)) {
      const [phase, ...rest] = relative(src, file).split("/");
      if (rest.length === 0) continue;
      for (const target of imports(file).filter((found) => found.startsWith("."))) {
        const path = resolve(dirname(file), target);
        const own = path.startsWith(`${join(src, phase ?? "")}/`);
        if (!own && !shared.includes(path)) wrong.push(`${relative(ROOT, file)} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("Python is loaded in its runner only, and not before it is wanted", () => {
    const users = sources(src).filter((file) => imports(file).includes("@xcodex/hooks-pyo3"));
    expect(users.map((file) => relative(src, dirname(file)))).toEqual(users.map(() => "runners/pyo3"));
    const loaded = users.filter((file) =>
      /^(?:import|export) (?!type )[^;"]*from "@xcodex\/hooks-pyo3"/m.test(read(file)),
    );
    expect(loaded).toEqual([]);
  });

  /** Which folder of the launcher needs what. */
  const CARRIED = [
    ["undici", "launcher/webhook"],
    ["@modelcontextprotocol/client", "launcher/mcp-tool"],
  ] as const;

  it.each(CARRIED)("%s is imported in %s only", (name, folder) => {
    const users = sources(src).filter((file) => imports(file).some((target) => `${target}/`.startsWith(`${name}/`)));
    expect(users.length).toBeGreaterThan(0);
    const wrong = users.filter((file) => !relative(src, file).startsWith(`${folder}/`));
    expect(wrong.map((file) => relative(src, file))).toEqual([]);
  });

  it.each(CARRIED)("%s is not loaded before there is a run for it: only await import(…) leads into %s", (_, folder) => {
    const outside = sources(src).filter((file) => !relative(src, file).startsWith(`${folder}/`));
    const early = outside.filter((file) =>
      [...read(file).matchAll(/^(?:import|export) (?!type )(?:[^;"(]* from )?"(\.[^"]*)"/gm)].some(([, target = ""]) =>
        relative(src, resolve(dirname(file), target)).startsWith(`${folder}/`),
      ),
    );
    expect(early.map((file) => relative(src, file))).toEqual([]);
  });

  it("no file names an event", () => {
    const wrong = sources(src).flatMap(namedEvents);
    // `notify` is said to be deprecated with the key that replaces it, and the bare word "stop" is no event there.
    expect(wrong).toEqual([]);
  });
});

describe("every language has the same things in its folder", () => {
  const there = (folder: string, pattern: RegExp): string[] => readdirSync(folder).filter((name) => pattern.test(name));

  it.each(LANGUAGES)("$path", ({ folder, manifest }) => {
    for (const name of ["package.json", "README.md", "template", "test/conformance.test.ts", "bench"]) {
      expect(existsSync(join(folder, name)), name).toBe(true);
    }
    expect(there(join(folder, "conformance"), /^driver\b/i).length, "conformance/driver.*").toBeGreaterThan(0);
    expect(manifest.checks.length, "checks").toBeGreaterThan(0);
    expect(manifest.sdks.length, "sdks").toBeGreaterThan(0);
  });

  it("and no file of a language that is written by hand, and that users get, names an event", () => {
    const files = LANGUAGES.flatMap(({ folder, path, manifest }) => {
      const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
      const generated = manifest.codegen?.generated ?? [];
      return execFileSync("git", args, { cwd: folder, encoding: "utf8" })
        .split("\0")
        .filter((file) => /\.(ts|mjs|py|go|rs|java|rb)$/.test(file) && existsSync(join(folder, file)))
        .filter((file) => !/(^|\/)(tests?|template|templates|bench|codegen|examples)\/|_test\.go$/.test(file))
        .filter((file) => !generated.some((entry) => file === entry || file.startsWith(`${entry}/`)))
        .map((file) => join(ROOT, path, file));
    });
    expect(files.length).toBeGreaterThan(LANGUAGES.length);
    expect(files.flatMap(namedEvents)).toEqual([]);
  });
});

describe("every registry equals its folder", () => {
  const registries: readonly (readonly [folder: string, registry: string])[] = [
    ["schema/src/events", "schema/src/events/index.ts"],
    ["schema/src/wires", "schema/src/wires/index.ts"],
    ["dispatcher/src/runners", "dispatcher/src/runners/index.ts"],
    ["dispatcher/src/config/surfaces", "dispatcher/src/config/surfaces/index.ts"],
    ["dispatcher/src/config/hooks-toml/types", "dispatcher/src/config/hooks-toml/types/index.ts"],
    ["cli/src/commands", "cli/src/commands/index.ts"],
    ["cli/src/kinds", "cli/src/kinds/index.ts"],
  ];
  /** Types that the files of a folder share; they are no entries. */
  const shared = new Set([
    ...["index.ts", "wire.ts", "surface.ts", "kind.ts"],
    // What runners of several kinds have in common.
    ...["at-exit.ts", "byte-chunks.ts", "event-env.ts", "health.ts", "launched.ts", "replies.ts"],
  ]);

  for (const [folder, registry] of registries) {
    it(folder, () => {
      const listed = new Set(
        imports(join(PACKAGES, registry))
          .filter((target) => target.startsWith("./"))
          .map((target) => target.slice(2).split("/")[0]?.replace(/\.ts$/, "")),
      );
      const there = readdirSync(join(PACKAGES, folder))
        .filter((entry) => !shared.has(entry))
        .map((entry) => entry.replace(/\.ts$/, ""));
      for (const entry of shared) listed.delete(entry.replace(/\.ts$/, ""));
      expect([...listed].sort()).toEqual(there.sort());
    });
  }
});

describe("public symbols are documented", () => {
  for (const name of Object.keys(MAY_IMPORT)) {
    it(name, () => {
      const wrong = sources(join(PACKAGES, name, "src")).flatMap((file) => undocumented(file));
      expect(wrong).toEqual([]);
    });
  }

  function undocumented(file: string): string[] {
    const lines = read(file).split("\n");
    return lines.flatMap((line, at) => {
      const declared = /^export (?:async )?(?:abstract )?(?:const|function|interface|type|class) (\w+)/.exec(line);
      if (!declared || /^export type \{/.test(line)) return [];
      const before = lines
        .slice(0, at)
        .reverse()
        .find((above) => above.trim() !== "");
      return before?.trimEnd().endsWith("*/") ? [] : [`${relative(ROOT, file)}:${at + 1} ${declared[1]}`];
    });
  }
});
