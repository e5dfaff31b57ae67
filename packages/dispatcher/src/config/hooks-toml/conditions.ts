/** `conditions` of a hook (seed 003, "Conditional Execution"): a name and the value, or the values, that the agent may say under it. */
import type { Condition } from "../../contracts.ts";
import { describe, quote } from "../problems.ts";
import type { TomlTable, TomlValue } from "../toml.ts";
import { readTable } from "./keys.ts";
import type { HookReading } from "./reading.ts";

type Plain = string | number | boolean;

/** All of them; undefined after a problem was reported. */
export function readConditions(reading: HookReading): readonly Condition[] | undefined {
  const table = readTable("conditions", reading);
  return table === null ? [] : table && readNames(table, [], reading);
}

/** A table within the table is a name with dots, written the other way: `tool_input.command = "ls"`. */
function readNames(table: TomlTable, above: readonly string[], reading: HookReading): readonly Condition[] | undefined {
  const read = [...table.entries.values()].map(({ key, value }) => {
    const path = [...above, key];
    if (value.kind === "table") return readNames(value, path, reading);
    const values = readValues(value, path.join("."), reading);
    return values && [{ name: path.join("."), values }];
  });
  return read.some((one) => one === undefined) ? undefined : read.flatMap((one) => one ?? []);
}

function readValues(value: TomlValue, name: string, { what, problems }: HookReading): readonly Plain[] | undefined {
  const values = value.kind === "array" ? value.items : [value];
  const wrong = values.length === 0 ? value : values.find((one) => !isPlain(one));
  if (!wrong) return values.map((one) => (one as { readonly value: Plain }).value);
  const state = values.length === 0 ? "an empty list, which nothing fits" : describe(wrong);
  const text = `Cannot use ${what}: its condition ${quote(name)} is ${state}. Give a text, a number, true or false, or a list of them.`;
  problems.error("wrong_type", wrong.at, text);
  return undefined;
}

function isPlain({ kind }: TomlValue): boolean {
  return kind === "string" || kind === "integer" || kind === "float" || kind === "boolean";
}
