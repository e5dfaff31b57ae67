import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CliError, systemReason } from "../errors.ts";

/** Folders that are no sources: what cargo made there. */
const LEFT_OUT = ["target", ".git"];

/**
 * Makes `to` hold the same files as `from`: packages may be read-only, and cargo must not leave anything in them. What is the same
 * already is not written, because cargo goes by the time of a file, and not by what is in it.
 *
 * @throws CliError `unwritable_file`
 */
export async function copySources(from: string, to: string): Promise<void> {
  try {
    const wanted = await filesBelow(from);
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const file of await filesBelow(to)) if (!wanted.includes(file)) await rm(join(to, file));
    for (const file of wanted) await copyIfChanged(join(from, file), join(to, file));
  } catch (error) {
    throw new CliError(
      "unwritable_file",
      `Cannot copy the sources from "${from}" to "${to}": ${systemReason(error)}. Mend that and run it again.`,
    );
  }
}

/** Regular files, relative to the folder. What a link leads to is none of the crate's. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return [entry.name];
      if (!entry.isDirectory() || LEFT_OUT.includes(entry.name)) return [];
      return (await filesBelow(path)).map((file) => relative(folder, join(path, file)));
    }),
  );
  return found.flat();
}

async function copyIfChanged(from: string, to: string): Promise<void> {
  const content = await readFile(from);
  const there = await readFile(to).catch(() => undefined);
  if (there?.equals(content)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rm(to, { force: true });
  await writeFile(to, content, { flag: "wx", mode: 0o600 });
}
