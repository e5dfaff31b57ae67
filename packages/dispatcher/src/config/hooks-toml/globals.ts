/** What `[hooks]` of hooks.toml says about all its hooks (seed 003, "Global Configuration"). */
import type { ConfigProblem } from "../../contracts.ts";
import { hear } from "../broken.ts";
import type { Problems } from "../problems.ts";
import { DEFAULT_TIMEOUT_MS, readFlag, readTimeout } from "../settings.ts";
import type { Place, TomlTable } from "../toml.ts";

/** The settings, each with its default where it was not given or cannot be used. */
export interface Globals {
  /** Default true. */
  readonly enabled: boolean;
  /** Where `enabled` stands. */
  readonly enabled_at?: Place;
  /** What is wrong with `enabled`: nobody can tell whether the hooks are to run. */
  readonly enabled_problem?: ConfigProblem;
  /** For hooks that give no time of their own. Default 30 s. */
  readonly timeout_ms: number;
  /** Whether hooks of one priority run at once. Default true. */
  readonly parallel_execution: boolean;
  /** Whether it is recorded why a hook did not run. Default false. */
  readonly debug: boolean;
}

/** Reads the settings. A flag that cannot be read does not switch anything on. */
export function readGlobals(hooks: TomlTable, problems: Problems): Globals {
  const flag = (key: string, otherwise: boolean): boolean => {
    const entry = hooks.entries.get(key);
    return entry ? (readFlag(entry, `hooks.${key}`, problems) ?? false) : otherwise;
  };
  const timeout = hooks.entries.get("timeout_seconds");
  return {
    ...readEnabled(hooks, problems),
    timeout_ms: (timeout && readTimeout(timeout, "hooks", problems)) ?? DEFAULT_TIMEOUT_MS,
    parallel_execution: flag("parallel_execution", true),
    debug: flag("debug", false),
  };
}

function readEnabled(
  { entries }: TomlTable,
  all: Problems,
): Pick<Globals, "enabled" | "enabled_at" | "enabled_problem"> {
  const entry = entries.get("enabled");
  if (!entry) return { enabled: true };
  const { problems, firstError } = hear(all);
  const enabled = readFlag(entry, "hooks.enabled", problems) ?? false;
  const enabled_problem = firstError();
  return { enabled, enabled_at: entry.at, ...(enabled_problem ? { enabled_problem } : {}) };
}
