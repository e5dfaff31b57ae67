import type { HooksPaths } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { applyConfigEdit, type ConfigEdit } from "./edit-config.ts";
import { shortName } from "./installed.ts";
import { applyFiles, changesAnything, type FilePlan, needNoNewer, type WrittenFile } from "./plan-files.ts";
import { confirm } from "./ui/confirm.ts";
import { planText } from "./ui/plan.ts";
import { count } from "./ui/printable.ts";

/** Flags of every verb that changes files. */
export interface SetupOptions {
  readonly dryRun?: true;
  readonly force?: true;
  readonly yes?: true;
}

/** Changes that were planned and are still to be agreed to. */
export interface Setup {
  /** First line of the plan. */
  readonly title: string;
  readonly paths: HooksPaths;
  readonly plan: FilePlan;
  /** With `--edit-config`. */
  readonly edit?: ConfigEdit | undefined;
  /** What to know before one agrees, one sentence each. */
  readonly cautions?: readonly string[];
}

/** Shows a plan, asks where someone can be asked, and carries it out. Returns whether everything is in place now. */
export async function carryOut(setup: Setup, options: SetupOptions, context: Context): Promise<boolean> {
  const { title, paths, plan, edit, cautions = [] } = setup;
  if (!options.force) needNoNewer(plan);
  context.print(headerText(title, paths));
  for (const line of otherVersions(plan)) context.print(line);
  context.print(`\n${planText(plan.files, edit && { file: paths.config, edit })}`);
  for (const line of remarks(plan)) context.print(`\n${line}`);
  const todo = changesAnything(plan) || edit?.kind === "add";
  if (todo && !(await agreed(options, context, "written", cautions))) return false;
  if (!todo) context.print("\nNothing to do.");
  else for (const line of await apply(plan, edit)) context.print(line);
  return true;
}

/** What a plan is about, and where. */
export function headerText(title: string, paths: HooksPaths): string {
  return `${title}\n\nCODEX_HOME: ${paths.codex_home}\nHooks:      ${paths.hooks}`;
}

function otherVersions({ sets, installed }: FilePlan): readonly string[] {
  const lines = sets.flatMap(({ name, version }) => {
    const there = Object.hasOwn(installed.sets, name) ? installed.sets[name]?.version : undefined;
    if (there === undefined || there === version) return [];
    return [`${shortName(name)} ${there} is installed; this is ${version}.`];
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

function remarks(plan: FilePlan): readonly string[] {
  const edited = plan.files.filter((file) => file.content && file.action === "skip" && file.state === "edited").length;
  const onlyNoted = changesAnything(plan) && plan.files.every((file) => file.action === "skip");
  const which = edited === 1 ? "1 existing file differs" : `${edited} existing files differ`;
  return [
    ...(edited === 0 ? [] : [`${which} from this version. --force overwrites, and keeps a backup.`]),
    ...(onlyNoted ? ["No file changes, only what is noted as installed."] : []),
  ];
}

/**
 * Whether planned changes are to be made: asks where someone can be asked, and says so where they are not made.
 *
 * @param done what then was not done, for example `removed`
 * @param cautions what to know before one agrees; said where one is asked
 */
export async function agreed(
  { dryRun, yes }: SetupOptions,
  context: Context,
  done = "written",
  cautions: readonly string[] = [],
): Promise<boolean> {
  if (dryRun) {
    context.print(`\nNothing was ${done} (--dry-run).`);
    return false;
  }
  if (yes) return true;
  if (!context.interactive) {
    context.print("\nRe-run with --yes to apply these changes.");
    return false;
  }
  for (const caution of cautions) context.note(`\nNote: ${caution}`);
  if (await confirm("\nApply these changes?", context)) return true;
  context.print(`Nothing was ${done}.`);
  return false;
}

async function apply(plan: FilePlan, edit: ConfigEdit | undefined): Promise<readonly string[]> {
  const written: WrittenFile[] = [...(await applyFiles(plan))];
  if (edit?.kind === "add") {
    const backup = await applyConfigEdit(edit);
    written.push({ path: edit.target.file, ...(backup === undefined ? {} : { backup }) });
  }
  const removed = plan.files.filter((file) => file.action === "remove").length;
  const backups = written.flatMap(({ backup }) => (backup === undefined ? [] : [`Backup: ${backup}`]));
  return [
    "",
    ...(written.length === 0 && removed === 0 ? ["Noted what is installed."] : []),
    ...(written.length === 0 ? [] : [`Wrote ${count(written.length, "file")}.`]),
    ...(removed === 0 ? [] : [`Removed ${count(removed, "file")}.`]),
    ...backups,
  ];
}
