import { createHash } from "node:crypto";
import { join } from "node:path";
import { jsonErrorAt } from "@xcodex/hooks-dispatcher";
import { CliError } from "./errors.ts";
import { locked, readIfThere, removeFile, writeAtomically } from "./files.ts";
import { isPlace } from "./inside-hooks.ts";

/** The file in `CODEX_HOME/hooks` that says what was installed. */
export const STAMP = ".installed.json";

/** What an installed set left: its version, and the hash of every file as it was written. */
export interface InstalledSet {
  readonly version: string;
  /** By path, relative to `CODEX_HOME/hooks`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Everything that was installed, by the name of the set: `sdks/python`, `samples/external`. */
export interface Installed {
  readonly sets: Readonly<Record<string, InstalledSet>>;
  /** Sets whose entry cannot be read. Their entries stay as they are, and so do files that they seem to list. */
  readonly broken: Readonly<Record<string, { readonly why: string; readonly files: readonly string[] }>>;
}

/** Nothing is installed. */
export const NOTHING_INSTALLED: Installed = { sets: {}, broken: {} };

/** The version of the stamp's format. */
const SCHEMA_VERSION = 1;

/** What a lost stamp means. */
const YOURS = "files that differ from this version then count as yours, and are kept";

type Json = Readonly<Record<string, unknown>>;

/** The hash of a file's content, as the stamp has it. */
export function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Hashes that any set says it wrote at this path. */
export function writtenHashes({ sets }: Installed, to: string): readonly string[] {
  return Object.values(sets).flatMap(({ files }) => (Object.hasOwn(files, to) ? [files[to] as string] : []));
}

/** The name of a set as it is said on the command line: `python` of `sdks/python`. */
export function shortName(name: string): string {
  return name.replace(/^[^/]*\//, "");
}

/** Names of the sets that have a file at this path, apart from some. */
export function usersOf({ sets, broken }: Installed, to: string, apartFrom: readonly string[]): readonly string[] {
  const whole = Object.entries(sets).filter(([, { files }]) => Object.hasOwn(files, to));
  const torn = Object.entries(broken).filter(([, { files }]) => files.includes(to));
  return [...whole, ...torn].map(([name]) => name).filter((name) => !apartFrom.includes(name));
}

/** The files of all sets, apart from some. */
export function filesOfOthers({ sets, broken }: Installed, apartFrom: readonly string[]): readonly string[] {
  const whole = Object.entries(sets).map(([name, { files }]) => [name, Object.keys(files)] as const);
  const torn = Object.entries(broken).map(([name, { files }]) => [name, files] as const);
  return [...whole, ...torn].flatMap(([name, files]) => (apartFrom.includes(name) ? [] : files));
}

/** Reads what is installed; nothing is, where there is no stamp. @throws CliError `bad_stamp` */
export async function readInstalled(hooks: string): Promise<Installed> {
  const file = join(hooks, STAMP);
  return asInstalled(await readStamp(file), file);
}

/** What is installed, for who only looks: what cannot be read is said and counts as not installed. */
export async function readInstalledAnyway(hooks: string, note: (text: string) => void): Promise<Installed> {
  try {
    const { sets, broken } = await readInstalled(hooks);
    for (const [name, { why }] of Object.entries(broken)) note(brokenEntry(hooks, name, why).message);
    return { sets, broken: {} };
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "bad_stamp") throw error;
    note(error.message);
    return NOTHING_INSTALLED;
  }
}

/** The entry of a set; undefined when it is not installed. @throws CliError `bad_stamp` when the entry cannot be read */
export function installedSet(installed: Installed, name: string, hooks: string): InstalledSet | undefined {
  const why = Object.hasOwn(installed.broken, name) ? installed.broken[name]?.why : undefined;
  if (why !== undefined) throw brokenEntry(hooks, name, why);
  return Object.hasOwn(installed.sets, name) ? installed.sets[name] : undefined;
}

function brokenEntry(hooks: string, name: string, why: string): CliError {
  return new CliError(
    "bad_stamp",
    `Cannot read "${name}" in "${join(hooks, STAMP)}": ${why}. Mend the entry, or take it out: ${YOURS}.`,
  );
}

/**
 * Notes what is installed now. The stamp is read again first, and nobody else can write it then: what somebody else noted
 * meanwhile stays, and so does everything in it that is not ours to understand. A stamp that would be empty is removed.
 *
 * @param sets new entries by name; undefined takes one out
 * @throws CliError `bad_stamp`, `unwritable_file`
 */
export async function noteInstalled(
  hooks: string,
  sets: Readonly<Record<string, InstalledSet | undefined>>,
): Promise<void> {
  const file = join(hooks, STAMP);
  await locked(`${file}.lock`, () => note(file, sets));
}

async function note(file: string, sets: Readonly<Record<string, InstalledSet | undefined>>): Promise<void> {
  const stamp = await readStamp(file);
  asInstalled(stamp, file);
  const now: Record<string, unknown> = { ...(stamp?.sets as Json | undefined) };
  for (const [name, set] of Object.entries(sets)) {
    if (set) now[name] = { ...(now[name] as Json | undefined), version: set.version, files: sorted(set.files) };
    else delete now[name];
  }
  const content = { ...stamp, schema_version: SCHEMA_VERSION, sets: sorted(now) };
  if (Object.keys(now).length === 0 && Object.keys(content).length === 2) return removeFile(file);
  await writeAtomically(file, Buffer.from(`${JSON.stringify(content, null, 2)}\n`), { mode: 0o600 });
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The stamp as it stands in the file; undefined when there is none. */
async function readStamp(file: string): Promise<Json | undefined> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as Json;
  } catch {
    const before = text.slice(0, jsonErrorAt(text)).split("\n");
    throw badStamp(file, `it is not JSON from line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1} on`);
  }
}

function asInstalled(stamp: Json | undefined, file: string): Installed {
  if (stamp === undefined) return NOTHING_INSTALLED;
  if (!isObject(stamp)) throw badStamp(file, "it is no JSON object");
  const { schema_version: version, sets } = stamp;
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    throw new CliError(
      "bad_stamp",
      `Cannot read "${file}": a newer xcodex hooks wrote it (schema_version ${version}). Use that one.`,
    );
  }
  if (version !== SCHEMA_VERSION) throw badStamp(file, `its schema_version is not ${SCHEMA_VERSION}`);
  if (!isObject(sets)) throw badStamp(file, 'its "sets" are no object');
  const entries = Object.entries(sets).map(([name, set]) => ({ name, set, why: whyBroken(set) }));
  return {
    sets: Object.fromEntries(entries.flatMap(({ name, set, why }) => (why ? [] : [[name, set as InstalledSet]]))),
    broken: Object.fromEntries(
      entries.flatMap(({ name, set, why }) => (why ? [[name, { why, files: namesIn(set) }]] : [])),
    ),
  };
}

function namesIn(set: unknown): readonly string[] {
  return isObject(set) && isObject(set.files) ? Object.keys(set.files) : [];
}

function badStamp(file: string, state: string): CliError {
  return new CliError(
    "bad_stamp",
    `Cannot read "${file}": ${state}. It says which files are as they were installed. Mend it, or move it away: ${YOURS}.`,
  );
}

/** The stamp decides what may be removed, so a path in it that leads elsewhere makes the whole set unusable. */
function whyBroken(set: unknown): string | undefined {
  if (!isObject(set)) return "it is no object";
  if (typeof set.version !== "string" || !/^\d+\.\d+\.\d+/.test(set.version)) return "its version is none";
  if (!isObject(set.files)) return 'its "files" are no object';
  for (const [to, hash] of Object.entries(set.files)) {
    if (!isPlace(to)) return `the path ${JSON.stringify(to)} leaves the hooks folder or is not plain`;
    if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return `the hash of ${JSON.stringify(to)} is none`;
  }
  return undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
