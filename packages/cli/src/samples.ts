import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "@xcodex/hooks-dispatcher";
import { CliError, isSystemError } from "./errors.ts";

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
  /** Configuration for it, in TOML; `{{hooks}}` inside its strings stands for the absolute hooks folder. */
  readonly snippet: string;
}

/** All sample sets, by name, and the folder that their files are in. */
export interface Samples {
  readonly folder: string;
  readonly sets: Readonly<Record<string, SampleSet>>;
}

/** Reads the manifest of the samples package. */
export async function loadSamples(): Promise<Samples> {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve("@xcodex/hooks-samples/package.json")));
    const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Pick<Samples, "sets">;
    return { folder, sets: manifest.sets };
  } catch (error) {
    const missing = isSystemError(error, "ENOENT") || (error instanceof Error && "code" in error);
    if (!missing) throw error;
    throw new CliError(
      "samples_missing",
      "Cannot read the samples: the package @xcodex/hooks-samples is not whole. Install @xcodex/hooks-cli again.",
    );
  }
}

/** Finds a set by its name. */
export function findSet(samples: Samples, name: string): SampleSet {
  const set = Object.hasOwn(samples.sets, name) ? samples.sets[name] : undefined;
  if (set) return set;
  const names = Object.keys(samples.sets);
  const near = nearest(name, names);
  throw new CliError(
    "unknown_sample_set",
    `Cannot install the samples "${name}": there is no such set.${near ? ` Did you mean "${near}"?` : ""} Sets: ${names.join(", ")}.`,
  );
}

/** The snippet of a set for one hooks folder. */
export function snippetFor(set: SampleSet, hooksFolder: string): string {
  return set.snippet.replaceAll("{{hooks}}", insideString(hooksFolder)).trimEnd();
}

/** A path as it stands inside a TOML string in double quotes: JSON's escapes, and one more. */
function insideString(path: string): string {
  return JSON.stringify(path).slice(1, -1).replaceAll("\u007f", "\\u007f");
}
