import { lstat, realpath, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import { CliError, isSystemError, systemReason } from "./errors.ts";
import { type Access, backUp, readIfThere, writeAtomically } from "./files.ts";

/** What `--edit-config` would do to a configuration file. */
export type ConfigEdit =
  | { readonly kind: "add"; readonly target: Target; readonly before: Buffer | undefined; readonly after: Buffer }
  /** The tables are there already: left alone. */
  | { readonly kind: "skip"; readonly why: string; readonly there: string }
  /** They cannot be added without rewriting what the user wrote. */
  | { readonly kind: "refuse"; readonly why: string };

/** The file behind the name, when that is a symbolic link, and how it is to be written. */
interface Target {
  readonly file: string;
  readonly access: Access;
}

/** Values of a TOML file. */
type Table = { readonly [key: string]: unknown };

/**
 * Plans to add a snippet at the end of a configuration file. Nothing that is there is touched: comments, order, line ends and
 * every byte stay.
 *
 * @param file the configuration file; made when it is missing, followed when it is a symbolic link
 * @param snippet TOML, whose only table is `path`
 * @param path table that the snippet brings, for example `["hooks", "command"]`
 * @throws CliError `bad_toml`, `not_utf8`, `unreadable_file`
 */
export async function planConfigEdit(file: string, snippet: string, path: readonly string[]): Promise<ConfigEdit> {
  const target = await findTarget(file);
  const before = await readIfThere(target.file);
  const text = before === undefined ? "" : decode(before, file);
  const old = parse(text, file);
  const why = inTheWay(old, path);
  if (why) return why;
  const added = separated(text, snippet);
  if (!onlyAdds(old, text + added, snippet, path)) {
    return { kind: "refuse", why: `[${path[0]}] is written as an inline table or a value, which cannot be added to` };
  }
  return { kind: "add", target, before, after: Buffer.concat([before ?? Buffer.alloc(0), Buffer.from(added)]) };
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

function parse(text: string, file: string): Table {
  try {
    return tableOf(text);
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

function tableOf(text: string): Table {
  return getStaticTOMLValue(parseTOML(text.replace(/^\uFEFF/, ""), { tomlVersion: "1.1" })) as Table;
}

/** What keeps a table from being added at `path`: it is there, or what stands there is no table. */
function inTheWay(old: Table, path: readonly string[]): ConfigEdit | undefined {
  let value: unknown = old;
  for (const [depth, key] of path.entries()) {
    value = (value as Table)[key];
    if (value === undefined) return undefined;
    const name = path.slice(0, depth + 1).join(".");
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { kind: "refuse", why: `"${name}" is not a table there` };
    }
  }
  const there = `[${path.join(".")}]`;
  return { kind: "skip", why: `${there} is there already`, there };
}

/** The snippet as it goes at the end: after an empty line, with the line ends of the file. */
function separated(text: string, snippet: string): string {
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const gap = text === "" || text === "\uFEFF" ? "" : /\n$/.test(text) ? end : end + end;
  return gap + snippet.trimEnd().replace(/\r?\n/g, end) + end;
}

/** Whether a text holds exactly the old values and the snippet's. */
function onlyAdds(old: Table, text: string, snippet: string, path: readonly string[]): boolean {
  try {
    const now = tableOf(text);
    return (
      isDeepStrictEqual(at(now, path), at(tableOf(snippet), path)) &&
      isDeepStrictEqual(without(now, path), without(withTables(old, path.slice(0, -1)), path))
    );
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

function at(table: Table, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Table | undefined)?.[key], table);
}

/** A copy without what stands at `path`. */
function without(table: Table, [key = "", ...rest]: readonly string[]): Table {
  const copy = { ...table };
  if (rest.length === 0) delete copy[key];
  else copy[key] = without((table[key] ?? {}) as Table, rest);
  return copy;
}

/** A copy in which the tables of `path` exist: the snippet makes them on its way. */
function withTables(table: Table, [key, ...rest]: readonly string[]): Table {
  return key === undefined ? table : { ...table, [key]: withTables((table[key] ?? {}) as Table, rest) };
}
