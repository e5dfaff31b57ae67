import { join, resolve } from "node:path";
import type { Config, DisabledHook, Hook, Limits, Redaction } from "../contracts.ts";
import { readHooks } from "./hooks.ts";
import { loadHooksToml } from "./hooks-toml/load.ts";
import { readNotify } from "./notify.ts";
import { collectProblems, describe, type Problems } from "./problems.ts";
import { DEFAULT_REDACTION, readRedaction } from "./redaction.ts";
import { DEFAULT_LIMITS, readSettings } from "./settings.ts";
import { readBytes, readRoot } from "./text-file.ts";
import type { TomlTable } from "./toml.ts";

/** What to load. */
export interface LoadOptions {
  /** Folder of `config.toml`, as `resolveCodexHome` gives it. */
  readonly codexHome: string;
  /** Reads hooks.toml although config.json does not say so (seed 003, `--enable-hooks`). */
  readonly enableHooks?: boolean;
  /** Path of hooks.toml, before that of config.json (seed 003, `--hooks-config`). Relative to the working folder. */
  readonly hooksConfig?: string;
  /** Where the variables of hooks.toml are looked up. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Switches every hook of every surface off; what is wrong with them is still said (seed 002, `--no-hooks`). */
  readonly noHooks?: boolean;
}

/**
 * Reads `config.toml`, and `hooks.toml` where that is enabled, into the hooks that work and the problems of those that do not (DESIGN
 * section 5). A file that does not exist has neither. Never rejects, whatever is in the files.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  // Absolute from here on: an agent may change its folder.
  const codex_home = resolve(options.codexHome);
  const file = join(codex_home, "config.toml");
  const problems = collectProblems(file);
  const { exists, bytes } = await readBytes(file, problems, "No hook of it runs");
  const root = bytes && (await readRoot(bytes, problems, "No hook of it runs"));
  const { hooks, disabled, limits, redaction } = root ? await readTables(root, codex_home, file, problems) : NOTHING;
  const further = await loadHooksToml({ ...options, codex_home, config: { file, exists, root, problems } });
  return {
    codex_home,
    file,
    exists,
    hooks: options.noHooks ? [] : [...hooks, ...further.hooks],
    disabled: [...disabled, ...further.disabled],
    problems: [...problems.all(), ...further.problems],
    limits,
    redaction,
    ...(further.hooks_toml ? { hooks_toml: further.hooks_toml } : {}),
  };
}

/** The part of a configuration that its `[hooks]` says. */
interface Said {
  readonly hooks: readonly Hook[];
  readonly disabled: readonly DisabledHook[];
  readonly limits: Limits;
  readonly redaction: Redaction;
}

const NOTHING: Said = { hooks: [], disabled: [], limits: DEFAULT_LIMITS, redaction: DEFAULT_REDACTION };

async function readTables(root: TomlTable, codexHome: string, file: string, problems: Problems): Promise<Said> {
  readNotify(root, problems);
  const entry = root.entries.get("hooks");
  if (!entry) return NOTHING;
  const { value, at } = entry;
  if (value.kind !== "table") {
    problems.error(
      "wrong_type",
      at,
      `Cannot use hooks: it is ${describe(value)}. Write [hooks] in single brackets, and its keys below.`,
    );
    return NOTHING;
  }
  const settings = readSettings(value, problems);
  const disabled: DisabledHook[] = [];
  const disable = (hook: DisabledHook): void => void disabled.push(hook);
  const reading = { file, codex_home: codexHome, table: value, settings, problems, disable };
  const redaction = await readRedaction(value, problems);
  return { hooks: await readHooks(reading), disabled, limits: settings.limits, redaction };
}
