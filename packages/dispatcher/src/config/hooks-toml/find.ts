/** Where hooks.toml is, and whether it is to be read: config.json says so, or flags (seed 003, "Enable Hooks"). */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ConfigProblem, HooksToml } from "../../contracts.ts";
import { collectProblems, type Problems, quote } from "../problems.ts";
import { TOP } from "../text-file.ts";
import type { Place } from "../toml.ts";
import { type ConfigJson, readConfigJson } from "./config-json.ts";

/** What is asked for. */
export interface Wanted {
  /** Absolute. */
  readonly codex_home: string;
  /** `--enable-hooks`. */
  readonly enableHooks?: boolean;
  /** `--hooks-config`. */
  readonly hooksConfig?: string;
}

/** Absent when nothing speaks of a hooks.toml. The problems are those of config.json and of the flags. */
export interface Found {
  readonly hooks_toml?: HooksToml;
  readonly problems: readonly ConfigProblem[];
}

/** Looks at config.json, at the flags, and whether the file is there. Never rejects. */
export async function findHooksToml(wanted: Wanted): Promise<Found> {
  const problems = collectProblems(join(wanted.codex_home, "config.json"));
  const said = await readConfigJson(join(wanted.codex_home, "config.json"), problems);
  const { file, by, complaints } = nameOf(wanted, said, problems);
  const enabled = wanted.enableHooks || said.enabled?.value === true;
  const exists = isThere(file);
  if (enabled && !exists) {
    const text = `Cannot read hooks.toml: there is no file ${quote(file)}. No hook of it runs. Create it, or name the one that is there.`;
    complaints.problems.error("unreadable", complaints.at, text);
  }
  if (!enabled && !said.broken && said.enabled === undefined && (by !== undefined || exists)) {
    const text = `Cannot run the hooks of ${quote(file)}: nothing says that they are enabled. Write { "hooks": { "enabled": true } } into config.json beside config.toml, or give --enable-hooks.`;
    complaints.problems.warning("not_enabled", complaints.at, text);
  }
  const spokenOf = enabled || said.enabled !== undefined || by !== undefined || exists;
  const hooks_toml = { file, ...(by === undefined ? {} : { named_by: by }), enabled, exists, debug: false };
  const all = complaints.problems === problems ? problems.all() : [...problems.all(), ...complaints.problems.all()];
  return spokenOf ? { hooks_toml, problems: all } : { problems: all };
}

/** The path of the file, who named it, and where to complain about that. */
interface Named {
  readonly file: string;
  readonly by?: string;
  readonly complaints: { readonly problems: Problems; readonly at: Place };
}

function nameOf({ codex_home, enableHooks, hooksConfig }: Wanted, said: ConfigJson, problems: Problems): Named {
  const ofFlag = (flag: string): Named["complaints"] => ({ problems: collectProblems(flag), at: TOP });
  if (hooksConfig !== undefined) {
    const by = "--hooks-config";
    return { file: resolve(hooksConfig), by, complaints: ofFlag(by) };
  }
  const { configPath, enabled } = said;
  if (configPath !== undefined) {
    const by = `config.json:${configPath.at.line}`;
    return { file: resolve(codex_home, configPath.value), by, complaints: { problems, at: configPath.at } };
  }
  const file = join(codex_home, "hooks.toml");
  if (enableHooks) return { file, complaints: ofFlag("--enable-hooks") };
  return { file, complaints: { problems, at: enabled?.at ?? TOP } };
}

/** Whether anything is at a path; what it is, its reader finds out. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // It may be there, and its reader says why it cannot be had.
    return true;
  }
}
