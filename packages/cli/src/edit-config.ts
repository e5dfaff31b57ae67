import { lstat, realpath, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { ParseError } from "toml-eslint-parser";
import { type Addition, addToToml } from "./add-to-toml.ts";
import { CliError, isSystemError, systemReason } from "./errors.ts";
import { type Access, backUp, readIfThere, writeAtomically } from "./files.ts";

/** What `--edit-config` would do to a configuration file: an `Addition`, and what is needed to carry it out. */
export type ConfigEdit =
  | (Omit<Addition & { kind: "add" }, "text"> & {
      readonly target: Target;
      readonly before: Buffer | undefined;
      readonly after: Buffer;
    })
  | (Addition & { kind: "skip" | "refuse" });

/** The file behind the name, when that is a symbolic link, and how it is to be written. */
interface Target {
  readonly file: string;
  readonly access: Access;
}

/**
 * Plans to add a snippet to a configuration file. Nothing that is there is touched: comments, order, line ends and every byte stay;
 * see `addToToml`.
 *
 * @param file the configuration file; made when it is missing, followed when it is a symbolic link
 * @param snippet TOML
 * @throws CliError `bad_toml`, `not_utf8`, `unreadable_file`
 */
export async function planConfigEdit(file: string, snippet: string): Promise<ConfigEdit> {
  const target = await findTarget(file);
  const before = await readIfThere(target.file);
  const added = addTo(before === undefined ? "" : decode(before, file), snippet, file);
  if (added.kind !== "add") return added;
  const { text, ...said } = added;
  return { ...said, target, before, after: Buffer.from(text) };
}

/** `[hooks.command] is there already`. */
export function thereAlready(there: readonly string[]): string {
  const last = there.at(-1) ?? "nothing";
  if (there.length < 2) return `${last} is there already`;
  return `${there.slice(0, -1).join(", ")} and ${last} are there already`;
}

/**
 * Carries an edit out, with a backup of what was there. Returns the backup's name, undefined when there was no file.
 *
 * @throws CliError `changed_meanwhile` when the file is not what the plan was made for, `unwritable_file`
 */
export async function applyConfigEdit(edit: ConfigEdit & { kind: "add" }): Promise<string | undefined> {
  const { target, before, after } = edit;
  const now = await readIfThere(target.file);
  if (!isDeepStrictEqual(now, before)) {
    throw new CliError(
      "changed_meanwhile",
      `Cannot edit "${target.file}": somebody changed it meanwhile. Run the command again.`,
    );
  }
  const backup = before && (await backUp(target.file));
  await writeAtomically(target.file, after, target.access);
  return backup;
}

async function findTarget(file: string): Promise<Target> {
  try {
    const real = await realpath(file);
    const { mode, uid, gid } = await stat(real);
    return { file: real, access: { mode: mode & 0o7777, owner: { uid, gid } } };
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) {
      throw new CliError("unreadable_file", `Cannot read "${file}": ${systemReason(error)}. Check what is there.`);
    }
    if (await isLink(file)) {
      throw new CliError(
        "unreadable_file",
        `Cannot edit "${file}": it is a symbolic link to nothing. Mend or remove it.`,
      );
    }
    // It may come to hold keys of services: for its owner only.
    return { file, access: { mode: 0o600 } };
  }
}

async function isLink(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CliError("not_utf8", `Cannot edit "${file}": it is not UTF-8, as TOML has to be. Save it as UTF-8.`);
  }
}

/** @throws CliError `bad_toml`, where and why */
function addTo(text: string, snippet: string, file: string): Addition {
  try {
    return addToToml(text, snippet);
  } catch (error) {
    if (error instanceof ParseError) {
      const where = `${file}:${error.lineNumber}:${error.column + 1}`;
      throw new CliError(
        "bad_toml",
        `Cannot edit "${file}": invalid TOML at ${where}: ${error.message}. Mend it there or just before.`,
      );
    }
    // The parser is recursive, and hands a string's characters over as arguments.
    if (error instanceof RangeError) {
      throw new CliError(
        "bad_toml",
        `Cannot edit "${file}": it is nested too deeply, or a string in it is too long. Edit it by hand.`,
      );
    }
    throw error;
  }
}
