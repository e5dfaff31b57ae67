import { hooksPaths, nearest, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { type Command, Option } from "commander";
import { checkSets, checkText } from "../check.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { readInstalled, readInstalledAnyway, shortName } from "../installed.ts";
import { KINDS } from "../kinds/index.ts";
import type { Offer, Shelf } from "../kinds/kind.ts";
import { planFiles } from "../plan-files.ts";
import { carryOut, type SetupOptions } from "../setup.ts";
import type { Verb } from "../verb.ts";

interface InstallOptions extends SetupOptions {
  readonly check?: true;
  readonly json?: true;
}

/** What was asked for, by the words of the command line. */
interface Asked {
  readonly kind: string;
  readonly name: string;
}

const HELP = `
Files that were edited are kept; --force overwrites them, and leaves a backup. What an earlier version installed and nobody
edited is brought up to date. "xcodex hooks uninstall" removes what nobody edited.
Exit codes with --check: 0 everything is as in this version, 1 something differs.`;

/** `install`: copies SDKs or sample hooks into CODEX_HOME. */
export const verb: Verb<InstallOptions> = {
  define(command: Command): void {
    command
      .argument("[what]", "what to install: sdks, or samples")
      .argument("[name]", "an SDK, a sample set, all, or list")
      .option("--dry-run", "show what would be written, and write nothing")
      .option("--force", "overwrite files that were edited, with a backup; go back to an older version")
      .option("--yes", "write without asking")
      .addOption(
        new Option("--check", "compare what is installed with this version, and write nothing").conflicts([
          ...["dryRun", "force", "yes"],
        ]),
      )
      .option("--json", "with list or --check: print as JSON")
      .addHelpText("after", HELP);
  },

  async run([kind, name = "list"], options, context): Promise<number> {
    if (kind === undefined || !Object.hasOwn(KINDS, kind)) throw await wrongTarget(kind);
    if (options.check && name === "list") throw nothingToCheck(kind);
    const shelf = (await KINDS[kind]?.open()) as Shelf;
    if (name === "list") return list(shelf, options, context);
    const offers = shelf.find(name);
    if (options.check) return check(offers, kind, options, context);
    if (options.json) throw jsonNotHere({ kind, name });
    return install(shelf, offers, { kind, name }, options, context);
  },
};

/** The forms of older versions (`install python`, `install --all`) come here too: they learn what there is now. */
async function wrongTarget(what: string | undefined): Promise<CliError> {
  const usage = Object.entries(KINDS).map(([kind, { names }]) => `xcodex hooks install ${kind} ${names}|list`);
  const cannot =
    what === undefined
      ? "Cannot install: nothing was named."
      : `Cannot install "${what}": there is no such thing.${await meant(what)}`;
  return new CliError("unknown_target", `${cannot} Usage: ${usage.join(", or: ")}`);
}

/** What was probably meant: one of a kind without the kind's name, or a slip in that. */
async function meant(what: string): Promise<string> {
  for (const [name, kind] of Object.entries(KINDS)) {
    const found = await kind.open().then(
      (shelf) => shelf.has(what),
      () => false,
    );
    if (found) return ` Did you mean: xcodex hooks install ${name} ${what}?`;
  }
  const near = nearest(what, Object.keys(KINDS));
  return near ? ` Did you mean "${near}"?` : "";
}

/** A check of nothing would always succeed. */
function nothingToCheck(kind: string): CliError {
  const usage = `Usage: xcodex hooks install ${kind} ${KINDS[kind]?.names} --check`;
  return new CliError("unknown_target", `Cannot check the ${kind}: nothing was named. ${usage}`);
}

/** A plan in words on standard output would break a program that reads JSON there. */
function jsonNotHere({ kind, name }: Asked): CliError {
  const text = `Cannot install the ${kind} "${name}" with --json: only the list and --check are there as JSON. Leave it out.`;
  return new CliError("json_not_here", text);
}

async function list(shelf: Shelf, { json }: InstallOptions, context: Context): Promise<number> {
  const { hooks } = hooksPaths(resolveCodexHome(context.env));
  const installed = await readInstalledAnyway(hooks, context.note);
  const data = json ? await shelf.asJson(installed, hooks) : undefined;
  context.print(json ? JSON.stringify(data, null, 2) : await shelf.asTable(installed, hooks));
  return 0;
}

async function check(
  offers: readonly Offer[],
  kind: string,
  { json }: InstallOptions,
  context: Context,
): Promise<number> {
  const { hooks } = hooksPaths(resolveCodexHome(context.env));
  const installed = await readInstalledAnyway(hooks, context.note);
  const sets = offers.map(({ set }) => set);
  const checked = await checkSets(sets, hooks, installed);
  const same = checked.every(({ differences }) => differences.length === 0);
  context.print(json ? JSON.stringify({ hooks, same, sets: checked }, null, 2) : checkText(checked, kind));
  return same ? 0 : 1;
}

async function install(
  shelf: Shelf,
  offers: readonly Offer[],
  { kind, name }: Asked,
  options: InstallOptions,
  context: Context,
): Promise<number> {
  const paths = hooksPaths(resolveCodexHome(context.env));
  const installed = await readInstalled(paths.hooks);
  const sets = offers.map(({ set }) => set);
  const plan = await planFiles(sets, paths.hooks, installed, options.force === true);
  const title = `xcodex hooks install ${kind} ${name}: ${titleOf(offers)}`;
  const cautions = offers.flatMap((offer) => offer.cautions ?? []);
  if (!(await carryOut({ title, paths, plan, cautions }, options, context))) return 0;
  context.print(`\n${shelf.next(offers, paths)}`);
  return 0;
}

function titleOf(offers: readonly Offer[]): string {
  const [only] = offers;
  if (only && offers.length === 1) return only.title;
  return offers.map(({ set }) => shortName(set.name)).join(", ");
}
