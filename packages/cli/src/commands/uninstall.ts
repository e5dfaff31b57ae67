import { join, resolve } from "node:path";
import {
  type Hook,
  type Command as HookCommand,
  type HooksPaths,
  hooksPaths,
  loadConfig,
  nearest,
  resolveCodexHome,
} from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { type Installed, readInstalled, STAMP, shortName } from "../installed.ts";
import { KINDS } from "../kinds/index.ts";
import { loadOptions } from "../load-options.ts";
import { applyRemoval, type PlannedRemoval, planRemoval, type RemovalPlan } from "../plan-removal.ts";
import { agreed, headerText } from "../setup.ts";
import { changeLine, changesText } from "../ui/plan.ts";
import { count, printable } from "../ui/printable.ts";
import type { Verb } from "../verb.ts";

interface UninstallOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}

const HELP = `
Removed is only what "xcodex hooks install" wrote and nobody edited since, and what no other installed set has. The configuration
is never touched: hooks in it that were removed are listed.`;

/** `uninstall`: removes what `install` wrote and nobody changed. */
export const verb: Verb<UninstallOptions> = {
  define(command: Command): void {
    command
      .argument("[what]", "what to remove: sdks, or samples")
      .argument("[name]", "an SDK, a sample set, or all")
      .option("--dry-run", "show what would be removed, and remove nothing")
      .option("--yes", "remove without asking")
      .addHelpText("after", HELP);
  },

  async run([kind, name], options, context): Promise<number> {
    if (kind === undefined || name === undefined || !Object.hasOwn(KINDS, kind)) throw wrongTarget(kind, name);
    const paths = hooksPaths(resolveCodexHome(context.env));
    const installed = await readInstalled(paths.hooks);
    const names = await namesOf(kind, name, installed);
    if (names.length === 0) {
      const what = name === "all" ? `no ${kind} are` : `${name} is not`;
      context.print(`Nothing to do: ${what} noted as installed in ${join(paths.hooks, STAMP)}.`);
      return 0;
    }
    const plan = await planRemoval(names, paths.hooks, installed);
    const versions = names.map((set) => `${shortName(set)} ${installed.sets[set]?.version}`).join(", ");
    context.print(headerText(`xcodex hooks uninstall ${kind} ${name}: ${versions}`, paths));
    context.print(
      `\n${changesText(plan.files.length > 0 ? plan.files.map(removalLine) : ["none: its files are gone"])}`,
    );
    if (await agreed(options, context, "removed")) await remove(plan, paths, context);
    return 0;
  },
};

function wrongTarget(what: string | undefined, name: string | undefined): CliError {
  const usage = `Usage: ${Object.keys(KINDS)
    .map((kind) => `xcodex hooks uninstall ${kind} <name>|all`)
    .join(", or: ")}`;
  const known = what !== undefined && Object.hasOwn(KINDS, what);
  const near = what === undefined || known ? undefined : nearest(what, Object.keys(KINDS));
  const state = what === undefined || (known && name === undefined) ? "nothing was named" : "there is no such thing";
  const object = what === undefined ? "" : ` "${what}"`;
  const advice = near ? ` Did you mean "${near}"?` : "";
  return new CliError("unknown_target", `Cannot uninstall${object}: ${state}.${advice} ${usage}`);
}

/** The installed sets that are meant; also one that this version does not know any more. */
async function namesOf(kind: string, name: string, { sets, broken }: Installed): Promise<readonly string[]> {
  const installed = [...Object.keys(sets), ...Object.keys(broken)].sort();
  if (name === "all") return installed.filter((set) => set.startsWith(`${kind}/`));
  if (installed.includes(`${kind}/${name}`)) return [`${kind}/${name}`];
  const shelf = await KINDS[kind]?.open();
  const found = shelf?.find(name).map(({ set }) => set.name) ?? [];
  return found.filter((set) => installed.includes(set));
}

function removalLine(file: PlannedRemoval): string {
  if (file.action === "remove") return changeLine("remove", file.path, []);
  if ("why" in file) return changeLine("keep (edited)", file.path, []);
  return changeLine("keep (shared)", file.path, [`used by ${file.users.join(", ")}`]);
}

async function remove(plan: RemovalPlan, paths: HooksPaths, context: Context): Promise<void> {
  const removed = plan.files.filter(({ action }) => action === "remove").map(({ path }) => path);
  const kept = plan.files.length - removed.length;
  const folders = await applyRemoval(plan);
  context.print(`\nRemoved ${count(removed.length, "file")}${kept === 0 ? "" : `, kept ${kept}`}.`);
  for (const { folder, holds } of folders) {
    context.print(
      printable(`Kept ${join(paths.hooks, folder)}: in it is what was not installed: ${holds.join(", ")}.`),
    );
  }
  for (const line of await stillConfigured(removed, paths, context)) context.print(printable(line));
}

/** Hooks in the configuration that name a file that is gone: at every event of theirs they would fail. */
async function stillConfigured(
  removed: readonly string[],
  paths: HooksPaths,
  context: Context,
): Promise<readonly string[]> {
  const { hooks } = await loadConfig({ codexHome: paths.codex_home, ...loadOptions(context) });
  return oncePerTarget(hooks).flatMap((hook) => {
    const gone = filesOf(hook, paths.codex_home).find((word) => removed.includes(word));
    const { file, line } = hook.origin;
    return gone === undefined ? [] : [`Take this hook out of ${file}:${line}: it runs ${gone}.`];
  });
}

/** Several filters of one target are one thing to take out. */
function oncePerTarget(hooks: readonly Hook[]): readonly Hook[] {
  return hooks.filter(({ target }, at) => !target || hooks.findIndex((hook) => hook.target === target) === at);
}

/** What may be the files that a hook runs: words of commands, and paths below CODEX_HOME where they are relative to it. */
function filesOf(hook: Hook, codexHome: string): readonly string[] {
  switch (hook.runner) {
    case "command":
      return wordsOf(hook.command).map((word) => (hook.cwd === undefined ? word : resolve(hook.cwd, word)));
    case "webhook":
    case "mcp_tool":
    case "broken":
      return [];
    case "host":
      return hook.host.argv.map((word) => resolve(codexHome, word));
    case "inproc":
      return "module" in hook.inproc ? [hook.inproc.module] : [];
    case "pyo3":
      return [hook.pyo3.script_path];
  }
}

function wordsOf(command: HookCommand): readonly string[] {
  return "shell" in command ? command.shell.split(/[\s"']+/) : command.argv;
}
