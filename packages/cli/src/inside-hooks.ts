import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { CliError, isSystemError, systemReason } from "./errors.ts";

/** What stands at a place of the hooks folder. */
export interface Found {
  readonly content: Buffer;
  /** It is a symbolic link, which we never make: the user's, whatever it leads to. */
  readonly link: boolean;
}

/** Whether a text is a path below the hooks folder: relative, with `/`, without detours. */
export function isPlace(to: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name of ours has them
  if (/[\\\u0000-\u001f\u007f]/.test(to)) return false;
  return to.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * What stands at `to` in the hooks folder, undefined when nothing does.
 *
 * @throws CliError `outside_hooks` when a link on the way leads out of the folder, `unreadable_file` when what is there is no file
 */
export async function lookInside(hooks: string, to: string): Promise<Found | undefined> {
  const path = join(hooks, to);
  await needInside(hooks, path);
  try {
    const link = (await lstat(path)).isSymbolicLink();
    // A pipe would make us wait for somebody who writes.
    if (!(await lstat(link ? await realpath(path) : path)).isFile()) throw unreadable(path, "it is no regular file");
    return { content: await readFile(path), link };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (!isSystemError(error, "ENOENT")) throw unreadable(path, systemReason(error));
    const there = await lstat(path).catch(() => undefined);
    if (there?.isSymbolicLink()) throw unreadable(path, "it is a symbolic link to nothing");
    // Somebody has just put it there.
    return there && lookInside(hooks, to);
  }
}

function unreadable(path: string, state: string): CliError {
  return new CliError("unreadable_file", `Cannot read "${path}": ${state}. Check what is there.`);
}

/** The hooks folder itself may be a link: people keep it elsewhere. Nothing below it may lead out. */
async function needInside(hooks: string, path: string): Promise<void> {
  const root = await realpath(hooks).catch(() => undefined);
  if (root === undefined) return;
  for (let above = dirname(path); above !== hooks; above = dirname(above)) {
    const real = await realpath(above).catch(() => undefined);
    if (real !== undefined && !real.startsWith(root + sep)) {
      throw new CliError(
        "outside_hooks",
        `Cannot use "${above}": it leads out of the hooks folder, to "${real}". Put a folder there.`,
      );
    }
    const found = await stat(above).catch(() => undefined);
    if (found && !found.isDirectory()) throw unreadable(above, "it is no folder");
    if (!found && (await isLink(above))) throw unreadable(above, "it is a symbolic link to nothing");
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
}
