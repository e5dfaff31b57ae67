import type { HooksPaths } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { applyConfigEdit, type ConfigEdit } from "./edit-config.ts";
import { applyFiles, type PlannedFile, type WrittenFile } from "./plan-files.ts";
import { confirm } from "./ui/confirm.ts";
import { planText } from "./ui/plan.ts";
import { count } from "./ui/printable.ts";

/** Flags of every verb that writes files. */
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
  readonly files: readonly PlannedFile[];
  /** With `--edit-config`. */
  readonly edit?: ConfigEdit;
}

/** Shows a plan, asks where someone can be asked, and carries it out. Returns whether everything is in place now. */
export async function carryOut(setup: Setup, options: SetupOptions, context: Context): Promise<boolean> {
  const { title, paths, files, edit } = setup;
  context.print(`${title}\n\nCODEX_HOME: ${paths.codex_home}\nHooks:      ${paths.hooks}\n`);
  context.print(planText(files, edit && { file: paths.config, edit }));
  const differing = files.filter((file) => file.action === "skip" && file.differs).length;
  if (differing > 0) {
    const which = differing === 1 ? "1 existing file differs" : `${differing} existing files differ`;
    context.print(`\n${which} from the samples. --force overwrites, and keeps a backup.`);
  }
  const todo = files.some((file) => file.action !== "skip") || edit?.kind === "add";
  if (todo && !(await agreed(options, context))) return false;
  if (!todo) context.print("\nNothing to do.");
  else for (const line of await apply(files, edit)) context.print(line);
  return true;
}

async function agreed({ dryRun, yes }: SetupOptions, context: Context): Promise<boolean> {
  if (dryRun) {
    context.print("\nNothing was written (--dry-run).");
    return false;
  }
  if (yes) return true;
  if (!context.interactive) {
    context.print("\nRe-run with --yes to apply these changes.");
    return false;
  }
  if (await confirm("\nApply these changes?", context)) return true;
  context.print("Nothing was written.");
  return false;
}

async function apply(files: readonly PlannedFile[], edit: ConfigEdit | undefined): Promise<readonly string[]> {
  const written: WrittenFile[] = [...(await applyFiles(files))];
  if (edit?.kind === "add") {
    const backup = await applyConfigEdit(edit);
    written.push({ path: edit.target.file, ...(backup === undefined ? {} : { backup }) });
  }
  const backups = written.flatMap(({ backup }) => (backup === undefined ? [] : [`Backup: ${backup}`]));
  return ["", `Wrote ${count(written.length, "file")}.`, ...backups];
}
