/** The hooks of a hooks.toml (seed 003, "Configuration Reference"). */
import type { ConfigProblem } from "../../contracts.ts";
import { namesEvent, unquotedName } from "../event-key.ts";
import { type McpServersSource, openServers } from "../mcp-servers.ts";
import { nearest } from "../nearest.ts";
import { byPlace, describe, type Problems, tomlKey } from "../problems.ts";
import type { TomlEntry, TomlTable } from "../toml.ts";
import { CATEGORIES, GLOBALS } from "./categories.ts";
import { type Globals, readGlobals } from "./globals.ts";
import { type ReadHook, readGuard, readHook } from "./hook.ts";
import { inOrder } from "./order.ts";
import type { ReadHooks, Reading } from "./reading.ts";
import { reportWaiting } from "./waiting.ts";

/** What is read, and where things are looked up. */
export interface HooksTomlSource extends Omit<Reading, "servers"> {
  readonly codex_home: string;
  readonly config: McpServersSource;
}

/** Reads a file's tree: its hooks in the order in which they run. What is wrong is reported, and the hooks beside it work. */
export function readHooksToml(root: TomlTable, source: HooksTomlSource): ReadHooks & Pick<Globals, "debug"> {
  const { codex_home, config, ...own } = source;
  const reading = { ...own, servers: openServers(config, codex_home, source.env) };
  reportOtherTables(root, source.problems);
  const entry = root.entries.get("hooks");
  if (!entry) return { hooks: [], disabled: [], debug: false };
  if (entry.value.kind !== "table") {
    const text = `Cannot use hooks: it is ${describe(entry.value)}. Write [hooks] in single brackets, and [[hooks.<category>]] for every hook.`;
    source.problems.error("wrong_type", entry.at, text);
    return { hooks: [], disabled: [], debug: false };
  }
  const globals = readGlobals(entry.value, source.problems);
  const read = [...entry.value.entries.values()]
    .flatMap((category) => readCategory(category, globals, reading))
    .sort((a, b) => byPlace(a.hook.origin, b.hook.origin));
  const on = read.flatMap(({ hook, why }) => (why === undefined ? [hook] : []));
  const disabled = read.flatMap(({ hook, why }) => (why === undefined ? [] : [{ hook, why }]));
  const hooks = inOrder(on, globals);
  reportWaiting(hooks, source.problems);
  return { hooks, disabled, debug: globals.debug };
}

function reportOtherTables(root: TomlTable, problems: Problems): void {
  for (const { key, at } of root.entries.values()) {
    if (key === "hooks") continue;
    const text = `Cannot use ${tomlKey(key)}: hooks.toml holds nothing but hooks. Write it below [hooks], or into config.toml.`;
    problems.error("unknown_key", at, text, nearest(key, ["hooks"]));
  }
}

function readCategory(entry: TomlEntry, globals: Globals, reading: Reading): readonly ReadHook[] {
  const { key, value, at } = entry;
  if (GLOBALS.some((name) => name === key)) return [];
  if (!Object.hasOwn(CATEGORIES, key)) {
    return guardsIn(entry, reportUnknown(entry, reading.problems), globals, reading);
  }
  if (value.kind !== "array" || value.items.some(({ kind }) => kind !== "table")) {
    const text = `Cannot use hooks.${key}: it is ${describe(value)}, not a list of tables. Write [[hooks.${key}]] in double brackets for every hook, and tables of a hook below it.`;
    return guardsIn(entry, reading.problems.error("wrong_type", at, text), globals, reading);
  }
  return value.items.flatMap((table, index) => {
    if (table.kind !== "table") return [];
    const read = readHook({ category: key, number: index + 1, table }, globals, reading);
    return read ? [read] : [];
  });
}

/** The hooks that have to say yes, in what cannot be used as a category: they stop what they guard. */
function guardsIn(
  { key, value }: TomlEntry,
  problem: ConfigProblem,
  globals: Globals,
  reading: Reading,
): readonly ReadHook[] {
  const tables = value.kind === "array" ? value.items : [value];
  return tables.flatMap((table, index) => {
    if (table.kind !== "table") return [];
    const read = readGuard({ category: key, number: index + 1, table }, problem, globals, reading);
    return read ? [read] : [];
  });
}

function reportUnknown(entry: TomlEntry, problems: Problems): ConfigProblem {
  const { key, value, at } = entry;
  const path = `hooks.${tomlKey(key)}`;
  const categories = Object.keys(CATEGORIES);
  if (namesEvent(key) || unquotedName(entry)) {
    const text = `Cannot use ${path}: in hooks.toml an event stands in its hook. Write [[hooks.<category>]] with event = "<name>", or move it to config.toml.`;
    return problems.error("unknown_category", at, text);
  }
  if (value.kind === "array" || value.kind === "table") {
    const text = `Cannot use ${path}: there is no such category. Here are only ${categories.join(", ")}.`;
    return problems.error("unknown_category", at, text, nearest(key, categories));
  }
  const keys = [...GLOBALS, ...categories];
  const text = `Cannot use ${path}: there is no such key. Here are only ${keys.join(", ")}.`;
  return problems.error("unknown_key", at, text, nearest(key, keys));
}
