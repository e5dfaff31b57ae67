import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { type ConfigEdit, planConfigEdit, thereAlready } from "../edit-config.ts";
import { readInstalled } from "../installed.ts";
import { cautionsOf, findMode, MODES, type Mode } from "../modes.ts";
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
    const modes = MODES.map((mode, index) => `  ${index + 1}  ${mode.id}: ${mode.title}`);
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
    context.print(`     xcodex hooks init ${mode.id}`);
  }
  if (!context.interactive) return undefined;
  const answer = await ask(`\nMode (1-${MODES.length}, nothing to quit): `, context);
  return answer === "" ? undefined : findMode(answer);
}

async function setUp(mode: Mode, options: InitOptions, context: Context): Promise<number> {
  const paths = hooksPaths(resolveCodexHome(context.env));
  const samples = await loadSamples();
  const set = findSet(samples, mode.id);
  const snippet = snippetFor(set, paths.hooks);
  const installed = await readInstalled(paths.hooks);
  const plan = await planFiles([sampleFiles(samples, mode.id, set)], paths.hooks, installed, options.force === true);
  const edit = options.editConfig ? await planConfigEdit(paths.config, snippet) : undefined;
  const title = `xcodex hooks init ${mode.id}: ${set.title}`;
  const setup = { title, paths, plan, edit, cautions: cautionsOf(mode.id) };
  if (await carryOut(setup, options, context)) {
    sayHow(edit, paths.config, context);
    const left = whatToPaste(edit, snippet, paths.config, set.notes);
    if (left !== undefined && options.printConfig) context.print(`\n${left}`);
    context.print(`\n${nextText(mode)}`);
  }
  return edit?.kind === "refuse" ? 1 : 0;
}

/** What became of the configuration where it did not simply get everything. */
function sayHow(edit: ConfigEdit | undefined, file: string, { print, note }: Context): void {
  if (edit?.kind === "skip") print(`\nLeft ${file} alone: ${thereAlready(edit.there)}.`);
  if (edit?.kind === "add" && edit.there.length > 0) print(`\nKept in ${file}: ${edit.there.join(", ")}.`);
  if (edit?.kind === "refuse") note(`\nCannot add to "${file}": ${edit.why}. Edit it by hand.`);
}

/** The configuration that the user still has to write. Of what the file has in another way, the user knows which is right. */
function whatToPaste(
  edit: ConfigEdit | undefined,
  snippet: string,
  file: string,
  notes: readonly string[],
): string | undefined {
  if (!edit || edit.kind === "refuse") return snippetText(snippet, file, notes);
  const { different } = edit;
  if (different.length === 0) return undefined;
  const sources = different.map(({ source }) => source).join("\n\n");
  const tables = different.map(({ table }) => table);
  return snippetText(sources, file, notes, tables);
}

/** What to run next, one below the other. */
function nextText({ next }: Mode): string {
  return `Next: ${next.join("\n      ")}`;
}
