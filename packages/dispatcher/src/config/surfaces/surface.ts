import type { Hook, Surface as SurfaceName } from "../../contracts.ts";
import type { Problems } from "../problems.ts";
import type { Settings } from "../settings.ts";
import type { TomlEntry } from "../toml.ts";

/** What the reading of one file shares. */
export interface Reading {
  readonly file: string;
  readonly settings: Settings;
  readonly problems: Problems;
}

/** One way to configure hooks in `[hooks]` (DESIGN section 5). */
export interface Surface {
  readonly name: SurfaceName;
  /** Hooks of a lower turn run first; those of the same turn in file order. */
  readonly turn: number;
  /** Whether an entry of `[hooks]` is written in this way. No two surfaces claim the same. */
  readonly claims: (entry: TomlEntry) => boolean;
  /** The hooks of an entry that work; what is wrong with the others is reported. Never rejects. */
  readonly read: (entry: TomlEntry, reading: Reading) => Promise<readonly Hook[]> | readonly Hook[];
}
