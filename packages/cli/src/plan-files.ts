import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { backUp, readIfThere, writeAtomically } from "./files.ts";
import type { SampleFile, SampleSet } from "./samples.ts";

/** What would happen to one file. */
export interface PlannedFile {
  readonly action: "create" | "overwrite" | "skip";
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
  /** Of `skip`: what is there is not what we would write. */
  readonly differs: boolean;
}

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  /** Where the file that was there before is now. */
  readonly backup?: string;
}

/**
 * Plans to copy the files of a sample set. What the user has is kept, unless `force` says otherwise; what is the same already is
 * never written again.
 */
export async function planFiles(
  set: SampleSet,
  from: string,
  hooksFolder: string,
  force: boolean,
): Promise<readonly PlannedFile[]> {
  return Promise.all(set.files.map((file) => planFile(file, join(from, file.from), join(hooksFolder, file.to), force)));
}

async function planFile(file: SampleFile, from: string, path: string, force: boolean): Promise<PlannedFile> {
  const content = await readFile(from);
  const there = await readIfThere(path);
  const differs = there !== undefined && !there.equals(content);
  const action = there === undefined ? "create" : differs && force ? "overwrite" : "skip";
  return { action, path, executable: file.executable, content, differs };
}

/** Carries a plan out. Files that are overwritten leave a backup. */
export async function applyFiles(plan: readonly PlannedFile[]): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const { action, path, executable, content } of plan) {
    if (action === "skip") continue;
    const backup = action === "overwrite" ? await backUp(path) : undefined;
    await writeAtomically(path, content, { mode: executable ? 0o755 : 0o644 });
    written.push(backup === undefined ? { path } : { path, backup });
  }
  return written;
}
