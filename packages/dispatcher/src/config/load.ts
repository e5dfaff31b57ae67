import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config, Hook, Limits } from "../contracts.ts";
import { readHooks } from "./hooks.ts";
import { readNotify } from "./other-versions.ts";
import { collectProblems, describe, type Problems } from "./problems.ts";
import { DEFAULT_LIMITS, readSettings } from "./settings.ts";
import { type Place, parseToml, type TomlTable } from "./toml.ts";

/** What to load. */
export interface LoadOptions {
  /** Folder of `config.toml`, as `resolveCodexHome` gives it. */
  readonly codexHome: string;
  /** Switches every hook of every surface off; what is wrong with them is still said (seed 002, `--no-hooks`). */
  readonly noHooks?: boolean;
}

/**
 * Reads `config.toml` into the hooks that work and the problems of those that do not (DESIGN section 5). A file that does not
 * exist has neither. Never rejects, whatever is in the file.
 */
export async function loadConfig({ codexHome: folder, noHooks = false }: LoadOptions): Promise<Config> {
  // Absolute from here on: an agent may change its folder.
  const codexHome = resolve(folder);
  const file = join(codexHome, "config.toml");
  const problems = collectProblems(file);
  const { exists, bytes } = await readBytes(file, problems);
  const root = bytes && (await readRoot(bytes, problems));
  const { hooks, limits } = root ? await readTables(root, codexHome, file, problems) : NOTHING;
  return { codex_home: codexHome, file, exists, hooks: noHooks ? [] : hooks, problems: problems.all(), limits };
}

/** The part of a configuration that its `[hooks]` says. */
interface Said {
  readonly hooks: readonly Hook[];
  readonly limits: Limits;
}

const NOTHING: Said = { hooks: [], limits: DEFAULT_LIMITS };

const TOP: Place = { line: 1, column: 1 };

async function readBytes(file: string, problems: Problems): Promise<{ exists: boolean; bytes?: Uint8Array }> {
  try {
    // Reading a pipe or a device would wait for somebody to write, and the agent with it.
    if (!(await stat(file)).isFile()) throw new Error("it is no regular file");
    return { exists: true, bytes: await readFile(file) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { exists: false };
    const text = `Cannot read ${file}: ${code ?? message}. No hook runs. Make it a file that you may read.`;
    problems.error("unreadable", TOP, text);
    return { exists: true };
  }
}

async function readRoot(bytes: Uint8Array, problems: Problems): Promise<TomlTable | undefined> {
  const text = decode(bytes);
  if (text === undefined) {
    const at = { line: lineThatIsNotUtf8(bytes), column: 1 };
    problems.error(
      "bad_toml",
      at,
      "Cannot read the configuration: this line is not UTF-8. No hook runs. Save the file as UTF-8.",
    );
    return undefined;
  }
  const parsed = await parseToml(text);
  if (parsed.root) return parsed.root;
  const where = `line ${parsed.at.line}, column ${parsed.at.column}`;
  const reason = `Cannot read the configuration: it is not valid TOML at ${where}: ${parsed.reason}. No hook runs. Mend that place.`;
  problems.error("bad_toml", parsed.at, reason);
  return undefined;
}

/** The text without a byte order mark; undefined when it is not UTF-8, the only encoding that TOML has. */
function decode(bytes: Uint8Array): string | undefined {
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

async function readTables(root: TomlTable, codexHome: string, file: string, problems: Problems): Promise<Said> {
  readNotify(root, problems);
  const entry = root.entries.get("hooks");
  if (!entry) return NOTHING;
  const { value, at } = entry;
  if (value.kind !== "table") {
    problems.error(
      "wrong_type",
      at,
      `Cannot use hooks: it is ${describe(value)}. Write [hooks] in single brackets, and its keys below.`,
    );
    return NOTHING;
  }
  const settings = readSettings(value, problems);
  const reading = { file, codex_home: codexHome, table: value, settings, problems };
  return { hooks: await readHooks(reading), limits: settings.limits };
}
