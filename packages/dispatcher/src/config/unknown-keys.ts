import { nearest } from "./nearest.ts";
import { type Problems, quote } from "./problems.ts";
import type { TomlTable } from "./toml.ts";

/** Reports keys that a table must not have. */
export function reportUnknownKeys(table: TomlTable, valid: readonly string[], path: string, problems: Problems): void {
  for (const { key, at } of table.entries.values()) {
    if (valid.includes(key)) continue;
    const text = `Cannot use ${quote(key)} in ${path}: there is no such key. Here are only ${valid.join(", ")}.`;
    problems.error("unknown_key", at, text, nearest(key, valid));
  }
}
