import { nearest } from "@xcodex/hooks-dispatcher";
import { CliError } from "./errors.ts";

/** A way to run hooks that `init` sets up. Its number in menus is its place in `MODES`. */
export interface Mode {
  /** Also the name of its sample set, and of what `test` tests. */
  readonly id: string;
  /** Other names, in lower case. Its number is one too. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** What to know before one agrees to it: one sentence. */
  readonly caution?: string;
  /** What to run next, in this order. */
  readonly next: readonly string[];
}

/** The modes of seed 001, in its order. */
export const MODES: readonly Mode[] = [
  {
    id: "external",
    aliases: ["spawn", "one-shot", "oneshot"],
    title: "one command per event: safest, any language, easiest to debug",
    next: ["xcodex hooks test external --configured-only"],
  },
  {
    id: "python-host",
    aliases: ["pythonhost", "python-box", "py-box", "pybox", "host"],
    title: "one long-lived process that gets every event as a line: fast, and it can remember",
    next: ["xcodex hooks test python-host --configured-only"],
  },
  {
    id: "pyo3",
    aliases: [],
    title: "Python inside the agent's own process: fastest, for code you trust, needs a separate build",
    caution: "Python inside the agent's process needs a separate build: xcodex hooks build pyo3",
    next: ["xcodex hooks doctor pyo3", "xcodex hooks build pyo3", "xcodex hooks test pyo3"],
  },
];

/** Finds a mode by its id, alias or number, in any case. @throws CliError `unknown_mode` */
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

/** What to know before one agrees to these, by the names of modes. */
export function cautionsOf(...names: readonly string[]): readonly string[] {
  return MODES.flatMap(({ id, caution }) => (caution !== undefined && names.includes(id) ? [caution] : []));
}
