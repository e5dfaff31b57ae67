import { sep } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { ConfigProblem, Hook, Limits } from "../../dist/contracts.js";
import { CONFIG_CODES } from "../../dist/errors.js";
import { configFolder } from "./folder.ts";
import { schemaOf, vectorsOf } from "./vectors.ts";

interface ConfigVector {
  readonly description: string;
  readonly toml: string;
  readonly no_hooks?: boolean;
  readonly expect: {
    readonly hooks: readonly Readonly<Record<string, unknown>>[];
    readonly problems: readonly Readonly<Record<string, unknown>>[];
    readonly limits?: Limits;
  };
}

const folder = configFolder();
const vectors = vectorsOf<ConfigVector>("config");

/** A hook in the flat words of the vectors. */
function flat(hook: Hook): Record<string, unknown> {
  const { origin, matcher, hook_event_name = null } = hook;
  return { ...hook, ...what(hook), hook_event_name, line: origin.line, matcher: matcher.source, file: origin.file };
}

/** What a hook delivers to. Where paths are looked for depends on the folder, so vectors have a word for it. */
function what(hook: Hook): object {
  switch (hook.runner) {
    case "command":
      return hook.command;
    case "host":
      return hook.host;
    case "inproc":
      return "module" in hook.inproc ? { module: portable(hook.inproc.module) } : hook.inproc;
    case "pyo3":
      return { ...hook.pyo3, script_path: portable(hook.pyo3.script_path) };
  }
}

function portable(path: string): string {
  return path.startsWith(folder.path + sep)
    ? `$CODEX_HOME${path.slice(folder.path.length).replaceAll(sep, "/")}`
    : path;
}

function flatProblem({ severity, code, origin, did_you_mean }: ConfigProblem): Record<string, unknown> {
  return { severity, code, line: origin.line, column: origin.column, ...(did_you_mean ? { did_you_mean } : {}) };
}

/** What was found, with only the keys that the vector names. */
function only(wanted: Readonly<Record<string, unknown>> | undefined, found: Record<string, unknown>): unknown {
  return wanted ? Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]])) : found;
}

describe("conformance/config", () => {
  for (const { name, description, toml, no_hooks, expect: expected } of vectors) {
    it(`${name}: ${description}`, async () => {
      const config = await folder.load(toml, no_hooks);
      expect(config.hooks.map((hook, at) => only(expected.hooks[at], flat(hook)))).toEqual(expected.hooks);
      const problems = config.problems.map((problem, at) => {
        const { column, ...found } = flatProblem(problem);
        return expected.problems[at]?.column === undefined ? found : { ...found, column };
      });
      expect(problems).toEqual(expected.problems);
      if (expected.limits) expect(config.limits).toEqual(expected.limits);
      expect(config).toMatchObject({ codex_home: folder.path, exists: true });
    });
  }
});

describe("the vectors", () => {
  const valid = new Ajv({ allErrors: true, strict: true }).compile(schemaOf("config"));

  it("follow their schema", () => {
    const wrong = vectors.flatMap(({ name, ...vector }) => (valid(vector) ? [] : [[name, valid.errors]]));
    expect(wrong).toEqual([]);
  });

  it("have every code of a problem but the one that needs more than a text", () => {
    const seen = new Set(vectors.flatMap((vector) => vector.expect.problems.map(({ code }) => code)));
    expect(CONFIG_CODES.filter((code) => !seen.has(code))).toEqual(["unreadable"]);
  });
});

describe("every problem of every vector", () => {
  it("says what cannot be done, why, and what to do", async () => {
    for (const { toml } of vectors) {
      for (const { message, did_you_mean, code } of (await folder.load(toml)).problems) {
        expect(message).toMatch(/^Cannot [^:]+: .+\. [A-Z].+[.?]$/);
        expect(message.length).toBeLessThan(500);
        expect(message).not.toContain("\n");
        if (did_you_mean) expect(message).toContain(did_you_mean);
        expect(CONFIG_CODES).toContain(code);
      }
    }
  });
});
