import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const CONFORMANCE = join(PACKAGE, "..", "..", "conformance");
const PROGRAM = join(PACKAGE, "bin", "xcodex.mjs");

type Fields = Readonly<Record<string, unknown>>;

interface Vector {
  readonly description: string;
  readonly rule: string;
  readonly toml?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
  readonly records?: readonly { readonly seconds_ago: number; readonly record: Fields }[];
  readonly event: Fields;
  readonly expect: Fields & { readonly hooks: readonly Fields[]; readonly problems?: readonly Fields[] };
}

interface Explained {
  readonly hooks: readonly (Fields & { readonly id: string; readonly rule?: string })[];
  readonly problems: readonly { severity: string; code: string; origin: { file: string; line: number } }[];
}

const read = (...path: string[]) => JSON.parse(readFileSync(join(CONFORMANCE, ...path), "utf8"));
const names = readdirSync(join(CONFORMANCE, "explain")).sort();
const vectors: readonly (readonly [string, Vector])[] = names.map((name) => [name, read("explain", name)]);
const folder = mkdtempSync(join(tmpdir(), "xcodex-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A CODEX_HOME as a vector wants it. */
function homeFor({ toml, files = {}, records = [] }: Vector): string {
  const home = mkdtempSync(join(folder, "home-"));
  if (toml !== undefined) writeFileSync(join(home, "config.toml"), toml);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const lines = records.map(({ seconds_ago, record }) =>
    JSON.stringify({ at: new Date(Date.now() - seconds_ago * 1000).toISOString(), ...record }),
  );
  mkdirSync(join(home, "tmp", "hooks"), { recursive: true });
  if (lines.length > 0) writeFileSync(join(home, "tmp", "hooks", "runs.jsonl"), `${lines.join("\n")}\n`);
  return home;
}

function explain(vector: Vector, ...more: string[]): string {
  const { XCODEX_HOOKS_DEPTH: _, ...outside } = process.env;
  const context = Object.entries(vector.context ?? {}).flatMap(([key, value]) => ["--context", `${key}=${value}`]);
  const args = [PROGRAM, ...(vector.flags ?? []), ...context, "hooks", "explain", "-", ...more];
  const env = { ...outside, ...vector.env, CODEX_HOME: homeFor(vector) };
  const input = JSON.stringify(vector.event);
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, input, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** Of everything that was found, what the vector names: of objects these fields, of lists all. */
function only(wanted: unknown, found: unknown): unknown {
  if (Array.isArray(wanted) && Array.isArray(found)) return found.map((item, at) => only(wanted[at], item));
  if (typeof wanted !== "object" || wanted === null || typeof found !== "object" || found === null) return found;
  return Object.fromEntries(
    Object.keys(wanted).map((key) => [key, only((wanted as Fields)[key], (found as Fields)[key])]),
  );
}

describe("conformance/explain", () => {
  for (const [name, vector] of vectors) {
    it.concurrent(`${name}: ${vector.description}`, async () => {
      const found = JSON.parse(explain(vector, "--json")) as Explained;
      const problems = found.problems.map(({ severity, code, origin }) => ({
        ...{ severity, code, file: basename(origin.file), line: origin.line },
      }));
      const { problems: wanted = [], ...rest } = vector.expect;
      expect(only(rest, found)).toEqual(rest);
      expect(problems).toEqual(wanted);
    });
  }

  it("follow their schema", () => {
    const valid = new Ajv({ allErrors: true }).compile(read("schemas", "explain.schema.json"));
    expect(vectors.flatMap(([name, vector]) => (valid(vector) ? [] : [[name, valid.errors]]))).toEqual([]);
  });

  it("are about twenty cases and more, every rule among them", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(20);
    const rules = [
      "event",
      "tools",
      "where",
      "matcher",
      "filter",
      "target",
      "condition",
      "disabled",
      "gate",
      "breaker",
    ];
    const about = new Set(vectors.map(([, { rule }]) => rule));
    expect([...rules, "depth", "no_hooks", "config_error", "runs"].filter((rule) => !about.has(rule))).toEqual([]);
  });
});

describe("explain as text", () => {
  it("shows no secret, whatever it explains", () => {
    const vector = read("explain", "request.json") as Vector;
    for (const more of [[], ["--json"]]) {
      const text = explain(vector, ...more);
      expect(text).toMatch(/Bearer \$\{API_TOKEN\}/);
      expect(text).not.toContain(vector.env?.API_TOKEN);
    }
  });
});
