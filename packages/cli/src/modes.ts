import { nearest } from "@xcodex/hooks-dispatcher";
import { CliError } from "./errors.ts";

/** A way to run hooks that `init` can set up. Its number in menus is its place in `MODES`. */
export interface Mode {
  readonly id: string;
  /** Other names, in lower case. Its number is one too. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** What sets it up; absent for modes that are still to come. */
  readonly setup?: {
    /** Sample set that is installed. */
    readonly set: string;
    /** Table of the configuration that its snippet brings. */
    readonly table: readonly string[];
    /** What to run next. */
    readonly next: string;
  };
}

/** The modes of seed 001, in its order. */
export const MODES: readonly Mode[] = [
  {
    id: "external",
    aliases: ["spawn", "one-shot", "oneshot"],
    title: "one command per event: safest, any language, easiest to debug",
    setup: { set: "external", table: ["hooks", "command"], next: "xcodex hooks test external --configured-only" },
  },
  {
    id: "python-host",
    aliases: ["pythonhost", "python-box", "py-box", "pybox", "host"],
    title: "one long-lived process that gets every event as a line",
  },
  {
    id: "pyo3",
    aliases: [],
    title: "Python inside the agent's own process",
  },
];

/** Finds a mode by its id, alias or number, in any case. */
export function findMode(name: string): Mode {
  const wanted = name.trim().toLowerCase();
  const found = MODES.find((mode, index) => [mode.id, ...mode.aliases, String(index + 1)].includes(wanted));
  if (found) return found;
  const ids = MODES.map((mode) => mode.id);
  const near = nearest(wanted, ids);
  throw new CliError(
    "unknown_mode",
    `Cannot set up the mode "${name}": there is no such mode.${near ? ` Did you mean "${near}"?` : ""} Modes: ${ids.join(", ")}.`,
  );
}

/** What sets a mode up. @throws CliError `mode_not_in_this_version` */
export function setupOf(mode: Mode): NonNullable<Mode["setup"]> {
  if (mode.setup) return mode.setup;
  const ready = MODES.filter((other) => other.setup).map((other) => other.id);
  throw new CliError(
    "mode_not_in_this_version",
    `Cannot set up the mode "${mode.id}": this version cannot do it yet. Use: ${ready.join(", ")}.`,
  );
}
