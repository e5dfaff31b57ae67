import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { type ConfigEdit, planConfigEdit } from "../edit-config.ts";
import { readInstalled } from "../installed.ts";
import { findMode, MODES, type Mode, setupOf } from "../modes.ts";
import { planFiles } from "../plan-files.ts";
import { findSet, loadSamples, sampleFiles, snippetFor } from "../samples.ts";
import { carryOut, type SetupOptions } from "../setup.ts";
import { ask } from "../ui/confirm.ts";
import { snippetText } from "../ui/snippet.ts";
import type { Verb } from "../verb.ts";

interface InitOptions extends SetupOptions {
  readonly editConfig?: true;
  /** False with `--no-print-config`. */
  readonly printConfig: boolean;
}

/** `init`: installs the samples of a mode and says, or does, what the configuration needs. */
export const verb: Verb<InitOptions> = {
  define(command: Command): void {
    const modes = MODES.map(
      (mode, index) => `  ${index + 1}  ${mode.id}: ${mode.title}${mode.setup ? "" : " (not in this version)"}`,
    );
    command
      .argument("[mode]", "how hooks are to run: a name, or a number")
      .option("--edit-config", "also add the configuration to config.toml")
      .option("--dry-run", "show what would be written, and write nothing")
      .option("--force", "overwrite files that exist, with a backup")
      .option("--yes", "write without asking")
      .option("--no-print-config", "do not print the configuration to paste")
      .addHelpText("after", ["\nModes:", ...modes].join("\n"));
  },

  async run([name], options, context): Promise<number> {
    const mode = name === undefined ? await chooseMode(context) : findMode(name);
    return mode ? setUp(mode, options, context) : 0;
  },
};

async function chooseMode(context: Context): Promise<Mode | undefined> {
  context.print("How are hooks to run?\n");
  for (const [index, mode] of MODES.entries()) {
    context.print(`  ${index + 1}. ${mode.id}: ${mode.title}`);
    context.print(mode.setup ? `     xcodex hooks init ${mode.id}` : "     (not in this version)");
  }
  if (!context.interactive) return undefined;
  const answer = await ask(`\nMode (1-${MODES.length}, nothing to quit): `, context);
  return answer === "" ? undefined : findMode(answer);
}

async function setUp(mode: Mode, options: InitOptions, context: Context): Promise<number> {
  const { set: name, table, next } = setupOf(mode);
  const paths = hooksPaths(resolveCodexHome(context.env));
  const samples = await loadSamples();
  const set = findSet(samples, name);
  const snippet = snippetFor(set, paths.hooks);
  const installed = await readInstalled(paths.hooks);
  const plan = await planFiles([sampleFiles(samples, name, set)], paths.hooks, installed, options.force === true);
  const edit = options.editConfig ? await planConfigEdit(paths.config, snippet, table) : undefined;
  const title = `xcodex hooks init ${mode.id}: ${set.title}`;
  const inPlace = await carryOut({ title, paths, plan, ...(edit ? { edit } : {}) }, options, context);
  if (inPlace) finish(edit, snippet, paths.config, set.notes, next, options, context);
  return edit?.kind === "refuse" ? 1 : 0;
}

/** What is left for the user to do. */
function finish(
  edit: ConfigEdit | undefined,
  snippet: string,
  file: string,
  notes: readonly string[],
  next: string,
  options: InitOptions,
  context: Context,
): void {
  if (edit?.kind === "skip") context.print(`\nLeft ${file} alone: ${edit.why}.`);
  if (edit?.kind === "refuse") context.note(`\nCannot add to "${file}": ${edit.why}. Add it by hand.`);
  const there = edit?.kind === "skip" ? edit.there : undefined;
  if (edit?.kind !== "add" && options.printConfig) context.print(`\n${snippetText(snippet, file, notes, there)}`);
  context.print(`\nNext: ${next}`);
}
