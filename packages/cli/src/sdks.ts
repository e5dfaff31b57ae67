import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearest } from "@xcodex/hooks-dispatcher";
import { CliError, isSystemError } from "./errors.ts";
import { packageFile } from "./package-file.ts";
import type { FileSet } from "./plan-files.ts";

/** A file of an SDK. */
export interface SdkFile {
  /** Relative to the folder of all SDKs. */
  readonly from: string;
  /** Relative to `CODEX_HOME/hooks`. */
  readonly to: string;
  readonly executable: boolean;
}

/** What a user installs to write hooks in one language. In commands `{{hooks}}` stands for the absolute hooks folder. */
export interface Sdk {
  readonly id: string;
  /** Other names for it. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly files: readonly SdkFile[];
  /** The hook to start from. */
  readonly template: {
    /** Its file, relative to `CODEX_HOME/hooks`. */
    readonly source: string;
    /** Commands that build it; none for script languages. */
    readonly build: readonly (readonly string[])[];
    /** The command of the hook: the same for one event and as a host. */
    readonly run: readonly string[];
  };
  /** What to know about it, one sentence each. */
  readonly notes: readonly string[];
}

/** All SDKs, the folder that their files are in, and their version. */
export interface Sdks {
  readonly folder: string;
  readonly version: string;
  readonly sdks: readonly Sdk[];
}

/** Reads what `scripts/sdk-assets.mjs` made when this package was built. */
export async function loadSdks(): Promise<Sdks> {
  const folder = packageFile("bundle/sdks");
  try {
    const { version, sdks } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Sdks;
    return { folder, version, sdks };
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) throw error;
    throw new CliError(
      "sdks_missing",
      "Cannot read the SDKs: the package @xcodex/hooks-cli is not whole. Install it again.",
    );
  }
}

/** The SDK of an id or alias, in any case. */
export function named({ sdks }: Sdks, name: string): Sdk | undefined {
  const wanted = name.trim().toLowerCase();
  return sdks.find(({ id, aliases }) => [id, ...aliases].includes(wanted));
}

/** Finds SDKs by an id or alias; `all` are all of them. @throws CliError `unknown_sdk` */
export function findSdks(all: Sdks, name: string): readonly Sdk[] {
  const { sdks } = all;
  if (name.toLowerCase() === "all") return sdks;
  const found = named(all, name);
  if (found) return [found];
  const near = nearest(name, ["all", ...sdks.flatMap(({ id, aliases }) => [id, ...aliases])]);
  const ids = sdks.map(({ id }) => id).join(", ");
  throw new CliError(
    "unknown_sdk",
    `Cannot find the SDK "${name}": there is no such SDK.${near ? ` Did you mean "${near}"?` : ""} SDKs: ${ids}, or all.`,
  );
}

/** The files of an SDK, as they are installed. */
export function sdkFiles({ folder, version }: Sdks, { id, files }: Sdk): FileSet {
  return {
    name: `sdks/${id}`,
    version,
    files: files.map(({ from, to, executable }) => ({ source: join(folder, from), to, executable })),
  };
}

/** A command of a template for one hooks folder. */
export function inHooks(argv: readonly string[], hooks: string): readonly string[] {
  return argv.map((word) => word.replaceAll("{{hooks}}", () => hooks));
}
