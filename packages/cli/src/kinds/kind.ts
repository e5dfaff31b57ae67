import type { HooksPaths } from "@xcodex/hooks-dispatcher";
import type { Installed } from "../installed.ts";
import type { FileSet } from "../plan-files.ts";

/** One thing that can be installed. */
export interface Offer {
  readonly set: FileSet;
  readonly title: string;
  /** What to know before one agrees to it, one sentence each. */
  readonly cautions?: readonly string[];
}

/** What there is of a kind in this version. */
export interface Shelf {
  /** Whether there is something of this name. */
  readonly has: (name: string) => boolean;
  /** Finds by name. @throws CliError of the kind's own, with the nearest name */
  readonly find: (name: string) => readonly Offer[];
  /** What to do with these once they are installed. */
  readonly next: (offers: readonly Offer[], paths: HooksPaths) => string;
  /** All of them as a table. */
  readonly asTable: (installed: Installed, hooks: string) => Promise<string>;
  /** All of them as data. */
  readonly asJson: (installed: Installed, hooks: string) => Promise<unknown>;
}

/** Things of one kind that `install` installs and `uninstall` removes. */
export interface Kind {
  /** What is between the verb and the name in usage, for example `<sdk|all>`. */
  readonly names: string;
  readonly open: () => Promise<Shelf>;
}
