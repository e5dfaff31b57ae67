import type { Hook } from "../contracts.ts";
import { acceptedNames, namesEvent, unquotedName } from "./event-key.ts";
import { isOfHooksToml } from "./hooks-toml/categories.ts";
import { nearest } from "./nearest.ts";
import { byPlace, describe, type Problems, tomlKey } from "./problems.ts";
import { REDACTION_KEYS } from "./redaction.ts";
import { SETTINGS } from "./settings.ts";
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
    if (!surface) {
      reportUnclaimed(entry, reading.problems);
      continue;
    }
    const turn = byTurn.get(surface.turn) ?? [];
    byTurn.set(surface.turn, turn);
    for (const hook of await surface.read(entry, reading)) turn.push(hook);
  }
  const turns = [...byTurn].sort(([a], [b]) => a - b);
  return turns.flatMap(([, hooks]) => hooks.sort((a, b) => byPlace(a.origin, b.origin)));
}

/** A key that is a surface's own belongs to it even when its value looks like the hooks of an event. */
function surfaceOf(entry: TomlEntry): Surface | undefined {
  return SURFACES.find(({ keys }) => keys.includes(entry.key)) ?? SURFACES.find(({ claims }) => claims?.(entry));
}

/** An entry that is written in no surface's way. */
function reportUnclaimed(entry: TomlEntry, problems: Problems): void {
  const { key, value, at } = entry;
  const path = `hooks.${tomlKey(key)}`;
  const unquoted = unquotedName(entry);
  if (unquoted) {
    const text = `Cannot use ${path}: a name with dots needs quotes. Write ${tomlKey(unquoted)} = [["program", "argument"]].`;
    problems.error("unknown_key", at, text, unquoted);
  } else if (namesEvent(key) && isCodexs(value)) {
    const text = `Cannot run ${path} from here: this is how Codex configures hooks of its own, and Codex runs them. To have them run here, write [[hooks.command.${tomlKey(key)}]].`;
    problems.warning("not_ours", at, text);
  } else if (isOfHooksToml(key)) {
    const text = `Cannot use ${path}: it is one of the keys of hooks.toml, and this is config.toml. Move it there, and enable that file in config.json: { "hooks": { "enabled": true } }.`;
    problems.error("unknown_key", at, text);
  } else if (namesEvent(key)) {
    const text = `Cannot use ${path}: it is ${describe(value)}. Write [["program", "argument"]] for programs that look on, ["program", "argument"] for one that may stop the agent, or [[hooks.command.${tomlKey(key)}]] for matchers and options.`;
    problems.error("wrong_type", at, text);
  } else {
    const text = `Cannot use ${path}: there is no such key, and ${describe(value)} is not how hooks of an event are written. Mend its name or remove it.`;
    problems.error("unknown_key", at, text, nearest(key, [...OWN_KEYS, ...SURFACE_KEYS, ...acceptedNames()]));
  }
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
