/** Reading files of a configuration: whatever is at a path, the outcome is a text, a tree, or a problem. */
import { readFile, stat } from "node:fs/promises";
import type { Problems } from "./problems.ts";
import { type Place, parseToml, type TomlTable } from "./toml.ts";

/** The beginning of a file, for what is wrong with all of it. */
export const TOP: Place = { line: 1, column: 1 };

/** A file's bytes; absent when there is no file, or after a problem was reported. */
export interface FoundFile {
  readonly exists: boolean;
  readonly bytes?: Uint8Array;
}

/**
 * Reads a file. One that does not exist is no problem; anything that is no regular file is.
 *
 * @param loss what does not run then, for the message: `No hook of it runs`
 */
export async function readBytes(file: string, problems: Problems, loss: string): Promise<FoundFile> {
  try {
    // Reading a pipe or a device would wait for somebody to write, and the agent with it.
    if (!(await stat(file)).isFile()) throw new Error("it is no regular file");
    return { exists: true, bytes: await readFile(file) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { exists: false };
    problems.error(
      "unreadable",
      TOP,
      `Cannot read ${file}: ${code ?? message}. ${loss}. Make it a file that you may read.`,
    );
    return { exists: true };
  }
}

/**
 * The tree of a TOML file; undefined after a problem was reported.
 *
 * @param loss what does not run then, for the message: `No hook of it runs`
 */
export async function readRoot(bytes: Uint8Array, problems: Problems, loss: string): Promise<TomlTable | undefined> {
  const text = decode(bytes);
  if (text === undefined) {
    reportNotUtf8(bytes, "bad_toml", problems, loss);
    return undefined;
  }
  const parsed = await parseToml(text);
  if (parsed.root) return parsed.root;
  const where = `line ${parsed.at.line}, column ${parsed.at.column}`;
  const reason = `Cannot read the configuration: it is not valid TOML at ${where}: ${parsed.reason}. ${loss}. Mend that place.`;
  problems.error("bad_toml", parsed.at, reason);
  return undefined;
}

/** Says in which line a file is not UTF-8. */
export function reportNotUtf8(bytes: Uint8Array, code: string, problems: Problems, loss: string): void {
  const text = `Cannot read the configuration: this line is not UTF-8. ${loss}. Save the file as UTF-8.`;
  problems.error(code, { line: lineThatIsNotUtf8(bytes), column: 1 }, text);
}

/** The text without a byte order mark; undefined when it is not UTF-8, the only encoding that TOML and JSON have. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A line feed is never part of another character, so lines can be tried one by one. */
function lineThatIsNotUtf8(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.length : end;
    if (decode(bytes.subarray(start, stop)) === undefined) return line;
    start = stop + 1;
  }
  return 1;
}
