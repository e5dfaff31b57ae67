import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { planFiles } from "../plan-files.ts";
import { findSet, loadSamples, type Samples, snippetFor } from "../samples.ts";
import { carryOut, type SetupOptions } from "../setup.ts";
import { snippetText } from "../ui/snippet.ts";
import { table } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

interface InstallOptions extends SetupOptions {
  readonly json?: true;
}

/** `install`: copies sample hooks into CODEX_HOME. */
export const verb: Verb<InstallOptions> = {
  define(command: Command): void {
    command
      .argument("[what]", "what to install: samples")
      .argument("[set]", "the sample set, or list")
      .option("--dry-run", "show what would be written, and write nothing")
      .option("--force", "overwrite files that exist, with a backup")
      .option("--yes", "write without asking")
      .option("--json", "with list: print as JSON");
  },

  async run([what, name = "list"], options, context): Promise<number> {
    if (what !== "samples") throw wrongTarget(what);
    const samples = await loadSamples();
    if (name !== "list") {
      if (options.json) throw jsonOnlyForList(name);
      return installSet(samples, name, options, context);
    }
    context.print(options.json ? JSON.stringify(asJson(samples), null, 2) : asTable(samples));
    return 0;
  },
};

/** The forms of older versions (`install python`, `install --all`) come here too: they learn what there is now. */
function wrongTarget(what: string | undefined): CliError {
  const cannot =
    what === undefined ? "Cannot install: nothing was named." : `Cannot install "${what}": there is no such thing.`;
  const usage = "Usage: xcodex hooks install samples <set>, or: xcodex hooks install samples list";
  return new CliError("unknown_target", `${cannot} ${usage}`);
}

/** A plan in words on standard output would break a program that reads JSON there. */
function jsonOnlyForList(name: string): CliError {
  const text = `Cannot install the samples "${name}" with --json: only the list is there as JSON. Leave it out.`;
  return new CliError("json_not_here", text);
}

async function installSet(samples: Samples, name: string, options: InstallOptions, context: Context): Promise<number> {
  const set = findSet(samples, name);
  const paths = hooksPaths(resolveCodexHome(context.env));
  const files = await planFiles(set, samples.folder, paths.hooks, options.force === true);
  const title = `xcodex hooks install samples ${name}: ${set.title}`;
  if (!(await carryOut({ title, paths, files }, options, context))) return 0;
  context.print(`\n${snippetText(snippetFor(set, paths.hooks), paths.config, set.notes)}`);
  return 0;
}

function asTable({ sets }: Samples): string {
  const rows = Object.entries(sets).map(([name, set]) => [name, String(set.files.length), set.title]);
  return table([{ heading: "SET" }, { heading: "FILES", align: "right" }, { heading: "WHAT IT IS" }], rows);
}

function asJson({ sets }: Samples): object {
  return Object.entries(sets).map(([name, { title, files }]) => ({ name, title, files: files.map((file) => file.to) }));
}
