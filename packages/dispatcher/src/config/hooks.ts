import type { Hook } from "../contracts.ts";
import { acceptedNames, namesEvent, unquotedName } from "./event-key.ts";
import { nearest } from "./nearest.ts";
import { OTHER_VERSIONS_KEYS, readOtherVersionsKey } from "./other-versions.ts";
import { byPlace, describe, type Problems, tomlKey } from "./problems.ts";
import { SETTINGS } from "./settings.ts";
import * as registry from "./surfaces/index.ts";
import type { Reading, Surface } from "./surfaces/surface.ts";
import type { TomlEntry, TomlTable } from "./toml.ts";

const SURFACES: readonly Surface[] = Object.values<Surface>(registry);

/**
 * The hooks of `[hooks]` in the order in which they run: surface by surface in their turns, and within a turn as they stand in
 * the file, whatever name of an event they are written under.
 */
export async function readHooks(table: TomlTable, reading: Reading): Promise<readonly Hook[]> {
  const byTurn = new Map<number, Hook[]>();
  for (const entry of table.entries.values()) {
    if (SETTINGS.includes(entry.key) || readOtherVersionsKey(entry, reading.problems)) continue;
    const surface = SURFACES.find(({ claims }) => claims(entry));
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

/** An entry that is written in no surface's way. */
function reportUnclaimed(entry: TomlEntry, problems: Problems): void {
  const { key, value, at } = entry;
  const path = `hooks.${tomlKey(key)}`;
  const unquoted = unquotedName(entry);
  if (unquoted) {
    const text = `Cannot use ${path}: a name with dots needs quotes. Write ${tomlKey(unquoted)} = [["program", "argument"]].`;
    problems.error("unknown_key", at, text, unquoted);
  } else if (namesEvent(key)) {
    const text = `Cannot use ${path}: it is ${describe(value)}. Write [["program", "argument"]] for programs that look on, ["program", "argument"] for one that may stop the agent, or [[hooks.command.${tomlKey(key)}]] for matchers and options.`;
    problems.error("wrong_type", at, text);
  } else {
    const text = `Cannot use ${path}: there is no such key, and ${describe(value)} is not how hooks of an event are written. Mend its name or remove it.`;
    problems.error(
      "unknown_key",
      at,
      text,
      nearest(key, [...SETTINGS, "command", ...OTHER_VERSIONS_KEYS, ...acceptedNames()]),
    );
  }
}
