import type { ConfigProblem, Hook } from "../contracts.ts";
import { acceptedNames, namesEvent, unquotedName } from "./event-key.ts";
import { isOfHooksToml } from "./hooks-toml/categories.ts";
import { nearest } from "./nearest.ts";
import { byPlace, describe, type Problems, tomlKey } from "./problems.ts";
import { REDACTION_KEYS } from "./redaction.ts";
import { SETTINGS } from "./settings.ts";
import { guardsIn } from "./surfaces/command.ts";
import * as registry from "./surfaces/index.ts";
import type { Reading, Surface } from "./surfaces/surface.ts";
import type { TomlEntry, TomlTable, TomlValue } from "./toml.ts";

const SURFACES: readonly Surface[] = Object.values<Surface>(registry);

/** Keys of `[hooks]` that are no hooks. */
const OWN_KEYS: readonly string[] = [...SETTINGS, ...REDACTION_KEYS];

/** Keys of `[hooks]` that belong to one surface each, for "did you mean". */
const SURFACE_KEYS: readonly string[] = SURFACES.flatMap(({ keys }) => keys);

/**
 * The hooks of `[hooks]` in the order in which they run: surface by surface in their turns, and within a turn as they stand in
 * the file, whatever name of an event they are written under.
 */
export async function readHooks(reading: Reading): Promise<readonly Hook[]> {
  const byTurn = new Map<number, Hook[]>();
  for (const entry of reading.table.entries.values()) {
    if (OWN_KEYS.includes(entry.key)) continue;
    const surface = surfaceOf(entry);
    const { turn: at } = surface ?? registry.command;
    const turn = byTurn.get(at) ?? [];
    byTurn.set(at, turn);
    for (const hook of surface ? await surface.read(entry, reading) : guardsAmong(entry, reading)) turn.push(hook);
  }
  const turns = [...byTurn].sort(([a], [b]) => a - b);
  return turns.flatMap(([, hooks]) => hooks.sort((a, b) => byPlace(a.origin, b.origin)));
}

/** A key that is a surface's own belongs to it even when its value looks like the hooks of an event. */
function surfaceOf(entry: TomlEntry): Surface | undefined {
  return SURFACES.find(({ keys }) => keys.includes(entry.key)) ?? SURFACES.find(({ claims }) => claims?.(entry));
}

/** Of an entry that is written in no surface's way: the hooks that have to say yes, under the name of an event or a table of such names. */
function guardsAmong(entry: TomlEntry, reading: Reading): readonly Hook[] {
  const problem = reportUnclaimed(entry, reading.problems);
  if (!problem) return [];
  const { key, value } = entry;
  const named = namesEvent(key) || value.kind !== "table" ? [entry] : [...value.entries.values()];
  return named.filter((each) => namesEvent(each.key)).flatMap((each) => guardsIn(each, problem, reading));
}

/** Reports it; undefined when it is none of our business. */
function reportUnclaimed(entry: TomlEntry, problems: Problems): ConfigProblem | undefined {
  const { key, value, at } = entry;
  const path = `hooks.${tomlKey(key)}`;
  const unquoted = unquotedName(entry);
  if (unquoted) {
    const text = `Cannot use ${path}: a name with dots needs quotes. Write ${tomlKey(unquoted)} = [["program", "argument"]].`;
    return problems.error("unknown_key", at, text, unquoted);
  }
  if (namesEvent(key) && isCodexs(value)) {
    const text = `Cannot run ${path} from here: this is how Codex configures hooks of its own, and Codex runs them. To have them run here, write [[hooks.command.${tomlKey(key)}]].`;
    problems.warning("not_ours", at, text);
    return undefined;
  }
  if (isOfHooksToml(key)) {
    const text = `Cannot use ${path}: it is one of the keys of hooks.toml, and this is config.toml. Move it there, and enable that file in config.json: { "hooks": { "enabled": true } }.`;
    return problems.error("unknown_key", at, text);
  }
  if (namesEvent(key)) {
    const text = `Cannot use ${path}: it is ${describe(value)}. Write [["program", "argument"]] for programs that look on, ["program", "argument"] for one that may stop the agent, or [[hooks.command.${tomlKey(key)}]] for matchers and options.`;
    return problems.error("wrong_type", at, text);
  }
  const text = `Cannot use ${path}: there is no such key, and ${describe(value)} is not how hooks of an event are written. Mend its name or remove it.`;
  return problems.error("unknown_key", at, text, nearest(key, [...OWN_KEYS, ...SURFACE_KEYS, ...acceptedNames()]));
}

/** Codex reads hooks from the same file: groups with a list of `hooks`, each with a `type`. They are its business. */
function isCodexs(value: TomlValue): boolean {
  const groups = value.kind === "array" ? value.items : [];
  return groups.length > 0 && groups.every((group) => group.kind === "table" && hooksOf(group).some(hasType));
}

function hooksOf(group: TomlTable): readonly TomlValue[] {
  const hooks = group.entries.get("hooks")?.value;
  return hooks?.kind === "array" ? hooks.items : [];
}

function hasType(hook: TomlValue): boolean {
  return hook.kind === "table" && hook.entries.has("type");
}
