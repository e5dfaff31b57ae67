import { join } from "node:path";
import { nearest, pathOf } from "@xcodex/hooks-dispatcher";
import type { AddonInfo } from "@xcodex/hooks-pyo3";
import { type Command, Option } from "commander";
import { oneAtATime } from "../build/one-at-a-time.ts";
import { type BuildPlan, planBuild, planText } from "../build/plan.ts";
import { type BuildReport, buildReport } from "../build/report.ts";
import { runBuild } from "../build/run-build.ts";
import { type BuildOptions, isOnPath } from "../build/settings.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { hasFailed } from "../finding.ts";
import { untilSignal } from "../signals.ts";
import { confirm } from "../ui/confirm.ts";
import { duration } from "../ui/printable.ts";
import { shellLine } from "../ui/shell.ts";
import type { Verb } from "../verb.ts";

/** What can be built. */
const TARGET = "pyo3";

const HELP = `
Needs Rust, and a CPython from 3.9 on with its shared library: "xcodex hooks doctor pyo3" checks it. The sources came with this
program, their dependencies pinned; cargo fetches those once. --repo-url and --repo-dir name other sources of this project, and
--ref a commit, a tag or a branch of them.
Exit codes: 0 built and installed, 1 it was not, 2 the command line was wrong.`;

/** `build pyo3`: compiles the addon for in-process Python and installs it, with a launcher, beside xcodex. */
export const verb: Verb<BuildOptions> = {
  define(command: Command): void {
    command
      .argument("<what>", `what to build: ${TARGET}`)
      .option("--python <python>", "the Python to build for (default: $PYO3_PYTHON, else python3)")
      .option("--ref <ref>", "the commit, tag or branch to build")
      .option("--repo-url <url>", "build from this git repository instead")
      .option("--repo-dir <folder>", "build from this checkout instead; with --repo-url: clone to it")
      .addOption(new Option("--profile <profile>", "release, or debug: compiles sooner, runs slower").choices(PROFILES))
      .option("--install-dir <folder>", "where to install (default: CODEX_HOME/bin)")
      .option("--bin-name <name>", "what to call the launcher (default: xcodex-pyo3)")
      .option("--report-path <file>", "where to write the report (default: CODEX_HOME/tmp/pyo3-bootstrap-report.txt)")
      .option("--dry-run", "show the plan, and build nothing")
      .option("--yes", "build without asking")
      .addHelpText("after", HELP);
  },

  async run([what = ""], options, context): Promise<number> {
    if (what !== TARGET) throw unknownTarget(what);
    const plan = await planBuild(options, context);
    context.print(await planText(plan));
    if (hasFailed(plan.prerequisites.findings)) throw await missing(plan, options, context);
    if (!(await agreed(options, context))) return 0;
    const lock = join(plan.settings.build_dir, "lock");
    return untilSignal((signal) => oneAtATime(lock, () => build(plan, context, signal)));
  },
};

const PROFILES = ["release", "debug"];

function unknownTarget(what: string): CliError {
  const advice = nearest(what, [TARGET]) ? `Did you mean "${TARGET}"?` : `Usage: xcodex hooks build ${TARGET}`;
  return new CliError("unknown_target", `Cannot build "${what}": there is no such thing. ${advice}`);
}

/** What is missing stands in the plan already. */
async function missing(plan: BuildPlan, options: BuildOptions, context: Context): Promise<CliError> {
  const text = "Cannot build: a prerequisite is missing. Mend what is marked FAIL above and run this again.";
  const error = new CliError("prerequisites_missing", text);
  if (!options.dryRun && (options.yes || context.interactive)) {
    const report = startReport(plan);
    for (const finding of plan.prerequisites.findings) report.note(`prerequisite.${finding.check}`, finding.state);
    await writeReport(report, plan, context, text);
  }
  return error;
}

async function agreed({ dryRun, yes }: BuildOptions, context: Context): Promise<boolean> {
  if (dryRun) {
    context.print("\nNothing was built (--dry-run).");
    return false;
  }
  if (yes) return true;
  if (!context.interactive) {
    const state = "nobody can be asked at standard input";
    throw new CliError("needs_yes", `Cannot build: ${state}. Re-run with --yes to build and install it.`);
  }
  if (await confirm("\nBuild and install it?", context)) return true;
  context.print("Nothing was built.");
  return false;
}

async function build(plan: BuildPlan, context: Context, signal: AbortSignal): Promise<number> {
  const { interpreter } = plan.prerequisites;
  if (!interpreter) throw new TypeError("a plan without a Python passed its checks");
  const report = startReport(plan);
  const started = performance.now();
  context.print("");
  try {
    const info = await runBuild({ plan, interpreter, context, report, signal });
    await report.write(plan.settings.report);
    conclude(plan, info, performance.now() - started, context);
    return 0;
  } catch (error) {
    await writeReport(report, plan, context, error instanceof Error ? error.message : String(error));
    if (!signal.aborted) throw error;
    context.note("Stopped. Nothing was installed.");
    return signal.reason as number;
  }
}

function startReport({ version, settings, prerequisites }: BuildPlan): BuildReport {
  const report = buildReport();
  const { sources } = settings;
  report.note("xcodex_hooks", version);
  report.note("sources", sources.kind === "repository" ? sources.url : sources.crate);
  if (sources.kind !== "folder") report.note("ref", sources.ref ?? "");
  report.note("python", prerequisites.interpreter?.executable ?? "");
  report.note("python_version", prerequisites.interpreter?.version.join(".") ?? "");
  report.note("cargo", prerequisites.cargo ?? "");
  report.note("rustc", prerequisites.rustc ?? "");
  report.note("profile", settings.profile);
  report.note("install_dir", settings.install_dir);
  return report;
}

/** A report that cannot be written must not hide why the build failed. */
async function writeReport(report: BuildReport, plan: BuildPlan, context: Context, error: string): Promise<void> {
  const { report: file } = plan.settings;
  const why = await report.write(file, error).catch((failure: Error) => failure.message);
  context.note(why ?? `Report: ${file}`);
}

function conclude({ settings, files }: BuildPlan, info: AddonInfo, ms: number, context: Context): void {
  context.print(`Built in ${duration(ms)}`);
  context.print(`Tried: it loads, starts Python ${info.python}, and imports C extensions.`);
  context.print(`Installed ${files.addon}`);
  context.print(`Installed ${files.launcher}`);
  context.print(`Report: ${settings.report}`);
  context.print(`Kept for the next build: ${settings.target_dir}`);
  if (settings.target_dir.startsWith(settings.build_dir)) {
    context.print(`To remove it: ${shellLine(["rm", "-r", settings.build_dir])}`);
  }
  const onPath = isOnPath(settings.install_dir, pathOf(context.env as Record<string, string>));
  const launcher = onPath ? settings.bin_name : shellLine([files.launcher]);
  context.print("\nNext: xcodex hooks init pyo3 --edit-config");
  context.print(`Then: ${launcher} hooks test pyo3`);
}
