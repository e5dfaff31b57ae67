import type { DisabledHook, Hook, Surface as SurfaceName } from "../../contracts.ts";
import type { Problems } from "../problems.ts";
import type { Settings } from "../settings.ts";
import type { TomlEntry, TomlTable } from "../toml.ts";

/** What the reading of one file shares. */
export interface Reading {
  readonly file: string;
  /** Absolute; what paths of hooks are relative to. */
  readonly codex_home: string;
  /** All of `[hooks]`, for surfaces that are told by more than one key. */
  readonly table: TomlTable;
  readonly settings: Settings;
  readonly problems: Problems;
  /** Takes hooks that are written down and switched off. */
  readonly disable: (disabled: DisabledHook) => void;
}

/** One way to configure hooks in `[hooks]` (DESIGN section 5). */
export interface Surface {
  readonly name: SurfaceName;
  /** Keys of `[hooks]` that are this surface's own, whatever is in them; none where the keys are events. */
  readonly keys: readonly string[];
  /** Hooks of a lower turn run first; those of the same turn in file order. */
  readonly turn: number;
  /** Whether an entry whose key is no surface's own is written in this way. No two surfaces claim the same. */
  readonly claims?: (entry: TomlEntry) => boolean;
  /** The hooks of an entry that work; what is wrong with the others is reported. Never rejects. */
  readonly read: (entry: TomlEntry, reading: Reading) => Promise<readonly Hook[]> | readonly Hook[];
}
