import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CodegenError } from "./errors.ts";

/** The file that makes a folder of `packages/` a language. */
export const MANIFEST = "language.json";

/** A program as argv, without a shell, run in the language's folder. */
export type Argv = readonly [program: string, ...args: string[]];

/** A program that has to be on the machine. */
export interface Requirement {
  /** Name as it is called, for example `go`. */
  readonly program: string;
  /** Arguments with which it says its version and succeeds, for example `["version"]`. Default `["--version"]`. */
  readonly version?: readonly string[];
}

/** Something that is run to check a language beside the vectors: its own tests, its type checker, its package. */
export interface Check {
  /** What it shows, as a sentence after the language's name: "type-checks with mypy --strict". */
  readonly name: string;
  /** Commands, one after another; all have to succeed. */
  readonly run: readonly Argv[];
  /** What it needs beside the language's own requirements. */
  readonly requires?: readonly Requirement[];
}

/** A file or a folder with all that is in it, and where it goes when a user installs it. */
export interface InstalledFile {
  /** Relative to the language's folder. */
  readonly from: string;
  /** Relative to `CODEX_HOME/hooks`. */
  readonly to: string;
  /** Whether it can be started by its path. Default false. */
  readonly executable?: boolean;
}

/** What `xcodex hooks install sdks <id>` installs. In commands `{{hooks}}` stands for the absolute folder `CODEX_HOME/hooks`. */
export interface InstallableSdk {
  /** Name on the command line, for example `golang`'s is `go`. */
  readonly id: string;
  /** Other names for it. */
  readonly aliases: readonly string[];
  /** One line for lists. */
  readonly title: string;
  /** The SDK, its template, their READMEs. */
  readonly files: readonly InstalledFile[];
  /** The hook to start from. */
  readonly template: {
    /** The file to edit, relative to `CODEX_HOME/hooks`. */
    readonly source: string;
    /** Commands that build it; none for script languages. */
    readonly build: readonly Argv[];
    /** The command of the hook: the same for one event and as a host. */
    readonly run: Argv;
  };
  /** What to know about it, one sentence each. */
  readonly notes: readonly string[];
}

/** Programs that `npm run bench sdks` measures. All read their input from stdin. */
export interface BenchPrograms {
  /** Commands that build them. */
  readonly build: readonly Argv[];
  /** Does nothing: an empty program of the language. */
  readonly empty: Argv;
  /** `run` with a hook that does nothing. */
  readonly hook: Argv;
  /**
   * Parses one payload again and again. Two arguments are added: the payload's file and how many times. Prints one line, the
   * nanoseconds per parse as a number; the first tenth of the rounds is for warming up and does not count.
   */
  readonly parse: Argv;
}

/** Everything that the tools know about a language. It stands in `packages/<folder>/language.json`. */
export interface Manifest {
  /** Short name, for example `go`. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Programs without which nothing of the language can be built or run. */
  readonly requires: readonly Requirement[];
  /** How its files are generated; absent for languages that use the types of `schema` themselves. */
  readonly codegen?: {
    /** Module, relative to the folder, that exports `render`. */
    readonly module: string;
    /** Folders in which every file is generated, and single files; relative to the folder. */
    readonly generated: readonly string[];
  };
  /** Commands that build what the driver and the checks need. */
  readonly build: readonly Argv[];
  /** The conformance driver (conformance/PROTOCOL.md, section 8). */
  readonly driver: Argv;
  /**
   * What the harness has to forgive (PROTOCOL.md, section 7): `null_is_absent` for typed fields whose null cannot be told from
   * absence, `no_lone_surrogates` for strings that cannot hold half of a surrogate pair. Default none.
   */
  readonly allowances?: readonly ("null_is_absent" | "no_lone_surrogates")[];
  readonly checks: readonly Check[];
  readonly bench: BenchPrograms;
  /** What users can install of it. */
  readonly sdks: readonly InstallableSdk[];
}

/** A language and where it is. */
export interface Language {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Its folder relative to the repository, with `/`. */
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * All languages of a repository: the folders of `packages/` that have a manifest, in the order of their names.
 *
 * @throws CodegenError `bad_manifest`
 */
export function findLanguages(root: string): readonly Language[] {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `packages/${entry.name}`)
    .sort();
  return folders.flatMap((path) => {
    const manifest = readManifest(join(root, path, MANIFEST), `${path}/${MANIFEST}`);
    return manifest ? [{ folder: join(root, path), path, manifest }] : [];
  });
}

function readManifest(file: string, path: string): Manifest | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return checked(JSON.parse(text) as Partial<Manifest>, path);
  } catch (error) {
    if (error instanceof CodegenError) throw error;
    throw new CodegenError("bad_manifest", path, (error as Error).message, "Write one JSON object.");
  }
}

const KEYS: readonly (keyof Manifest)[] = ["id", "title", "requires", "build", "driver", "checks", "bench", "sdks"];

function checked(manifest: Partial<Manifest>, path: string): Manifest {
  const absent = KEYS.find((key) => manifest[key] === undefined);
  if (absent)
    throw new CodegenError("bad_manifest", path, `it has no "${absent}"`, "See Manifest in packages/codegen.");
  return manifest as Manifest;
}
