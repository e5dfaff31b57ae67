import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "./json.ts";

/** The generated files that are kept as they were released. */
const FROZEN: readonly string[] = ["hooks.schema.json", "catalogue.json"];

/** What stands in release.json beside the frozen files. */
export interface Release {
  /** Version of the package that they were released with. */
  readonly version: string;
  /** SHA-256 of every frozen file, by name. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Numbers of the schema versions that were released, from folders such as `released/v1`; ascending. */
export function releasedVersions(packageFolder: string): readonly number[] {
  const folder = join(packageFolder, "released");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => isRelease(folder, name)) : [];
  return names.map((name) => Number(name.slice(1))).sort((a, b) => a - b);
}

function isRelease(folder: string, name: string): boolean {
  return /^v\d+$/.test(name) && existsSync(join(folder, name, "release.json"));
}

/** Folder of the frozen copies of a schema version. */
export function releasedFolder(packageFolder: string, schemaVersion: number): string {
  return join(packageFolder, "released", `v${schemaVersion}`);
}

/** What release.json of a folder says. */
export function readRelease(folder: string): Release {
  return JSON.parse(readFileSync(join(folder, "release.json"), "utf8")) as Release;
}

/** Names of frozen files that are not as they were released, or not there, or there without having been released. */
export function touchedFiles(folder: string): readonly string[] {
  const { sha256 } = readRelease(folder);
  const there = readdirSync(folder).filter((name) => name !== "release.json");
  const names = new Set([...Object.keys(sha256), ...there]);
  return [...names].filter((name) => !there.includes(name) || sha256[name] !== hashOf(join(folder, name))).sort();
}

/**
 * Copies the generated files to the folder of their schema version and notes their hashes. Returns the names of the files that
 * differ from what was frozen before; writes nothing when none does.
 *
 * @param again whether a version of the package that is frozen already may be frozen anew: only while it is not published
 */
export function freeze(packageFolder: string, schemaVersion: number, again = false): readonly string[] {
  const folder = releasedFolder(packageFolder, schemaVersion);
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const before = releasedVersions(packageFolder).includes(schemaVersion) ? readRelease(folder) : undefined;
  const sha256 = Object.fromEntries(FROZEN.map((name) => [name, hashOf(join(packageFolder, "generated", name))]));
  const changed = FROZEN.filter((name) => before?.sha256[name] !== sha256[name]);
  if (changed.length === 0) return [];
  if (before?.version === version && !again) {
    throw new Error(
      `Cannot freeze ${changed.join(" and ")}: version ${version} is frozen already with other bytes. ` +
        "Add a changeset and run `pnpm run version`, or give --again as long as that version is not published.",
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const name of FROZEN) copyFileSync(join(packageFolder, "generated", name), join(folder, name));
  writeFileSync(join(folder, "release.json"), jsonText({ version, sha256 } satisfies Release));
  return changed;
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
