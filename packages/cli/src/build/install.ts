import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { ADDON_FILE } from "@xcodex/hooks-pyo3";
import type { Context } from "../context.ts";
import { CliError, systemReason } from "../errors.ts";
import { readIfThere, writeAtomically } from "../files.ts";
import { packageFile } from "../package-file.ts";
import { LAUNCHER_MARK, launcherText } from "./launcher.ts";
import type { BuildSettings } from "./settings.ts";

/** Where the two files of an installation are; absolute. */
export interface InstalledFiles {
  readonly addon: string;
  readonly launcher: string;
}

/** Names the files. Nothing is looked at. */
export function installedFiles(
  { install_dir, bin_name }: Pick<BuildSettings, "install_dir" | "bin_name">,
  platform: NodeJS.Platform,
): InstalledFiles {
  const ending = platform === "win32" ? ".cmd" : "";
  return { addon: join(install_dir, ADDON_FILE), launcher: join(install_dir, bin_name + ending) };
}

/** A program of somebody else's is not overwritten. @throws CliError `not_ours` */
export async function needOwnLauncher({ launcher }: InstalledFiles): Promise<void> {
  const there = await readIfThere(launcher);
  if (there === undefined || there.includes(LAUNCHER_MARK)) return;
  const state = "there is a file of this name that no build has written";
  throw new CliError(
    "not_ours",
    `Cannot install the launcher "${launcher}": ${state}. Choose another --bin-name or --install-dir, or move it away.`,
  );
}

/**
 * Puts a library beside where the addon will be, so that it can be tried before it takes the place of an older one.
 *
 * @returns its path, for `putInPlace`
 * @throws CliError `unwritable_file`
 */
export async function stage(library: string, { install_dir }: BuildSettings): Promise<string> {
  const staged = join(install_dir, `.${ADDON_FILE}.${randomUUID()}.tmp`);
  try {
    await mkdir(install_dir, { recursive: true, mode: 0o700 });
    await copyFile(library, staged, constants.COPYFILE_EXCL);
    // A program like any other: whoever may enter the folder may use it.
    await chmod(staged, 0o755);
    return staged;
  } catch (error) {
    throw unwritable(staged, error);
  }
}

/** Gives what was staged its name, and writes the launcher. An agent that runs keeps the addon that it has loaded. */
export async function putInPlace(
  staged: string,
  files: InstalledFiles,
  version: string,
  context: Context,
): Promise<void> {
  try {
    await rename(staged, files.addon);
  } catch (error) {
    throw unwritable(files.addon, error);
  }
  const target = { program: packageFile("bin/xcodex.mjs"), node: context.node, addon: files.addon, version };
  const text = launcherText(target, context.platform);
  await writeAtomically(files.launcher, Buffer.from(text), { mode: 0o755 });
}

function unwritable(file: string, error: unknown): CliError {
  return new CliError("unwritable_file", `Cannot write "${file}": ${systemReason(error)}. Mend that and run it again.`);
}
