import { access, constants } from "node:fs/promises";
import type { Config, Pyo3Hook } from "@xcodex/hooks-dispatcher";
import { type AddonInfo, addonPath, crateFolder } from "@xcodex/hooks-pyo3";
import { type InstalledFiles, installedFiles } from "../build/install.ts";
import { LAUNCHER_MARK } from "../build/launcher.ts";
import { checkPrerequisites, type Prerequisites } from "../build/prerequisites.ts";
import { buildSettings } from "../build/settings.ts";
import { readCrate } from "../build/sources.ts";
import { askAddon } from "../build/verify.ts";
import { isThere, readIfThere } from "../files.ts";
import type { Finding } from "../finding.ts";
import { scriptFinding } from "./script.ts";
import { fail, ok, type Patient, type Section, warn } from "./section.ts";
import { readScripts } from "./syntax.ts";

const BUILD = "Build it: xcodex hooks build pyo3.";

/** Python within the agent's process: its configuration, its script, the addon, and what building that needs. */
export const pyo3: Section = {
  summary: "Python within the agent's process: script, addon, and what a build needs",

  async check(patient): Promise<readonly Finding[]> {
    const { config, paths, options, context } = patient;
    const hook = config.hooks.find((one) => one.runner === "pyo3");
    const settings = buildSettings(paths.codex_home, options, context);
    const files = installedFiles(settings, context.platform);
    const addon = options.installDir ? files.addon : addonPath(paths.codex_home, context.env);
    const [prerequisites, info] = await Promise.all([
      checkPrerequisites(settings, await readCrate(crateFolder()), context),
      askIfThere(addon, patient),
    ]);
    const configured = hook?.runner === "pyo3";
    return [
      ...(configured ? await checkHook(hook, pythonOf(info, prerequisites), patient) : [nothing(patient)]),
      ...prerequisites.findings.map((finding) => (typeof info === "object" ? forTheNextBuild(finding) : finding)),
      addonFinding(addon, info, configured),
      ...(await launcherFindings(files, addon, info)),
    ];
  },
};

/** Where the gates of seed 000 are not all open. */
function nothing({ config, context }: Patient): Finding {
  const subject = "pyo3 hooks";
  if (context.noHooks) return ok("pyo3", subject, "every hook is switched off (--no-hooks)");
  const problem = gateProblem(config);
  if (problem) {
    const state = "not switched on: see the problem in the configuration";
    return { ...warn("pyo3", subject, state, "Mend that first."), level: problem };
  }
  const advice = "To set them up: xcodex hooks init pyo3 --edit-config.";
  return ok("pyo3", subject, "none are configured", { advice });
}

function gateProblem({ problems }: Config): "warn" | "fail" | undefined {
  const found = problems.find(({ message }) => /Python in process|hooks\.pyo3/.test(message));
  return found && (found.severity === "error" ? "fail" : "warn");
}

/** What runs the script: the Python of the addon, else the one that it would be built for. */
function pythonOf(info: AddonInfo | string | undefined, { interpreter }: Prerequisites): string | undefined {
  return typeof info === "object" ? info.executable : interpreter?.executable;
}

async function checkHook(
  { pyo3: { script_path: script, callable, batch_size: batch }, origin }: Pyo3Hook,
  python: string | undefined,
  { paths, context }: Patient,
): Promise<readonly Finding[]> {
  const gates = 'enable_unsafe_inproc = true, inproc has "pyo3", and script_path is set';
  const configured = ok("pyo3", "pyo3 hooks", `switched on: ${gates}`, { origin });
  const broken = await scriptFinding(script, "pyo3", origin);
  if (broken) return [configured, broken];
  if (python === undefined) {
    const advice = "Name a Python: --python.";
    return [configured, warn("syntax", `script ${script}`, "there is no Python to read it with", advice, { origin })];
  }
  const scripts = { interpreter: python, language: "python" as const, files: [script], folders: [paths.hooks], origin };
  const { findings, python: read } = await readScripts(scripts, context);
  const functions = read.flatMap((file) => (file.error || file.star ? [] : [functionFinding(file.names)]));
  return [configured, ...findings, ...functions];

  function functionFinding(names: Readonly<Record<string, string>>): Finding {
    const subject = `script ${script}`;
    const usable = batch > 1 && names.on_events !== undefined ? "on_events" : callable;
    const kind = names[usable];
    if (kind === undefined) {
      const state = `it does not define ${callable}`;
      return fail("callable", subject, state, `Write: def ${callable}(event): …`, { origin });
    }
    if (kind !== "async function") return ok("callable", subject, `it defines ${usable}`, { origin });
    const advice = `Write a plain function: def ${usable}(…).`;
    return fail("callable", subject, `${usable} is async, and nobody waits for it`, advice, { origin });
  }
}

async function askIfThere(addon: string, { context }: Patient): Promise<AddonInfo | string | undefined> {
  return (await isThere(addon)) ? askAddon(addon, context) : undefined;
}

/** What is missing is in the way of the next build only: there is an addon that works. */
function forTheNextBuild(finding: Finding): Finding {
  if (finding.level !== "fail") return finding;
  return { ...finding, level: "warn", state: `${finding.state} (for the next build)` };
}

function addonFinding(addon: string, info: AddonInfo | string | undefined, configured: boolean): Finding {
  const subject = "addon";
  if (info === undefined) {
    const state = `it is not built: nothing is at ${addon}`;
    return configured ? fail("addon", subject, state, BUILD) : warn("addon", subject, state, BUILD);
  }
  if (typeof info === "string") {
    const [, state = info, advice = BUILD] = /^Cannot [^:]*: (.*?)\. (.*)$/.exec(info) ?? [];
    return fail("addon", subject, `${addon}: ${state}`, advice);
  }
  return ok("addon", subject, `${info.version}, loads, for Python ${info.python} (${info.executable}): ${addon}`);
}

/** Where no addon is, no launcher is missed. */
async function launcherFindings(
  { launcher }: InstalledFiles,
  addon: string,
  info: AddonInfo | string | undefined,
): Promise<readonly Finding[]> {
  const subject = "launcher xcodex-pyo3";
  // Whatever is in the way of reading it is in the way of the folder too, and said there.
  const text = await readIfThere(launcher).catch(() => undefined);
  if (text === undefined) {
    if (info === undefined) return [];
    return [
      warn("bin", subject, `it is not there: ${launcher}`, "xcodex finds the addon all the same, or build again."),
    ];
  }
  if (!text.includes(LAUNCHER_MARK)) {
    return [warn("bin", subject, `"${launcher}" was not written by a build`, "Choose another --bin-name.")];
  }
  if (!text.includes(addon)) {
    return [
      warn("bin", subject, `"${launcher}" names another addon than ${addon}`, "Build again, or set --install-dir."),
    ];
  }
  return access(launcher, constants.X_OK).then(
    () => [ok("bin", subject, launcher)],
    () => [fail("bin", subject, `"${launcher}" may not be executed`, `Run: chmod +x '${launcher}'.`)],
  );
}
