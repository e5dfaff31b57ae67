import { resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { crateFolder } from "@xcodex/hooks-pyo3";
import type { Context } from "../context.ts";
import { isThere } from "../files.ts";
import { findingLine } from "../finding.ts";
import { ownVersion } from "../package-file.ts";
import { ask } from "../ui/confirm.ts";
import { changeLine, changesText } from "../ui/plan.ts";
import { pairs } from "../ui/table.ts";
import { type InstalledFiles, installedFiles, needOwnLauncher } from "./install.ts";
import { versionText } from "./interpreter.ts";
import { checkPrerequisites, defaultPython, hasPython, type Prerequisites } from "./prerequisites.ts";
import { type BuildOptions, type BuildSettings, buildSettings } from "./settings.ts";
import { type Crate, DOCUMENTED_REF, needOwnRef, needSameVersion, readCrate, type Sources } from "./sources.ts";

/** A build that was planned and is still to be agreed to. */
export interface BuildPlan {
  readonly version: string;
  readonly settings: BuildSettings;
  /** The sources; of a repository that is still to be fetched: those that came with this program, in their stead. */
  readonly crate: Crate;
  readonly files: InstalledFiles;
  readonly prerequisites: Prerequisites;
}

/**
 * Finds out everything that can be known before something is built. Nothing is written.
 *
 * @throws CliError for what the user has to say otherwise (see `buildSettings`, `readCrate`, `needOwnLauncher`)
 */
export async function planBuild(options: BuildOptions, context: Context): Promise<BuildPlan> {
  const version = ownVersion();
  const settings = await withPython(buildSettings(resolveCodexHome(context.env), options, context), context);
  const { sources } = settings;
  if (sources.kind === "package") needOwnRef(sources.ref, version);
  const crate = await readCrate(sources.kind === "repository" ? crateFolder() : sources.crate);
  needSameVersion(crate, version);
  const files = installedFiles(settings, context.platform);
  await needOwnLauncher(files);
  return { version, settings, crate, files, prerequisites: await checkPrerequisites(settings, crate, context) };
}

/** Asks for a Python where none was named, none is on PATH, and somebody can be asked. */
async function withPython(settings: BuildSettings, context: Context): Promise<BuildSettings> {
  if (settings.python !== undefined || !context.interactive || hasPython(defaultPython(context), context)) {
    return settings;
  }
  const answer = await ask(`There is no ${defaultPython(context)} on PATH. Path of the Python to build for: `, context);
  return answer === "" ? settings : { ...settings, python: answer };
}

/** The plan as text. */
export async function planText(plan: BuildPlan): Promise<string> {
  const { settings, crate, prerequisites } = plan;
  const { interpreter, rustc } = prerequisites;
  const facts = pairs([
    ["CODEX_HOME:", settings.codex_home],
    ["Sources:", sourcesText(settings.sources, plan.version)],
    ...refLines(settings.sources, plan.version),
    ["Python:", interpreter ? `${versionText(interpreter.version)}, ${interpreter.executable}` : "(none)"],
    ["Rust:", `${rustc ?? "(none)"}, ${versionText(crate.rust_version)} or newer is needed`],
    ["Profile:", settings.profile],
    ["Built in:", settings.build_dir],
  ]);
  return [
    "xcodex hooks build pyo3: Python hooks within the agent's own process, compiled on this machine",
    `\n${facts}`,
    `\nPrerequisites:\n${prerequisites.findings.map((finding) => `  ${findingLine(finding)}`).join("\n")}`,
    `\n${changesText(await changeLines(plan))}`,
    "\nxcodex itself is not changed. Python runs hooks with all the rights of the agent: use scripts that you trust.",
  ].join("\n");
}

function sourcesText(sources: Sources, version: string): string {
  switch (sources.kind) {
    case "package":
      return `those that came with xcodex hooks ${version}, dependencies pinned: ${sources.crate}`;
    case "folder":
      return `${sources.crate}, as it is there`;
    case "repository":
      return `${sources.url}, taken to ${sources.folder}`;
  }
}

/** What a ref comes to has to be said: it may not be what was asked for. */
function refLines(sources: Sources, version: string): readonly (readonly [string, string])[] {
  if (sources.kind === "folder") return [];
  if (sources.kind === "repository") {
    return [["Ref:", sources.ref ?? "the newest of the repository's main branch; --ref pins one"]];
  }
  if (sources.ref === undefined) return [];
  if (sources.ref !== DOCUMENTED_REF) return [["Ref:", `${sources.ref}, which is what came with this program`]];
  const text = `${sources.ref.slice(0, 8)} pins sources of the first xcodex; here it stands for those of ${version}`;
  return [["Ref:", text]];
}

async function changeLines({ files, settings }: BuildPlan): Promise<readonly string[]> {
  const line = async (path: string, notes: readonly string[]): Promise<string> =>
    changeLine((await isThere(path)) ? "overwrite" : "create", path, notes);
  return Promise.all([
    line(files.addon, ["the addon"]),
    line(files.launcher, ["executable: xcodex with the addon"]),
    line(settings.report, ["what was done"]),
  ]);
}
