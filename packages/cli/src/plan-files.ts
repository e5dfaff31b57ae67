import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "./errors.ts";
import { backUp, removeFile, writeAtomically } from "./files.ts";
import { type Found, lookInside } from "./inside-hooks.ts";
import {
  hashOf,
  type Installed,
  type InstalledSet,
  installedSet,
  noteInstalled,
  usersOf,
  writtenHashes,
} from "./installed.ts";
import { removeEmptyFolders } from "./remove-folders.ts";
import { compareVersions } from "./version-order.ts";

/** Files that are installed together, under one name and version. */
export interface FileSet {
  /** `sdks/python`, `samples/external`. */
  readonly name: string;
  readonly version: string;
  readonly files: readonly SetFile[];
}

/** A file of a set. */
export interface SetFile {
  /** Absolute path of what is copied. */
  readonly source: string;
  /** Relative to `CODEX_HOME/hooks`. */
  readonly to: string;
  readonly executable: boolean;
}

/**
 * How a file on the disk compares with this version. `outdated`: as another version wrote it, so that nothing of the user's is lost
 * when it is replaced. `edited`: neither this version's nor what we noted that we wrote.
 */
export type FileState = "missing" | "same" | "outdated" | "edited";

/** What would happen to one file. */
export interface PlannedFile {
  /** `remove`: an earlier version installed it, this one has none. */
  readonly action: "create" | "overwrite" | "skip" | "remove";
  readonly to: string;
  readonly path: string;
  readonly executable: boolean;
  readonly state: FileState;
  /** What is to be there; undefined for files that this version has not. */
  readonly content: Buffer | undefined;
  /** What is there. */
  readonly before: Buffer | undefined;
}

/** What installing some sets would do. */
export interface FilePlan {
  readonly hooks: string;
  readonly sets: readonly FileSet[];
  readonly files: readonly PlannedFile[];
  readonly installed: Installed;
}

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  /** Where the file that was there before is now. */
  readonly backup?: string;
}

/**
 * Plans to install sets of files. What the user has is kept, unless `force` says otherwise; what is the same already is never
 * written again; what an earlier version wrote and nobody changed is brought up to date, or removed when it is no longer a part.
 *
 * @throws CliError `bad_stamp`, `outside_hooks`, `unreadable_file`
 */
export async function planFiles(
  sets: readonly FileSet[],
  hooks: string,
  installed: Installed,
  force: boolean,
): Promise<FilePlan> {
  // A file of several sets is the same file in all of them.
  const wanted = new Map(sets.flatMap((set) => set.files.map((file) => [file.to, file] as const)));
  const old = leftOver(sets, installed, hooks).filter((to) => !wanted.has(to));
  const files = [
    ...(await Promise.all([...wanted.values()].map((file) => planFile(file, hooks, installed, force)))),
    ...(await Promise.all(old.map((to) => planLeftOver(to, hooks, installed)))),
  ];
  return { hooks, sets, files: files.filter((file) => file.content || file.before), installed };
}

async function planFile(file: SetFile, hooks: string, installed: Installed, force: boolean): Promise<PlannedFile> {
  const content = await readFile(file.source);
  const found = await lookInside(hooks, file.to);
  const state = stateOf(found, content, writtenHashes(installed, file.to));
  const overwrite = state === "outdated" || (state === "edited" && force);
  const action = state === "missing" ? "create" : overwrite ? "overwrite" : "skip";
  return { ...file, action, path: join(hooks, file.to), state, content, before: found?.content };
}

async function planLeftOver(to: string, hooks: string, installed: Installed): Promise<PlannedFile> {
  const found = await lookInside(hooks, to);
  const state = stateOf(found, undefined, writtenHashes(installed, to));
  const action = state === "outdated" ? "remove" : "skip";
  return { action, to, path: join(hooks, to), executable: false, state, content: undefined, before: found?.content };
}

/** How what was found compares with what is to be there, and with the hashes of what was written. */
export function stateOf(found: Found | undefined, content: Buffer | undefined, written: readonly string[]): FileState {
  if (!found) return "missing";
  if (content && found.content.equals(content)) return "same";
  return !found.link && written.includes(hashOf(found.content)) ? "outdated" : "edited";
}

/** What earlier versions of the sets installed and no set that stays installed has. */
function leftOver(sets: readonly FileSet[], installed: Installed, hooks: string): readonly string[] {
  const names = sets.map((set) => set.name);
  const before = sets.flatMap(({ name }) => Object.keys(installedSet(installed, name, hooks)?.files ?? {}));
  return [...new Set(before)].filter((to) => usersOf(installed, to, names).length === 0);
}

/**
 * For who is about to carry a plan out without force: going back to an older version is nothing to do by accident.
 *
 * @throws CliError `newer_installed`
 */
export function needNoNewer({ sets, files, installed, hooks }: FilePlan): void {
  const changing = files.filter((file) => file.action === "overwrite" || file.action === "remove");
  const version = sets[0]?.version ?? "";
  const newer = Object.entries(installed.sets).filter(
    ([name, set]) =>
      compareVersions(set.version, version) > 0 &&
      (sets.some((own) => own.name === name) || changing.some(({ to }) => Object.hasOwn(set.files, to))),
  );
  if (newer.length === 0) return;
  const which = newer.map(([name, set]) => `${name} ${set.version}`).join(", ");
  throw new CliError(
    "newer_installed",
    `Cannot install ${version} into "${hooks}": ${which} is there, which is newer. Use that version of xcodex hooks, or --force to go back.`,
  );
}

/** Whether carrying a plan out would change anything: a file, or only what is noted about them. */
export function changesAnything(plan: FilePlan): boolean {
  return plan.files.some((file) => file.action !== "skip") || Object.keys(noted(plan)).length > 0;
}

/**
 * Carries a plan out, and notes what is installed now. Edited files that are overwritten leave a backup.
 *
 * @throws CliError `changed_meanwhile` when a file is not what the plan was made for, `unwritable_file`
 */
export async function applyFiles(plan: FilePlan): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const file of plan.files.filter(({ action }) => action !== "skip")) {
    if (await isDone(plan.hooks, file)) continue;
    if (file.content) written.push(await writeFile(file, file.content));
    else await removeFile(file.path);
  }
  const removed = plan.files.filter(({ action }) => action === "remove").map(({ to }) => to);
  await removeEmptyFolders(plan.hooks, removed);
  await noteInstalled(plan.hooks, noted(plan));
  return written;
}

async function writeFile({ path, executable, state }: PlannedFile, content: Buffer): Promise<WrittenFile> {
  const backup = state === "edited" ? await backUp(path) : undefined;
  await writeAtomically(path, content, { mode: executable ? 0o755 : 0o644 });
  return backup === undefined ? { path } : { path, backup };
}

/** Whether another install, at the same time, has done it already. @throws CliError when somebody did something else */
async function isDone(hooks: string, { to, path, before, content }: PlannedFile): Promise<boolean> {
  const now = (await lookInside(hooks, to))?.content;
  if (isSameContent(now, before)) return false;
  if (isSameContent(now, content)) return true;
  throw new CliError(
    "changed_meanwhile",
    `Cannot write "${path}": somebody changed it meanwhile. Run the command again.`,
  );
}

function isSameContent(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.equals(b));
}

/**
 * The entries of the stamp that are different once a plan is carried out: its sets, and others that share a file with them. Of a
 * file that is kept as the user has it, what we once wrote stays noted.
 */
function noted({ sets, files, installed }: FilePlan): Readonly<Record<string, InstalledSet>> {
  const ours = new Map(
    files.flatMap((file) => (file.content && isOurs(file) ? [[file.to, hashOf(file.content)]] : [])),
  );
  const own = Object.fromEntries(sets.map((set) => [set.name, ownEntry(set, ours, installed)]));
  const others = Object.entries(installed.sets)
    .filter(([name]) => !Object.hasOwn(own, name))
    .map(([name, set]) => [name, withHashes(set, ours)] as const);
  const entries = Object.entries({ ...own, ...Object.fromEntries(others) });
  return Object.fromEntries(entries.filter(([name, set]) => !isSame(set, installed.sets[name])));
}

function isOurs({ action, state }: PlannedFile): boolean {
  return action !== "skip" || state === "same";
}

function ownEntry(set: FileSet, ours: ReadonlyMap<string, string>, { sets }: Installed): InstalledSet {
  const before = Object.hasOwn(sets, set.name) ? sets[set.name]?.files : undefined;
  const hashes = set.files.map(({ to }) => [to, ours.get(to) ?? before?.[to]] as const);
  return {
    version: set.version,
    files: Object.fromEntries(hashes.flatMap(([to, hash]) => (hash === undefined ? [] : [[to, hash]]))),
  };
}

function withHashes({ version, files }: InstalledSet, ours: ReadonlyMap<string, string>): InstalledSet {
  return {
    version,
    files: Object.fromEntries(Object.entries(files).map(([to, hash]) => [to, ours.get(to) ?? hash])),
  };
}

function isSame(a: InstalledSet, b: InstalledSet | undefined): boolean {
  if (!b || a.version !== b.version) return false;
  const [left, right] = [Object.entries(a.files), Object.entries(b.files)];
  return left.length === right.length && left.every(([to, hash]) => b.files[to] === hash);
}
