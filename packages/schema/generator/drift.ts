import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file that is not what the generator says. */
export interface Drift {
  /** Path relative to the repository. */
  readonly path: string;
  /** `missing`: to be written; `changed`: other bytes; `stale`: nothing generates it. */
  readonly state: "missing" | "changed" | "stale";
}

/**
 * Compares what is on disk with what was generated.
 *
 * @param files path relative to the repository → text
 * @param folders folders in which every file must be among them
 */
export function findDrift(root: string, files: ReadonlyMap<string, string>, folders: readonly string[]): Drift[] {
  const written = [...files].flatMap(([path, text]): Drift[] => {
    const there = readOrUndefined(join(root, path));
    if (there === text) return [];
    return [{ path, state: there === undefined ? "missing" : "changed" }];
  });
  const stale = folders.flatMap((folder) => listed(root, folder)).filter((path) => !files.has(path));
  return [...written, ...stale.map((path): Drift => ({ path, state: "stale" }))];
}

/** Mends every drift: writes what is missing or changed, removes what is stale. */
export function mend(root: string, files: ReadonlyMap<string, string>, drifts: readonly Drift[]): void {
  for (const { path, state } of drifts) {
    const target = join(root, path);
    if (state === "stale") {
      rmSync(target);
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, files.get(path) ?? "");
  }
}

/** The drifts and what to do about them, for people. */
export function driftMessage(drifts: readonly Drift[]): string {
  const lines = drifts.map(({ path, state }) => `  ${state.padEnd(7)} ${path}`);
  return [
    `Cannot use the generated files: ${drifts.length} of them differ from their sources.`,
    ...lines,
    "Run `pnpm generate` and commit the result.",
  ].join("\n");
}

function listed(root: string, folder: string): string[] {
  const entries = readdirOrNone(join(root, folder));
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}

function readdirOrNone(folder: string): { readonly name: string; readonly isFile: () => boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return ignoreMissing(error) ?? [];
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return ignoreMissing(error);
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  return undefined;
}
