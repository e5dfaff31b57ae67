import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AddonInfo } from "@xcodex/hooks-pyo3";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { shellLine } from "../ui/shell.ts";
import { cargoCommand, runCargo } from "./cargo.ts";
import { copySources } from "./copy-sources.ts";
import { putInPlace, stage } from "./install.ts";
import type { Interpreter } from "./interpreter.ts";
import type { BuildPlan } from "./plan.ts";
import { isOldRust } from "./prerequisites.ts";
import type { BuildReport } from "./report.ts";
import { checkOut } from "./repository.ts";
import { type Crate, needSameVersion, readCrate } from "./sources.ts";
import { tryAddon } from "./verify.ts";

/** What a step of a build needs. */
interface Build {
  readonly plan: BuildPlan;
  readonly interpreter: Interpreter;
  readonly context: Context;
  readonly report: BuildReport;
  readonly signal: AbortSignal;
}

/**
 * Builds, tries what was built, and only then installs it: sources → cargo → verify → install. Until then an installation that is there
 * stays as it is.
 *
 * @throws CliError `bad_sources`, `git_failed`, `other_version`, `old_rust`, `build_failed`, `addon_not_verified`, `unwritable_file`
 */
export async function runBuild(build: Build): Promise<AddonInfo> {
  const { plan, report, signal, context } = build;
  const crate = await report.step("sources", () => takeSources(build));
  const library = await report.step("cargo", () => compile(crate, build));
  const staged = await report.step("stage", () => stage(library, plan.settings));
  try {
    const info = await report.step("verify", () => needWorking(staged, build));
    if (signal.aborted) throw stopped();
    await report.step("install", () => putInPlace(staged, plan.files, plan.version, context));
    return info;
  } finally {
    await rm(staged, { force: true });
  }
}

/** The sources in a folder where cargo may write: a package's may not. */
async function takeSources({ plan, report, signal, context }: Build): Promise<Crate> {
  const { sources, build_dir } = plan.settings;
  let { crate } = plan;
  if (sources.kind === "repository") {
    context.print(`Fetching ${sources.url}`);
    const commit = await checkOut(sources, { env: context.env, signal, onCommand: report.command });
    report.note("commit", commit);
    context.print(`Commit ${commit}`);
    crate = await readCrate(sources.crate);
    needSameVersion(crate, plan.version);
    needRust(crate, plan.prerequisites.rustc ?? "");
  }
  const folder = join(build_dir, "crate");
  await copySources(crate.folder, folder);
  return { ...crate, folder };
}

/** The sources of a repository may want a newer Rust than those that came along. @throws CliError `old_rust` */
function needRust({ rust_version: oldest }: Crate, rustc: string): void {
  if (!isOldRust(rustc, oldest)) return;
  const state = `Rust ${rustc} is older than ${oldest.join(".")}`;
  throw new CliError("old_rust", `Cannot build these sources: ${state}. Run: rustup update stable.`);
}

async function compile(crate: Crate, { plan, interpreter, report, context, signal }: Build): Promise<string> {
  const { profile, target_dir } = plan.settings;
  const command = cargoCommand(profile);
  report.command([`PYO3_PYTHON=${interpreter.executable}`, `CARGO_TARGET_DIR=${target_dir}`, ...command]);
  context.print(`Compiling up to ${crate.crates} crates: ${shellLine(command.slice(0, -2))}`);
  const build = { crate, profile, target_dir, python: interpreter.executable };
  const { library, output } = await runCargo(build, context, signal);
  report.output(output);
  if (signal.aborted) throw stopped();
  if (library !== undefined) return library;
  throw new CliError(
    "build_failed",
    "Cannot build the addon: cargo failed. Mend what it says above and run this again.",
  );
}

async function needWorking(staged: string, { plan, context }: Build): Promise<AddonInfo> {
  const info = await tryAddon(staged, plan.settings.build_dir, context);
  if (typeof info !== "string") return info;
  const text = `Cannot use the addon that was built: ${info}. Nothing was installed. Name another Python with --python.`;
  throw new CliError("addon_not_verified", text);
}

function stopped(): CliError {
  return new CliError("stopped", "Cannot go on: the build was stopped. Nothing was installed. Run it again.");
}
