import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crateFolder } from "@xcodex/hooks-pyo3";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { CliError, isSystemError, systemReason } from "../errors.ts";

/** Where the sources of the addon come from. */
export type Sources =
  /** They came with this program, of its own version, their dependencies pinned by a Cargo.lock. */
  | { readonly kind: "package"; readonly crate: string; readonly ref: string | undefined }
  /** A checkout of this project, as it is on the disk. */
  | { readonly kind: "folder"; readonly crate: string; readonly folder: string }
  /** A git repository of this project, taken to a folder. Without a ref: what its HEAD is. */
  | {
      readonly kind: "repository";
      readonly crate: string;
      readonly url: string;
      readonly folder: string;
      readonly ref: string | undefined;
    };

/** What the command line says about sources. */
export interface SourceOptions {
  readonly ref?: string;
  readonly repoUrl?: string;
  readonly repoDir?: string;
}

/** Where the crate is in a checkout of this project. */
const CRATE = join("packages", "pyo3", "crate");

/** The commit that seed 000 pins. It names sources of the first xcodex; what is pinned here are those that come with this program. */
export const DOCUMENTED_REF = "31aadee0612bd56d81e22b3973fbdd44d4b5729f";

/**
 * Decides which sources are meant. Without a repository they are those that came with this program, and a `ref` can only name these:
 * this program knows no repository to take another one from.
 *
 * @param places folder for a clone of ours, and how a path of the user's becomes absolute
 * @throws CliError `bad_ref`
 */
export function sourcesFor(
  { ref, repoUrl, repoDir }: SourceOptions,
  { folder, absolute }: { folder: string; absolute: (path: string) => string },
): Sources {
  if (ref !== undefined) needRef(ref);
  const checkout = repoDir ? absolute(repoDir) : undefined;
  if (repoUrl) return repository(repoUrl, checkout ?? folder, ref);
  if (!checkout) return { kind: "package", crate: crateFolder(), ref };
  // What somebody works on stays as it is: another state of it is taken from a clone.
  if (ref !== undefined) return repository(checkout, folder, ref);
  return { kind: "folder", crate: join(checkout, CRATE), folder: checkout };
}

function repository(url: string, folder: string, ref: string | undefined): Sources {
  return { kind: "repository", crate: join(folder, CRATE), url, folder, ref };
}

function needRef(ref: string): void {
  if (/^[A-Za-z0-9_@][\w./@+-]*$/.test(ref) && !ref.includes("..")) return;
  const advice = "Give a commit, a tag or a branch.";
  throw new CliError("bad_ref", `Cannot build the ref "${ref}": that is none. ${advice}`);
}

/**
 * Whether a ref that was given without a repository stands for the sources that came with this program.
 *
 * @throws CliError `ref_without_repository`
 */
export function needOwnRef(ref: string | undefined, version: string): void {
  if (ref === undefined || ref === DOCUMENTED_REF || ref === version || ref === `v${version}`) return;
  const state = "this program names no repository to take it from";
  const advice = `Name one with --repo-url or --repo-dir, or leave --ref out to build the sources that came with xcodex hooks ${version}.`;
  throw new CliError("ref_without_repository", `Cannot build the ref "${ref}": ${state}. ${advice}`);
}

/** What a crate's manifest and lock file say. */
export interface Crate {
  /** Folder of the sources. */
  readonly folder: string;
  readonly version: string;
  /** The oldest Rust that compiles it, as in `[1, 88]`. */
  readonly rust_version: readonly number[];
  /** How many crates its Cargo.lock names, itself among them: at most so many are compiled. */
  readonly crates: number;
}

const NAME = "xcodex-pyo3";

/** Reads what a crate says about itself. @throws CliError `bad_sources` */
export async function readCrate(folder: string): Promise<Crate> {
  const manifest = await readToml(join(folder, "Cargo.toml"));
  const lock = await readToml(join(folder, "Cargo.lock"));
  const { name, version, "rust-version": rust } = (manifest.package ?? {}) as Record<string, unknown>;
  if (name !== NAME || typeof version !== "string" || typeof rust !== "string") {
    throw badSources(folder, `its Cargo.toml is not that of the crate ${NAME}`);
  }
  const crates = Array.isArray(lock.package) ? lock.package.length : 0;
  return { folder, version, rust_version: rust.split(".").map(Number), crates };
}

async function readToml(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw badSources(file, isSystemError(error, "ENOENT") ? "there is no such file" : systemReason(error));
  }
  try {
    return getStaticTOMLValue(parseTOML(text)) as Record<string, unknown>;
  } catch {
    throw badSources(file, "it is not valid TOML");
  }
}

function badSources(path: string, state: string): CliError {
  const text = `Cannot take the sources from "${path}": ${state}. Name a checkout of this project, or leave --repo-url and --repo-dir out.`;
  return new CliError("bad_sources", text);
}

/**
 * An addon of another version would not be loaded, so it is not built either.
 *
 * @throws CliError `other_version`
 */
export function needSameVersion({ folder, version }: Crate, own: string): void {
  if (version === own) return;
  const state = `they are of version ${version}, and this is ${own}, which loads no other`;
  throw new CliError(
    "other_version",
    `Cannot build the sources in "${folder}": ${state}. Choose a ref of ${own}, or use the xcodex hooks of ${version}.`,
  );
}
