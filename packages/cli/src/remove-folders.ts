import { readdir, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSystemError } from "./errors.ts";

/** A folder that was not removed, because something is in it that was not installed. */
export interface KeptFolder {
  /** Relative to the hooks folder. */
  readonly folder: string;
  readonly holds: readonly string[];
}

/**
 * Removes the folders that files were in, and those around them, where nothing is left in them. The hooks folder itself stays.
 *
 * @param files relative to the hooks folder
 * @returns the innermost folders that stay
 */
export async function removeEmptyFolders(hooks: string, files: readonly string[]): Promise<readonly KeptFolder[]> {
  const folders = new Set(files.flatMap(foldersAround));
  const kept: KeptFolder[] = [];
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    const holds = await removeIfEmpty(join(hooks, folder));
    const innermost = !kept.some((other) => other.folder.startsWith(`${folder}/`));
    if (holds.length > 0 && innermost) kept.push({ folder, holds });
  }
  return kept.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function foldersAround(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersAround(folder)];
}

/** Returns what keeps it from being removed. */
async function removeIfEmpty(folder: string): Promise<readonly string[]> {
  try {
    await rmdir(folder);
    return [];
  } catch (error) {
    // Gone already; or a link to a folder, which is the user's and holds what is there.
    if (isSystemError(error, "ENOENT")) return [];
    return readdir(folder).catch(() => []);
  }
}
