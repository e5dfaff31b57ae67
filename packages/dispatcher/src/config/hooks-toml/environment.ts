/** `[hooks.<category>.environment]` (seed 003, "Environment variables"): what a hook finds in its environment beside all else. */
import { CATALOGUE } from "@xcodex/hooks-schema";
import { DEPTH, type Templates } from "../../contracts.ts";
import { describe, quote } from "../problems.ts";
import type { TomlEntry } from "../toml.ts";
import { readTable } from "./keys.ts";
import type { HookReading } from "./reading.ts";
import { checkTable, type Text } from "./variables.ts";

/** Every hook gets these, and other programs rely on what they say (seed 003, "API Reference"). */
function reserved(): ReadonlySet<string> {
  const standard = [DEPTH, "CODEX_HOME", "CODEX_EVENT_TYPE", "CODEX_SESSION_ID", "CODEX_TIMESTAMP"];
  return new Set([...standard, ...CATALOGUE.flatMap(({ env }) => Object.keys(env))]);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variables as they are written, their texts unfilled; null when there are none, undefined after a problem was reported. */
export function readEnvironment(reading: HookReading): Templates | null | undefined {
  const table = readTable("environment", reading);
  if (!table) return table;
  const entries = [...table.entries.values()];
  const texts = entries.map((entry) => readVariable(entry, reading));
  if (texts.some((text) => text === undefined)) return undefined;
  const good = texts.filter((text) => text !== undefined);
  const templates = Object.fromEntries(good.map(({ text }, index) => [entries[index]?.key ?? "", text]));
  if (!checkTable(good, templates, reading)) return undefined;
  return entries.length === 0 ? null : templates;
}

function readVariable({ key, at, value }: TomlEntry, { what, problems }: HookReading): Text | undefined {
  const cannot = `Cannot use ${what}:`;
  if (!NAME.test(key)) {
    const text = `${cannot} no variable of the environment can be called ${quote(key)}. Use letters, digits and _ only.`;
    problems.error("bad_variable", at, text);
  } else if (reserved().has(key)) {
    const text = `${cannot} ${key} is set by xcodex hooks itself, for every hook. Call the variable something else.`;
    problems.error("reserved_variable", at, text);
  } else if (value.kind === "array" || value.kind === "table" || value.kind === "date") {
    const text = `${cannot} its environment.${key} is ${describe(value)}. Give a text in quotes.`;
    problems.error("wrong_type", at, text);
  } else if (String(value.value).includes("\0")) {
    const text = `${cannot} its environment.${key} has a NUL in it, which no environment can hold. Take it away.`;
    problems.error("wrong_type", at, text);
  } else {
    return { name: `environment.${key}`, text: String(value.value), at: value.at };
  }
  return undefined;
}
