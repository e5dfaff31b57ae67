/** Keys of one hook of hooks.toml, one at a time. */
import { nearest } from "../nearest.ts";
import { describe, quote } from "../problems.ts";
import type { TomlTable } from "../toml.ts";
import type { HookReading } from "./reading.ts";

/** A text that is not blank; null when the key is not there, undefined after a problem was reported. */
export function readText(
  key: string,
  reading: HookReading,
  table: TomlTable = reading.table,
): string | null | undefined {
  const entry = table.entries.get(key);
  if (!entry) return null;
  if (entry.value.kind === "string" && entry.value.value.trim() !== "") return entry.value.value;
  const text = `Cannot use ${reading.what}: its ${key} is ${describe(entry.value)}. Give a text in quotes.`;
  reading.problems.error("wrong_type", entry.at, text);
  return undefined;
}

/** One of some words; `otherwise` when the key is not there, undefined after a problem was reported. */
export function readWord<Word extends string>(
  key: string,
  words: readonly Word[],
  otherwise: Word,
  code: string,
  { table, what, problems }: HookReading,
): Word | undefined {
  const entry = table.entries.get(key);
  if (!entry) return otherwise;
  const said = entry.value.kind === "string" ? entry.value.value : undefined;
  const word = words.find((one) => one === said);
  if (word) return word;
  const list = words.map(quote).join(", ");
  const text = `Cannot use ${what}: its ${key} is ${describe(entry.value)}. Give one of ${list}.`;
  problems.error(code, entry.value.at, text, said === undefined ? undefined : nearest(said, words));
  return undefined;
}

/** A table; null when the key is not there, undefined after a problem was reported. */
export function readTable(key: string, { table, what, problems }: HookReading): TomlTable | null | undefined {
  const entry = table.entries.get(key);
  if (!entry) return null;
  if (entry.value.kind === "table") return entry.value;
  const text = `Cannot use ${what}: its ${key} cannot be ${describe(entry.value)}. Write ${key} = { name = "value" }, or a table of its own below the hook.`;
  problems.error("wrong_type", entry.at, text);
  return undefined;
}
