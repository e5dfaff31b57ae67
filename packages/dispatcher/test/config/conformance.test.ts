import { basename } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { ConfigProblem, Hook, HooksToml, Limits, McpServer, Redaction } from "../../dist/contracts.js";
import { CONFIG_CODES } from "../../dist/errors.js";
import { configFolder, type Loaded } from "./folder.ts";
import { schemaOf, vectorsOf } from "./vectors.ts";

interface ConfigVector extends Loaded {
  readonly description: string;
  readonly expect: {
    readonly hooks: readonly Readonly<Record<string, unknown>>[];
    readonly disabled?: readonly { readonly id: string; readonly why: string }[];
    readonly problems: readonly Readonly<Record<string, unknown>>[];
    readonly limits?: Limits;
    readonly redaction?: {
      readonly enabled: boolean;
      readonly allow: string[];
      readonly patterns: Record<string, string>;
    };
    readonly hooks_toml?: Readonly<Record<string, unknown>>;
  };
}

const folder = configFolder();
const vectors = vectorsOf<ConfigVector>("config");

/** A hook in the flat words of the vectors. */
function flat(hook: Hook): Record<string, unknown> {
  const { origin, matcher, hook_event_name = null } = hook;
  const file = basename(origin.file);
  return { ...hook, ...what(hook), hook_event_name, line: origin.line, matcher: matcher.source, file };
}

/** What a hook delivers to. Where paths are looked for depends on the folder, so vectors have a word for it. */
function what(hook: Hook): object {
  switch (hook.runner) {
    case "command":
      return { ...hook.command, ...(hook.cwd === undefined ? {} : { cwd: portable(hook.cwd) }) };
    case "webhook":
      return hook.webhook;
    case "mcp_tool":
      return { ...hook.mcp_tool, server: hook.mcp_tool.server.name, transport: transportOf(hook.mcp_tool.server) };
    case "broken":
      return { problem: { code: hook.problem.code, line: hook.problem.origin.line } };
    case "host":
      return hook.host;
    case "inproc":
      return "module" in hook.inproc ? { module: portable(hook.inproc.module) } : hook.inproc;
    case "pyo3":
      return { ...hook.pyo3, script_path: portable(hook.pyo3.script_path) };
  }
}

function transportOf({ transport }: McpServer): object {
  if (transport.kind === "http" || transport.cwd === undefined) return transport;
  return { ...transport, cwd: portable(transport.cwd) };
}

/** The folder of the configuration within a text has a word of its own, wherever it is. */
function portable(text: string): string {
  return text.replaceAll(folder.path, "$CODEX_HOME").replaceAll("\\", "/");
}

function flatProblem({ severity, code, origin, did_you_mean }: ConfigProblem): Record<string, unknown> {
  const file = basename(origin.file);
  return {
    ...(file === "config.toml" ? {} : { file }),
    severity,
    code,
    line: origin.line,
    column: origin.column,
    ...(did_you_mean ? { did_you_mean } : {}),
  };
}

function flatFile(hooksToml: HooksToml): object {
  return { ...hooksToml, file: portable(hooksToml.file) };
}

/** Patterns as they are written. */
function flatRedaction({ enabled, allow, patterns }: Redaction): object {
  const named = patterns.map(({ name, pattern }) => [name, pattern.source]);
  return { enabled, allow: allow.map(({ source }) => source), patterns: Object.fromEntries(named) };
}

/** What was found, with only the keys that the vector names. */
function only(wanted: Readonly<Record<string, unknown>> | undefined, found: Record<string, unknown>): unknown {
  return wanted ? Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]])) : found;
}

describe("conformance/config", () => {
  for (const { name, description, expect: expected, ...loaded } of vectors) {
    it(`${name}: ${description}`, async () => {
      const config = await folder.loadAll(loaded);
      expect(config.hooks.map((hook, at) => only(expected.hooks[at], flat(hook)))).toEqual(expected.hooks);
      const problems = config.problems.map((problem, at) => {
        const { column, ...found } = flatProblem(problem);
        return expected.problems[at]?.column === undefined ? found : { ...found, column };
      });
      expect(problems).toEqual(expected.problems);
      const disabled = config.disabled.map(({ hook, why }) => ({ id: hook.id, why: portable(why) }));
      if (expected.disabled) expect(disabled).toEqual(expected.disabled);
      if (expected.limits) expect(config.limits).toEqual(expected.limits);
      if (expected.redaction) expect(flatRedaction(config.redaction)).toEqual(expected.redaction);
      if (expected.hooks_toml) expect(config.hooks_toml && flatFile(config.hooks_toml)).toEqual(expected.hooks_toml);
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

  it("have every code of a problem", () => {
    const seen = new Set(vectors.flatMap((vector) => vector.expect.problems.map(({ code }) => code)));
    expect(CONFIG_CODES.filter((code) => !seen.has(code))).toEqual([]);
  });
});

describe("every problem of every vector", () => {
  it("says what cannot be done, why, and what to do", async () => {
    for (const vector of vectors) {
      for (const { message, did_you_mean, code } of (await folder.loadAll(vector)).problems) {
        expect(message).toMatch(/^Cannot [^:]+: .+\. [A-Z].+[.?]$/);
        expect(message.length).toBeLessThan(500);
        expect(message).not.toContain("\n");
        if (did_you_mean) expect(message).toContain(did_you_mean);
        expect(CONFIG_CODES).toContain(code);
      }
    }
  });
});
