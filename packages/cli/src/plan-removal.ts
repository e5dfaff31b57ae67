import { join } from "node:path";
import { CliError } from "./errors.ts";
import { removeFile } from "./files.ts";
import { lookInside } from "./inside-hooks.ts";
import { filesOfOthers, type Installed, installedSet, noteInstalled, usersOf, writtenHashes } from "./installed.ts";
import { stateOf } from "./plan-files.ts";
import { type KeptFolder, removeEmptyFolders } from "./remove-folders.ts";

/** What would happen to one installed file. */
export type PlannedRemoval =
  | { readonly action: "remove"; readonly to: string; readonly path: string; readonly before: Buffer }
  /** It is not what was written: the user's now. */
  | { readonly action: "keep"; readonly to: string; readonly path: string; readonly why: "edited" }
  /** Other installed sets have it too. */
  | { readonly action: "keep"; readonly to: string; readonly path: string; readonly users: readonly string[] };

/** What uninstalling some sets would do. */
export interface RemovalPlan {
  readonly hooks: string;
  /** Names of the sets, all of them installed. */
  readonly names: readonly string[];
  readonly files: readonly PlannedRemoval[];
  readonly installed: Installed;
}

/**
 * Plans to remove sets of files: what the stamp says that we wrote, nobody changed, and no other set has. Files that are gone
 * already are none of the plan.
 *
 * @throws CliError `bad_stamp`, `outside_hooks`, `unreadable_file`
 */
export async function planRemoval(names: readonly string[], hooks: string, installed: Installed): Promise<RemovalPlan> {
  const files = names.flatMap((name) => Object.keys(installedSet(installed, name, hooks)?.files ?? {}));
  const planned = [...new Set(files)].sort().map((to) => planFile(to, names, hooks, installed));
  return { hooks, names, files: (await Promise.all(planned)).filter((file) => file !== undefined), installed };
}

async function planFile(
  to: string,
  names: readonly string[],
  hooks: string,
  installed: Installed,
): Promise<PlannedRemoval | undefined> {
  const path = join(hooks, to);
  const found = await lookInside(hooks, to);
  if (!found) return undefined;
  const users = usersOf(installed, to, names);
  if (users.length > 0) return { action: "keep", to, path, users };
  const ours = stateOf(found, undefined, writtenHashes(installed, to)) === "outdated";
  return ours ? { action: "remove", to, path, before: found.content } : { action: "keep", to, path, why: "edited" };
}

/**
 * Carries a removal out, and notes that the sets are not installed any more. Returns the folders that stay because of what is in
 * them and was never installed.
 *
 * @throws CliError `changed_meanwhile`, `unwritable_file`
 */
export async function applyRemoval(plan: RemovalPlan): Promise<readonly KeptFolder[]> {
  const { hooks, names, files } = plan;
  const removed = files.filter((file) => file.action === "remove");
  for (const { to, path, before } of removed) {
    const now = await lookInside(hooks, to);
    if (now && (now.link || !now.content.equals(before))) {
      throw new CliError(
        "changed_meanwhile",
        `Cannot remove "${path}": somebody changed it meanwhile. Run the command again.`,
      );
    }
    await removeFile(path);
  }
  const kept = await removeEmptyFolders(
    hooks,
    removed.map(({ to }) => to),
  );
  await noteInstalled(hooks, Object.fromEntries(names.map((name) => [name, undefined])));
  return kept.flatMap((folder) => withoutInstalled(folder, plan));
}

/** What a folder holds beside the files of other sets, and those that the plan keeps and names. */
function withoutInstalled(
  { folder, holds }: KeptFolder,
  { names, files, installed }: RemovalPlan,
): readonly KeptFolder[] {
  const kept = files.filter(({ action }) => action === "keep").map(({ to }) => to);
  const known = [...kept, ...filesOfOthers(installed, names)];
  const strange = holds.filter((name) => {
    const place = `${folder}/${name}`;
    return !known.some((to) => `${to}/`.startsWith(`${place}/`));
  });
  return strange.length === 0 ? [] : [{ folder, holds: strange }];
}
