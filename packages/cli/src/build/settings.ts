import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { type Sources, sourcesFor } from "./sources.ts";

/** Flags of `build pyo3`, as the command line gives them. */
export interface BuildOptions {
  readonly python?: string;
  readonly ref?: string;
  readonly repoUrl?: string;
  readonly repoDir?: string;
  readonly profile?: Profile;
  readonly installDir?: string;
  readonly binName?: string;
  readonly reportPath?: string;
  readonly yes?: true;
  readonly dryRun?: true;
}

/** How well, and how slowly, cargo compiles. */
export type Profile = "release" | "debug";

/** What is to be built, with what, and where it goes. All paths are absolute; nothing of it was looked at. */
export interface BuildSettings {
  readonly codex_home: string;
  readonly sources: Sources;
  /** The interpreter as it was named: a path, or a name to look up on PATH. Undefined when nobody named one. */
  readonly python: string | undefined;
  readonly profile: Profile;
  readonly install_dir: string;
  /** Name of the launcher, without an ending. */
  readonly bin_name: string;
  readonly report: string;
  /** Everything that the build needs and nobody else: may be removed when none runs. */
  readonly build_dir: string;
  /** What cargo made, kept so that the next build is quick. */
  readonly target_dir: string;
}

const DEFAULT_BIN = "xcodex-pyo3";

/**
 * Puts together what the command line, the environment and the defaults say (seed 000).
 *
 * @throws CliError `ref_without_repository`, `bad_ref`, `bad_bin_name`
 */
export function buildSettings(codexHome: string, options: BuildOptions, context: Context): BuildSettings {
  const tmp = join(codexHome, "tmp");
  const build_dir = join(tmp, "pyo3-build");
  const absolute = (path: string): string => resolve(context.cwd || "/", path);
  return {
    codex_home: codexHome,
    sources: sourcesFor(options, { folder: join(codexHome, "src", "xcodex-hooks"), absolute }),
    python: named(options.python || context.env.PYO3_PYTHON, absolute),
    profile: options.profile ?? "release",
    install_dir: options.installDir ? absolute(options.installDir) : join(codexHome, "bin"),
    bin_name: binName(options.binName ?? DEFAULT_BIN),
    report: options.reportPath ? absolute(options.reportPath) : join(tmp, "pyo3-bootstrap-report.txt"),
    build_dir,
    target_dir: context.env.CARGO_TARGET_DIR ? absolute(context.env.CARGO_TARGET_DIR) : join(build_dir, "target"),
  };
}

/** A path is taken from where we are; a bare name is looked up on PATH. */
function named(python: string | undefined, absolute: (path: string) => string): string | undefined {
  if (!python) return undefined;
  return isAbsolute(python) || !/[\\/]/.test(python) ? python : absolute(python);
}

/** A name that is one file in the folder, and none that belongs to somebody else. */
function binName(name: string): string {
  const advice = 'Use letters, digits, "-", "_" and ".", for example xcodex-pyo3.';
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    throw new CliError("bad_bin_name", `Cannot call the launcher "${name}": that is no plain file name. ${advice}`);
  }
  if (/^xcodex(-hooks)?$/i.test(name) || /\.node$/i.test(name)) {
    const state = "that name is taken by xcodex itself, which is never touched";
    throw new CliError("bad_bin_name", `Cannot call the launcher "${name}": ${state}. Choose another --bin-name.`);
  }
  return name;
}

/** Whether a folder is one that a shell looks for programs in. */
export function isOnPath(folder: string, path: string): boolean {
  return path.split(delimiter).some((entry) => entry !== "" && resolve(entry) === folder);
}
