import type { Hook } from "../../contracts.ts";
import { arrayHook, looksLikeArgv, readArgv } from "../argv.ts";
import { nameOnTheWire, namesEvent, readEventKey } from "../event-key.ts";
import { describe, tomlKey } from "../problems.ts";
import type { TomlEntry } from "../toml.ts";
import type { Reading, Surface } from "./surface.ts";

/** `tool_call_finished = [["python3", "a.py"], …]` of seeds 001 and 002: programs that look on. */
export const argvList: Surface = { name: "argv-list", keys: [], turn: 4, claims, read };

function claims({ key, value }: TomlEntry): boolean {
  if (value.kind !== "array") return false;
  if (value.items.length === 0) return namesEvent(key);
  return value.items.some((item) => item.kind === "array") && (namesEvent(key) || looksLikeArgv(value));
}

function read(entry: TomlEntry, reading: Reading): readonly Hook[] {
  const path = `hooks.${tomlKey(entry.key)}`;
  const event = readEventKey(entry, path, reading.problems);
  if (!event || entry.value.kind !== "array") return [];
  const wire = reading.settings.wire;
  return entry.value.items.flatMap((item, index) => {
    if (item.kind !== "array") {
      const text = `Cannot use an entry of ${path}: it is ${describe(item)} among lists. Write every hook as ["program", "argument"].`;
      reading.problems.error("wrong_type", item.at, text);
      return [];
    }
    // An empty argv asks for nothing; the original skips it in silence.
    if (item.items.length === 0) return [];
    const argv = readArgv(item, `an entry of ${path}`, reading.problems);
    if (!argv) return [];
    const id = `argv-list:${entry.key}:${index + 1}`;
    const own = { id, surface: "argv-list", wire, hook_event_name: nameOnTheWire(event), mode: "async" } as const;
    return [arrayHook(own, event, argv, item.at, reading)];
  });
}
