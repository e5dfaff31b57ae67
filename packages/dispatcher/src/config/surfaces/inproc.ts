import { CATALOGUE, type EventFacts } from "@xcodex/hooks-schema";
import { type Builtin, EVERY_EVENT, type Hook, type InprocHook, type InprocTarget } from "../../contracts.ts";
import { asksFor, BUILTINS, belowHome, PYO3 } from "../inproc-names.ts";
import { ANY } from "../matcher.ts";
import { nearest } from "../nearest.ts";
import { describe, quote } from "../problems.ts";
import { DEFAULT_TIMEOUT_MS, readFlag } from "../settings.ts";
import type { Place, TomlEntry, TomlValue } from "../toml.ts";
import type { Reading, Surface } from "./surface.ts";

const LIST = "inproc";
/** Says the same as the name in the list (seed 001). */
const FLAG = "inproc_tool_call_summary";
const FLAG_MEANS: Builtin = "tool_call_summary";

/** `[hooks] inproc = ["tool_call_summary", …]`: hooks within the agent's own process. */
export const inproc: Surface = { name: "inproc", keys: [LIST, FLAG], turn: 0, read };

function read(entry: TomlEntry, reading: Reading): readonly Hook[] {
  if (entry.key === LIST) return readList(entry, reading);
  const on = readFlag(entry, `hooks.${FLAG}`, reading.problems);
  return on && !asksFor(FLAG_MEANS, reading.table) ? builtinHooks(FLAG_MEANS, entry.at, reading) : [];
}

function readList({ value, at }: TomlEntry, reading: Reading): readonly Hook[] {
  const names = BUILTINS.map(quote).join(", ");
  if (value.kind !== "array") {
    const text = `Cannot use hooks.inproc: it is ${describe(value)}. Write a list, for example ["${BUILTINS[0]}"].`;
    reading.problems.error("wrong_type", at, text);
    return [];
  }
  const seen = new Set<string>();
  return value.items.flatMap((item) => {
    if (item.kind !== "string") {
      const text = `Cannot use an entry of hooks.inproc: it is ${describe(item)}. Give a name: ${names}, "${PYO3}", or the path of a module.`;
      reading.problems.error("wrong_type", item.at, text);
      return [];
    }
    // A name that is there twice asks for the same thing twice.
    if (seen.has(item.value)) return [];
    seen.add(item.value);
    return readName(item, reading);
  });
}

function readName({ value: name, at }: TomlValue & { kind: "string" }, reading: Reading): readonly Hook[] {
  const builtin = BUILTINS.find((one) => one === name);
  if (builtin) return builtinHooks(builtin, at, reading);
  if (name === PYO3) return reportLonelyPyo3(at, reading);
  if (/\.[cm]?js$/.test(name)) return moduleHook(name, at, reading);
  const known = [...BUILTINS, PYO3];
  const text = `Cannot run ${quote(name)} in process: there is no such hook. Names: ${known.join(", ")}; a module of your own is a path that ends in .mjs, .cjs or .js.`;
  reading.problems.error("unknown_inproc", at, text, nearest(name, known));
  return [];
}

/** `[hooks.pyo3]` says what to run, and its own surface reads it. */
function reportLonelyPyo3(at: Place, { table, problems }: Reading): readonly Hook[] {
  if (!table.entries.has(PYO3)) {
    const text = `Cannot run Python in process: hooks.inproc asks for it, and nothing says which script. Add [hooks.pyo3] with script_path = "hooks/pyo3_hook.py".`;
    problems.error("no_script", at, text);
  }
  return [];
}

function moduleHook(path: string, at: Place, reading: Reading): readonly Hook[] {
  if (!reading.settings.enable_unsafe_inproc) {
    const text = `Cannot load ${quote(path)} into the agent's process: hooks.enable_unsafe_inproc is not true. Set it to true if you trust the module as you trust the agent.`;
    reading.problems.error("unsafe_not_enabled", at, text);
    return [];
  }
  const module = belowHome(path, reading.codex_home);
  return [hookOf(path, { module }, at, reading)];
}

/** A hook for every event, or one per event that the builtin has something to say about. */
function builtinHooks(builtin: Builtin, at: Place, reading: Reading): readonly Hook[] {
  const hook = hookOf(builtin, { builtin }, at, reading);
  if (builtin !== FLAG_MEANS) return [hook];
  return CATALOGUE.filter(hasSummary).map(({ type }, index) => {
    return { ...hook, id: `inproc:${builtin}:${index + 1}`, key: type, event_type: type };
  });
}

function hasSummary({ summary_line }: EventFacts): boolean {
  return summary_line !== undefined;
}

function hookOf(name: string, target: InprocTarget, at: Place, { file }: Reading): InprocHook {
  return {
    id: `inproc:${name}:1`,
    surface: "inproc",
    origin: { file, line: at.line, column: at.column },
    runner: "inproc",
    key: EVERY_EVENT,
    event_type: EVERY_EVENT,
    matcher: ANY,
    wire: "xcodex",
    mode: "async",
    may_gate: false,
    required: false,
    on_failure: "allow",
    timeout_ms: DEFAULT_TIMEOUT_MS,
    target: `inproc:${name}`,
    inproc: target,
  };
}
