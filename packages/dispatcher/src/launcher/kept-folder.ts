/**
 * Keep-last-N for one folder of files whose names begin with a time.
 *
 * The names are kept in memory, so that a run costs no listing of the folder; other launchers share it, so it is listed again
 * now and then, when we fall idle and when we close.
 */
import { join } from "node:path";
import { namesIn, removeFile } from "./folders.ts";

/** After so many new files of our own the folder is listed again, in case others write to it too. */
const RESCAN_AFTER = 256;

/** A folder that is pruned. */
export interface KeptFolder {
  /** A file was created. Call `trim` when there is time. */
  readonly added: (name: string) => void;
  /** The oldest files go, as far as they are free. */
  readonly trim: () => void;
  /** Looks at the folder again, and trims it. */
  readonly rescan: () => void;
}

/**
 * Keeps the `keep` last files of a folder, 0 = all. `inUse` answers once per trim which names must stay: it is asked after the
 * names are known, and whoever uses a file says so before creating it, so a file in use is never missed.
 */
export function createKeptFolder(folder: string, keep: number, inUse: () => (name: string) => boolean): KeptFolder {
  if (keep <= 0) return { added: () => {}, trim: () => {}, rescan: () => {} };
  let names: string[] | undefined;
  let fresh = 0;

  function trim(): void {
    names ??= namesIn(folder);
    let excess = names.length - keep;
    if (excess <= 0) return;
    const busy = inUse();
    names = names.filter((name) => {
      if (excess <= 0 || busy(name) || !removeFile(join(folder, name))) return true;
      excess -= 1;
      return false;
    });
  }

  function rescan(): void {
    names = undefined;
    fresh = 0;
    trim();
  }

  function added(name: string): void {
    fresh += 1;
    if (fresh >= RESCAN_AFTER) {
      names = undefined;
      fresh = 0;
    }
    const last = names?.at(-1);
    names?.push(name);
    // Several files of one millisecond, or a clock that was set back.
    if (last !== undefined && last > name) names?.sort();
  }

  return { added, trim, rescan };
}
