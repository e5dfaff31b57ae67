import type { Context } from "../context.ts";

/** Shows how far something is, on one line of a terminal that is gone when it is over. */
export interface Progress {
  /** @param part from 0 to 1 */
  readonly update: (part: number, text: string) => void;
  readonly done: () => void;
}

/** Redraws at most this often, in milliseconds: faster only makes it flicker. */
const REDRAW_MS = 80;
const BAR = 24;

/** A progress bar on standard error. Does nothing when that is no terminal, or `wanted` is false. */
export function progressBar(context: Context, wanted: boolean): Progress {
  const terminal = wanted ? context.terminal : undefined;
  if (!terminal) return { update: () => {}, done: () => {} };
  let drawn = 0;
  return {
    update: (part, text) => {
      const now = Date.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      const full = Math.round(Math.min(Math.max(part, 0), 1) * BAR);
      const line = `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${text}`;
      terminal.write(`\r\u001b[K${line.slice(0, terminal.columns - 1)}`);
    },
    done: () => {
      if (drawn > 0) terminal.write("\r\u001b[K");
    },
  };
}
