import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, runProcess } from "../../../test/support/process.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin", "xcodex.mjs");

/** A CODEX_HOME to build in, and how `xcodex hooks` is run there. */
export interface BuildPlace {
  readonly codex_home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly hooks: (...args: readonly string[]) => Promise<Ended>;
}

/** A place for builds. */
export function buildPlace(codexHome: string, env: Readonly<Record<string, string>> = {}): BuildPlace {
  mkdirSync(codexHome, { recursive: true });
  const all = { CODEX_HOME: codexHome, XCODEX_HOOKS_PYO3: "", PYO3_PYTHON: "", ...env };
  const hooks = (...args: readonly string[]): Promise<Ended> =>
    runProcess([process.execPath, PROGRAM, "hooks", ...args], "", { env: all, cwd: dirname(codexHome) });
  return { codex_home: codexHome, env: all, hooks };
}

/** Empties a CODEX_HOME of everything but what cargo made: it takes a minute to make it. */
export function forgetAllButTarget(codexHome: string): void {
  const build = join(codexHome, "tmp", "pyo3-build");
  for (const [folder, kept] of [
    [codexHome, "tmp"],
    [join(codexHome, "tmp"), "pyo3-build"],
    [build, "target"],
  ] as const) {
    for (const name of namesIn(folder)) if (name !== kept) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Names in a folder; none when there is none. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * A checkout of this project, as far as a build looks: a crate of the same name and version, which compiles in a moment because nothing is
 * in it.
 */
export function smallCheckout(
  folder: string,
  { version = "0.1.0", rust = "1.70", lib = "", build = "" }: SmallCrate = {},
): string {
  const crate = join(folder, "packages", "pyo3", "crate");
  mkdirSync(join(crate, "src"), { recursive: true });
  const name = "xcodex-pyo3";
  const manifest = `[package]
name = "${name}"
version = "${version}"
edition = "2021"
rust-version = "${rust}"

[lib]
name = "xcodex_pyo3"
crate-type = ["cdylib"]

[workspace]
`;
  writeFileSync(join(crate, "Cargo.toml"), manifest);
  writeFileSync(join(crate, "Cargo.lock"), `version = 3\n\n[[package]]\nname = "${name}"\nversion = "${version}"\n`);
  writeFileSync(join(crate, "src", "lib.rs"), lib);
  if (build) writeFileSync(join(crate, "build.rs"), build);
  return folder;
}

/** What is in a small crate, where it is not what is usual. */
export interface SmallCrate {
  readonly version?: string;
  readonly rust?: string;
  readonly lib?: string;
  /** Program that cargo runs before. */
  readonly build?: string;
}

/** Commits everything in a folder, which becomes a repository, and returns the commit. */
export function commit(folder: string, message: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", message);
  return git("rev-parse", "HEAD");
}

/** A PATH with nothing on it but these programs of this machine. */
export function pathWith(folder: string, programs: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  for (const program of programs) symlinkSync(whereIs(program), join(folder, program));
  return folder;
}

/** Absolute path of a program on PATH. A version manager's stand-in for Python would need its own PATH: the interpreter itself. */
export function whereIs(program: string): string {
  if (program === "python3")
    return execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
}

/** Programs that a real build needs and that this machine has not; where `CI` is set that is an error. */
export function missingForBuild(): string | undefined {
  const absent = ["cargo", "rustc", "cc", "git", "python3"].filter(
    (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status !== 0,
  );
  if (absent.length === 0) return undefined;
  if (process.env.CI) throw new Error(`Cannot test the build: ${absent.join(", ")} not found. Install it.`);
  return `${absent.join(", ")} not found`;
}
