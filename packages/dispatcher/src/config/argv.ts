import type { CommandHook, Hook } from "../contracts.ts";
import type { EventKey } from "./event-key.ts";
import { ANY } from "./matcher.ts";
import { describe, type Problems } from "./problems.ts";
import type { Reading } from "./surfaces/surface.ts";
import type { Place, TomlArray, TomlValue } from "./toml.ts";

/** A program and its arguments, or undefined after a problem was reported. */
export function readArgv(array: TomlArray, path: string, problems: Problems): readonly string[] | undefined {
  const argv: string[] = [];
  for (const item of array.items) {
    if (item.kind !== "string") {
      const text = `Cannot use ${path}: a program and its arguments are texts, but there is ${describe(item)}. Put every one in quotes.`;
      problems.error("wrong_type", item.at, text);
      return undefined;
    }
    argv.push(item.value);
  }
  if (argv[0]?.trim()) return argv;
  const text = `Cannot use ${path}: it names no program. Give one, for example ["python3", "/path/to/hook.py"].`;
  problems.error("empty_command", array.at, text);
  return undefined;
}

/** Whether every item is an argument or an argv: what a key that nobody knows must hold to be taken for an event. */
export function looksLikeArgv(value: TomlValue): boolean {
  if (value.kind !== "array" || value.items.length === 0) return false;
  return value.items.every(({ kind }) => kind === "string" || kind === "array");
}

/** What an array surface says about its hooks, beside their argv. */
export type ArrayHook = Pick<CommandHook, "id" | "surface" | "wire" | "mode"> & { readonly hook_event_name: string };

/** The hook for one argv of an array surface: it has no matcher, and the time that all hooks have. */
export function arrayHook(own: ArrayHook, event: EventKey, argv: readonly string[], at: Place, reading: Reading): Hook {
  return {
    id: own.id,
    surface: own.surface,
    origin: { file: reading.file, line: at.line, column: at.column },
    runner: "command",
    key: event.key,
    event_type: event.event_type,
    ...event.narrowed,
    matcher: ANY,
    wire: own.wire,
    hook_event_name: own.hook_event_name,
    mode: own.mode,
    may_gate: own.mode === "sync",
    required: false,
    on_failure: "allow",
    timeout_ms: reading.settings.timeout_ms,
    command: { argv },
    // Seed 004 gives stdout to nobody, and observers decide nothing.
    answers_on_stdout: false,
  };
}
