import type { Hook, Pyo3Hook, Pyo3Settings } from "../../contracts.ts";
import { readFilters, type Subscription } from "../filters.ts";
import { asksFor, belowHome, PYO3 } from "../inproc-names.ts";
import { describe, type Problems } from "../problems.ts";
import { DEFAULT_TIMEOUT_MS, readTimeout } from "../settings.ts";
import type { TomlEntry, TomlTable } from "../toml.ts";
import { reportUnknownKeys } from "../unknown-keys.ts";
import type { Reading, Surface } from "./surface.ts";

/** `[hooks.pyo3]` of seeds 000 and 001: a Python function within the agent's own process. */
export const pyo3: Surface = { name: "pyo3", keys: [PYO3], turn: 1, read };

const PATH = "hooks.pyo3";
const KEYS = ["script_path", "callable", "batch_size", "filters", "timeout_sec"] as const;

async function read({ value, at }: TomlEntry, reading: Reading): Promise<readonly Hook[]> {
  const { problems } = reading;
  if (value.kind !== "table") {
    const text = `Cannot use ${PATH}: it is ${describe(value)}. Write [${PATH}] with script_path = "hooks/pyo3_hook.py".`;
    problems.error("wrong_type", at, text);
    return [];
  }
  reportUnknownKeys(value, KEYS, PATH, problems);
  const on = isOn(value, reading);
  const settings = readSettings(value, on, reading);
  const timeout = value.entries.get("timeout_sec");
  const timeout_ms = timeout ? readTimeout(timeout, PATH, problems) : DEFAULT_TIMEOUT_MS;
  const subscriptions = await readFilters(value, PATH, problems);
  if (!settings || !timeout_ms) return [];
  const hooks = subscriptions.map((subscription) => hookOf(subscription, settings, timeout_ms, reading));
  if (on) return hooks;
  const why = `${PATH} is asked for by inproc = ["${PYO3}"] and allowed by enable_unsafe_inproc = true, both in [hooks]`;
  for (const hook of hooks) reading.disable({ hook, why });
  return [];
}

/** Both gates of seed 000: it has to be asked for, and allowed. */
function isOn(table: TomlTable, { table: hooks, settings, problems }: Reading): boolean {
  if (!asksFor(PYO3, hooks)) {
    const text = `Cannot run Python in process: hooks.inproc does not ask for it. Add inproc = ["${PYO3}"] to [hooks].`;
    problems.warning("not_enabled", table.at, text);
    return false;
  }
  if (settings.enable_unsafe_inproc) return true;
  const text = `Cannot run Python in process: hooks.enable_unsafe_inproc is not true. Set it to true if you trust the script as you trust the agent.`;
  problems.error("unsafe_not_enabled", table.at, text);
  return false;
}

function readSettings(table: TomlTable, on: boolean, { codex_home, problems }: Reading): Pyo3Settings | undefined {
  const script = readText(table, "script_path", problems);
  const callable = readText(table, "callable", problems);
  const batch_size = readBatchSize(table.entries.get("batch_size"), problems);
  if (script === "") {
    const text = `Cannot run Python in process: ${PATH} has no script_path. Add script_path = "hooks/pyo3_hook.py".`;
    if (on) problems.error("no_script", table.at, text);
    return undefined;
  }
  if (script === undefined || callable === undefined || batch_size === undefined) return undefined;
  return { script_path: belowHome(script, codex_home), callable: callable || "on_event", batch_size };
}

/** A text, "" when it is not there; undefined after a problem was reported. */
function readText(table: TomlTable, key: string, problems: Problems): string | undefined {
  const entry = table.entries.get(key);
  if (!entry) return "";
  if (entry.value.kind === "string") return entry.value.value.trim();
  problems.error("wrong_type", entry.at, `Cannot use ${PATH}.${key}: it is ${describe(entry.value)}. Give a text.`);
  return undefined;
}

/** So many events wait at most; more in a batch would never come together. */
const MOST_IN_A_BATCH = 1024;

function readBatchSize(entry: TomlEntry | undefined, problems: Problems): number | undefined {
  if (!entry) return 1;
  const { value } = entry;
  if (value.kind === "integer" && value.value >= 0 && value.value <= MOST_IN_A_BATCH) return Math.max(1, value.value);
  const text = `Cannot use ${PATH}.batch_size: it is ${describe(value)}. Give a whole number from 1 (no batches) to ${MOST_IN_A_BATCH}.`;
  problems.error("bad_batch_size", entry.at, text);
  return undefined;
}

function hookOf(
  { at, number, ...wanted }: Subscription,
  settings: Pyo3Settings,
  timeout_ms: number,
  { file }: Reading,
): Pyo3Hook {
  return {
    id: `pyo3:${wanted.key}:${number}`,
    surface: "pyo3",
    origin: { file, line: at.line, column: at.column },
    runner: "pyo3",
    ...wanted,
    wire: "xcodex",
    mode: "async",
    may_gate: false,
    required: false,
    on_failure: "allow",
    timeout_ms,
    target: "pyo3",
    pyo3: settings,
  };
}
