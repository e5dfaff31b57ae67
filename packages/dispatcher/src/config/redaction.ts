import type { NamedPattern, Pattern, Redaction } from "../contracts.ts";
import { compilePattern } from "./matcher.ts";
import { describe, type Problems, quote, tomlKey } from "./problems.ts";
import { readFlag } from "./settings.ts";
import type { TomlEntry, TomlTable, TomlValue } from "./toml.ts";
import { reportUnknownKeys } from "./unknown-keys.ts";

const KEY = "redact";
/** The key of the Rust original. */
const LEGACY = "sanitize_payloads";

/** Keys of `[hooks]` that say whether and how secrets are redacted. */
export const REDACTION_KEYS: readonly string[] = [KEY, LEGACY];

/** Secrets are redacted unless somebody says otherwise. */
export const DEFAULT_REDACTION: Redaction = { enabled: true, allow: [], patterns: [] };

const KEYS: readonly string[] = ["enabled", "allow", "patterns"];
const NAME = /^[a-z0-9-]{1,64}$/;

/**
 * Reads `hooks.redact`, a flag or a table. What cannot be used is a problem and has its default: whoever mistypes something does not switch
 * redaction off by it.
 */
export async function readRedaction(hooks: TomlTable, problems: Problems): Promise<Redaction> {
  const legacy = readLegacy(hooks.entries.get(LEGACY), problems);
  const entry = hooks.entries.get(KEY);
  if (entry?.value.kind === "table") return readTable(entry.value, legacy, problems);
  return { ...DEFAULT_REDACTION, enabled: readSwitch(entry, problems) ?? legacy };
}

/** A deprecated spelling of the flag. `hooks.redact` beside it counts. */
function readLegacy(entry: TomlEntry | undefined, problems: Problems): boolean {
  const enabled = readFlag(entry, `hooks.${LEGACY}`, problems);
  if (!entry || enabled === undefined) return DEFAULT_REDACTION.enabled;
  const todo = enabled ? "Remove it: secrets are redacted anyway" : `Write ${KEY} = false instead`;
  problems.warning("deprecated", entry.at, `Cannot vouch for hooks.${LEGACY}: it is deprecated. ${todo}.`);
  return enabled;
}

function readSwitch(entry: TomlEntry | undefined, problems: Problems): boolean | undefined {
  if (!entry) return undefined;
  if (entry.value.kind === "boolean") return entry.value.value;
  const text = `Cannot use hooks.${KEY}: it is ${describe(entry.value)}, and secrets are redacted. Give true or false, or write [hooks.${KEY}].`;
  problems.error("wrong_type", entry.at, text);
  return undefined;
}

async function readTable(table: TomlTable, legacy: boolean, problems: Problems): Promise<Redaction> {
  reportUnknownKeys(table, KEYS, `[hooks.${KEY}]`, problems);
  return {
    enabled: readFlag(table.entries.get("enabled"), `hooks.${KEY}.enabled`, problems) ?? legacy,
    allow: await readAllow(table.entries.get("allow"), problems),
    patterns: await readPatterns(table.entries.get("patterns"), problems),
  };
}

async function readAllow(entry: TomlEntry | undefined, problems: Problems): Promise<readonly Pattern[]> {
  if (!entry) return [];
  const path = `hooks.${KEY}.allow`;
  if (entry.value.kind !== "array") {
    const text = `Cannot use ${path}: it is ${describe(entry.value)}. Give a list of patterns, for example ["EXAMPLE$"].`;
    problems.error("wrong_type", entry.at, text);
    return [];
  }
  const allow: Pattern[] = [];
  for (const item of entry.value.items) {
    const pattern = await readPattern(item, `an entry of ${path}`, problems);
    if (pattern) allow.push(pattern);
  }
  return allow;
}

async function readPatterns(entry: TomlEntry | undefined, problems: Problems): Promise<readonly NamedPattern[]> {
  if (!entry) return [];
  const path = `hooks.${KEY}.patterns`;
  if (entry.value.kind !== "table") {
    const text = `Cannot use ${path}: it is ${describe(entry.value)}. Write [${path}] and below it name = 'pattern'.`;
    problems.error("wrong_type", entry.at, text);
    return [];
  }
  const patterns: NamedPattern[] = [];
  for (const { key, at, value } of entry.value.entries.values()) {
    if (!NAME.test(key)) {
      const text = `Cannot use ${quote(key)} in [${path}]: it becomes part of a label. Use a-z, 0-9 and hyphens, at most 64.`;
      problems.error("bad_name", at, text);
      continue;
    }
    const pattern = await readPattern(value, `${path}.${tomlKey(key)}`, problems);
    if (pattern) patterns.push({ name: key, pattern });
  }
  return patterns;
}

async function readPattern(value: TomlValue, path: string, problems: Problems): Promise<Pattern | undefined> {
  if (value.kind !== "string") {
    problems.error("wrong_type", value.at, `Cannot use ${path}: it is ${describe(value)}. Give a pattern as a text.`);
    return undefined;
  }
  const compiled = await compilePattern(value.value);
  if (compiled.pattern) return compiled.pattern;
  const text = `Cannot use ${path}: ${quote(value.value)} is no pattern that can be used: ${compiled.reason}. Mend it.`;
  problems.error("bad_pattern", value.at, text);
  return undefined;
}
