import { type Installed, shortName } from "./installed.ts";
import { type FileSet, type PlannedFile, planFiles } from "./plan-files.ts";
import { count } from "./ui/printable.ts";
import { compareVersions } from "./version-order.ts";

/** A file that is not as this version installs it. `left over`: an earlier version installed it, this one has none. */
export interface Difference {
  readonly state: "missing" | "edited" | "older" | "newer" | "left over";
  /** Relative to `CODEX_HOME/hooks`. */
  readonly path: string;
}

/** A set that was compared with this version. */
export interface CheckedSet {
  readonly name: string;
  readonly version: string;
  /** The version that is noted as installed; null when none is. */
  readonly installed: string | null;
  /** The files of this version, relative to `CODEX_HOME/hooks`. */
  readonly files: readonly string[];
  readonly differences: readonly Difference[];
}

/** Compares what is installed with this version. Nothing is written. */
export async function checkSets(
  sets: readonly FileSet[],
  hooks: string,
  installed: Installed,
): Promise<readonly CheckedSet[]> {
  return Promise.all(sets.map((set) => checkSet(set, hooks, installed)));
}

async function checkSet(set: FileSet, hooks: string, installed: Installed): Promise<CheckedSet> {
  const { name, version } = set;
  const there = Object.hasOwn(installed.sets, name) ? installed.sets[name]?.version : undefined;
  const outdated = there !== undefined && compareVersions(there, version) > 0 ? "newer" : "older";
  const { files } = await planFiles([set], hooks, installed, false);
  const differences = files
    .filter(({ state }) => state !== "same")
    .map((file) => ({ state: stateIn(file, outdated), path: file.to }));
  return { name, version, installed: there ?? null, files: set.files.map(({ to }) => to), differences };
}

function stateIn({ content, state }: PlannedFile, outdated: "older" | "newer"): Difference["state"] {
  if (!content) return "left over";
  return state === "outdated" ? outdated : (state as Difference["state"]);
}

/** What was found, in words. */
export function checkText(checked: readonly CheckedSet[], kind: string): string {
  const differing = checked.filter(({ differences }) => differences.length > 0);
  const [first] = checked;
  if (differing.length === 0) return asItShouldBe(checked);
  const what = first && checked.length === 1 ? shortName(first.name) : "all";
  const states = differing.flatMap(({ differences }) => differences.map(({ state }) => state));
  const force = states.some((state) => state === "edited" || state === "newer") ? " --force" : "";
  const advice = `To have it as in ${first?.version}: xcodex hooks install ${kind} ${what}${force}`;
  return [...differing.flatMap(differingLines), "", advice].join("\n");
}

function asItShouldBe(checked: readonly CheckedSet[]): string {
  // A file that several have counts once.
  const files = new Set(checked.flatMap((set) => set.files)).size;
  return `${checked.map(({ name }) => shortName(name)).join(", ")}: ${count(files, "file")}, as in ${checked[0]?.version}.`;
}

function differingLines({ name, version, installed, files, differences }: CheckedSet): readonly string[] {
  const missing = differences.filter(({ state }) => state === "missing").length;
  if (missing === files.length) return [`${shortName(name)} is not installed.`];
  const other = installed !== null && installed !== version ? ` (${installed} is installed)` : "";
  const width = Math.max(...differences.map(({ state }) => state.length));
  return [
    `${shortName(name)} is not as in ${version}${other}: ${count(differences.length, "difference")}.`,
    ...differences.map(({ state, path }) => `  ${state.padEnd(width)}  ${path}`),
  ];
}
