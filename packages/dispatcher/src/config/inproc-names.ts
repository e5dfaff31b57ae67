import { isAbsolute, resolve } from "node:path";
import type { Builtin } from "../contracts.ts";
import type { TomlTable } from "./toml.ts";

/** Names of `hooks.inproc` that come with the dispatcher. */
export const BUILTINS: readonly Builtin[] = ["tool_call_summary", "event_log_jsonl"];

/** Name of `hooks.inproc` that stands for `[hooks.pyo3]`. */
export const PYO3 = "pyo3";

/** Whether `hooks.inproc` lists a name. */
export function asksFor(name: string, hooks: TomlTable): boolean {
  const list = hooks.entries.get("inproc")?.value;
  return list?.kind === "array" && list.items.some((item) => item.kind === "string" && item.value === name);
}

/** A path of the user's, absolute: relative ones are below CODEX_HOME (seed 000). */
export function belowHome(path: string, codexHome: string): string {
  return isAbsolute(path) ? path : resolve(codexHome, path);
}
