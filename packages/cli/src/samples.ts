import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "@xcodex/hooks-dispatcher";
import { CliError, isSystemError } from "./errors.ts";
import type { FileSet } from "./plan-files.ts";
import { insideTomlString } from "./ui/toml.ts";

/** A file of a sample set. */
export interface SampleFile {
  /** Relative to the samples package. */
  readonly from: string;
  /** Relative to `CODEX_HOME/hooks`. */
  readonly to: string;
  readonly executable: boolean;
}

/** Sample hooks that are installed together. */
export interface SampleSet {
  readonly title: string;
  readonly files: readonly SampleFile[];
  /** What to know about it, one sentence each. */
  readonly notes: readonly string[];
  /** Configuration for it, in the language of its file; `{{hooks}}` inside its strings stands for the absolute hooks folder. */
  readonly snippet: string;
  /** The file of CODEX_HOME that the snippet belongs into. Default: `config.toml`, as for every mode of `init`. */
  readonly snippet_file?: "config.json";
}

/** All sample sets, by name, the folder that their files are in, and their version. */
export interface Samples {
  readonly folder: string;
  readonly version: string;
  readonly sets: Readonly<Record<string, SampleSet>>;
}

/** Reads the manifest of the samples package. */
export async function loadSamples(): Promise<Samples> {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve("@xcodex/hooks-samples/package.json")));
    const read = async (name: string): Promise<Samples> => JSON.parse(await readFile(join(folder, name), "utf8"));
    const [{ version }, { sets }] = await Promise.all([read("package.json"), read("manifest.json")]);
    return { folder, version, sets };
  } catch (error) {
    const missing = isSystemError(error, "ENOENT") || (error instanceof Error && "code" in error);
    if (!missing) throw error;
    throw new CliError(
      "samples_missing",
      "Cannot read the samples: the package @xcodex/hooks-samples is not whole. Install @xcodex/hooks-cli again.",
    );
  }
}

/** The names that a name stands for: its own, or with `all` every one. @throws CliError `unknown_sample_set` */
export function setNames(samples: Samples, name: string): readonly string[] {
  const names = Object.keys(samples.sets);
  if (name === "all") return names;
  findSet(samples, name);
  return [name];
}

/** Finds a set by its name. @throws CliError `unknown_sample_set` */
export function findSet(samples: Samples, name: string): SampleSet {
  const set = Object.hasOwn(samples.sets, name) ? samples.sets[name] : undefined;
  if (set) return set;
  const names = Object.keys(samples.sets);
  const near = nearest(name, ["all", ...names]);
  throw new CliError(
    "unknown_sample_set",
    `Cannot find the samples "${name}": there is no such set.${near ? ` Did you mean "${near}"?` : ""} Sets: ${names.join(", ")}, or all.`,
  );
}

/** The files of a set, as they are installed. */
export function sampleFiles({ folder, version }: Samples, name: string, { files }: SampleSet): FileSet {
  return {
    name: `samples/${name}`,
    version,
    files: files.map(({ from, to, executable }) => ({ source: join(folder, from), to, executable })),
  };
}

/** The snippet of a set for one hooks folder. What is escaped for a string in TOML is so for one in JSON as well. */
export function snippetFor(set: SampleSet, hooksFolder: string): string {
  return set.snippet.replaceAll("{{hooks}}", () => insideTomlString(hooksFolder)).trimEnd();
}
