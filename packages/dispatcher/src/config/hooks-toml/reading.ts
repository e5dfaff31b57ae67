/** What the readers of one hooks.toml share. */
import { dirname } from "node:path";
import type { DisabledHook, Hook, HookBase } from "../../contracts.ts";
import type { McpServers } from "../mcp-servers.ts";
import type { Problems } from "../problems.ts";
import type { TomlTable } from "../toml.ts";

/** One hooks.toml that is being read. */
export interface Reading {
  readonly file: string;
  /** Where variables are looked up. Their values never get into the configuration. */
  readonly env: NodeJS.ProcessEnv;
  readonly problems: Problems;
  readonly servers: McpServers;
}

/** One hook that is being read. */
export interface HookReading extends Reading {
  readonly table: TomlTable;
  /** The hook in messages: `hook 2 of hooks.session`. */
  readonly what: string;
  /** Whether it is going to run: what its variables stand for has to be there only then. */
  readonly on: boolean;
}

/** What is the same for hooks of every type. */
export type Common = Omit<HookBase, "wire" | "stage">;

/** A type of hook: `type = "script"`. */
export interface HookType {
  /** As it is written. */
  readonly name: string;
  /** Keys that only hooks of this type have, those that say what to run first. */
  readonly keys: readonly string[];
  /** The hook, or undefined after a problem was reported. Everything is read before anything is given up. */
  readonly read: (
    reading: HookReading,
    common: Common | undefined,
    wire: HookBase["wire"] | undefined,
  ) => Hook | undefined;
}

/** The hooks of a file, and those of them that are switched off. */
export interface ReadHooks {
  readonly hooks: readonly Hook[];
  readonly disabled: readonly DisabledHook[];
}

/** What relative paths of hooks.toml are relative to: then they lead to the same files wherever the agent works. */
export function folderOf({ file }: Pick<Reading, "file">): string {
  return dirname(file);
}
