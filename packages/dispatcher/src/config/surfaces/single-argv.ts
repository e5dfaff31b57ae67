import type { Hook } from "../../contracts.ts";
import { arrayHook, looksLikeArgv, readArgv } from "../argv.ts";
import { type EventKey, nameOnTheWire, namesEvent, readEventKey } from "../event-key.ts";
import { tomlKey } from "../problems.ts";
import type { TomlEntry } from "../toml.ts";
import type { Reading, Surface } from "./surface.ts";

/** `pre_tool_use = ["my-hook", "pre_tool_use"]` of seed 004: one program, waited for, which may stop the agent. */
export const singleArgv: Surface = { name: "single-argv", keys: [], turn: 4, claims, read };

function claims({ key, value }: TomlEntry): boolean {
  if (value.kind !== "array" || value.items.length === 0) return false;
  const scalars = value.items.every((item) => item.kind !== "array" && item.kind !== "table");
  return scalars && (namesEvent(key) || looksLikeArgv(value));
}

function read(entry: TomlEntry, reading: Reading): readonly Hook[] {
  const path = `hooks.${tomlKey(entry.key)}`;
  const event = readEventKey(entry, path, reading.problems);
  const argv = event && entry.value.kind === "array" ? readArgv(entry.value, path, reading.problems) : undefined;
  if (!event || !argv) return [];
  const id = `single-argv:${entry.key}:1`;
  const own = { id, surface: "single-argv", wire: "codex", hook_event_name: codexName(event), mode: "sync" } as const;
  return [arrayHook(own, event, argv, entry.at, reading)];
}

/** The `codex` wire has more than one shape for some events; the key may name the one that is wanted (`after_agent`). */
function codexName(event: EventKey): string {
  const named = Object.keys(event.facts?.codex ?? {}).find((name) => letters(name) === letters(event.key));
  return named ?? nameOnTheWire(event);
}

function letters(name: string): string {
  return name.replace(/[^A-Za-z]/g, "").toLowerCase();
}
