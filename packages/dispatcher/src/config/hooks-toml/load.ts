/** hooks.toml (seed 003), from where it is found to its hooks. */
import type { Config, ConfigProblem, DisabledHook, Hook } from "../../contracts.ts";
import type { McpServersSource } from "../mcp-servers.ts";
import { collectProblems } from "../problems.ts";
import { readBytes, readRoot } from "../text-file.ts";
import { findHooksToml, type Wanted } from "./find.ts";
import { readHooksToml } from "./read.ts";

/** What is loaded, and the config.toml that names the MCP servers. */
export interface HooksTomlOptions extends Wanted {
  readonly env?: NodeJS.ProcessEnv;
  readonly config: McpServersSource;
}

/** What came of it. `problems` are those of config.json and the flags, then those of hooks.toml. */
export interface LoadedHooksToml extends Pick<Config, "hooks_toml"> {
  readonly hooks: readonly Hook[];
  readonly disabled: readonly DisabledHook[];
  readonly problems: readonly ConfigProblem[];
}

const LOSS = "No hook of it runs";

/** Finds hooks.toml and reads it where it is enabled. Never rejects. */
export async function loadHooksToml({ env = process.env, ...options }: HooksTomlOptions): Promise<LoadedHooksToml> {
  const { hooks_toml, problems } = await findHooksToml(options);
  const nothing = { hooks: [], disabled: [], problems };
  if (hooks_toml === undefined) return nothing;
  const { file, enabled, exists } = hooks_toml;
  if (!enabled || !exists) return { ...nothing, hooks_toml };
  const own = collectProblems(file);
  const { bytes } = await readBytes(file, own, LOSS);
  const root = bytes && (await readRoot(bytes, own, LOSS));
  const { config, codex_home } = options;
  const { debug, hooks, disabled } = root
    ? readHooksToml(root, { file, codex_home, env, problems: own, config })
    : { debug: false, hooks: [], disabled: [] };
  return { hooks, disabled, problems: [...problems, ...own.all()], hooks_toml: { ...hooks_toml, debug } };
}
