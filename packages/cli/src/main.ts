import { Command, CommanderError, InvalidArgumentError } from "commander";
import { VERBS } from "./commands/index.ts";
import { type Context, processContext } from "./context.ts";
import { CliError, isSystemError } from "./errors.ts";
import { ownVersion } from "./package-file.ts";
import type { Verb } from "./verb.ts";

/**
 * The command line: parses, runs one verb, sets the exit code. 0: done. 1: something failed. 2: the command line was wrong,
 * or a hook blocked the event that `emit` delivered.
 *
 * @param argv arguments without the program's own two
 */
export async function main(argv: readonly string[]): Promise<void> {
  const context = processContext();
  // An exit code that is already there says that our output could not be written.
  const code = await run(argv, context);
  if (code !== 0 || process.exitCode === undefined) process.exitCode = code;
}

async function run(argv: readonly string[], context: Context): Promise<number> {
  try {
    let code = 0;
    const program = newProgram();
    const hooks = addHooks(program);
    const loaded = await loadVerbs(wantedVerbs(argv));
    for (const [name, entry] of Object.entries(VERBS)) {
      const command = hooks
        .command(name, { hidden: entry.hidden === true })
        .summary(entry.summary)
        .description(`${capital(entry.summary)}.`);
      const verb = loaded.get(name);
      if (!verb) continue;
      verb.define(command);
      command.action(async () => {
        const args = command.processedArgs as (string | undefined)[];
        code = await verb.run(args, command.opts(), withFlags(context, program.opts<Flags>()), command);
      });
    }
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error, context);
  }
}

function newProgram(): Command {
  return new Command("xcodex")
    .description("Hooks for coding agents.")
    .version(ownVersion(), "-V, --version", "print the version")
    .option("--no-hooks", "switch every hook off")
    .option("--enable-hooks", "read hooks.toml although config.json does not enable it")
    .option("--hooks-config <file>", "where hooks.toml is")
    .option(
      "--context <key=value>",
      "what the agent says about its session, for conditions (again for more)",
      addPair,
      {},
    )
    .helpOption("-h, --help", "show help")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride();
}

/** Flags that stand for all verbs. */
interface Flags {
  readonly hooks: boolean;
  readonly enableHooks?: boolean;
  readonly hooksConfig?: string;
  readonly context: Readonly<Record<string, string>>;
}

function withFlags(context: Context, { hooks, enableHooks = false, hooksConfig, context: said }: Flags): Context {
  return Object.create(context, {
    noHooks: { value: !hooks },
    enableHooks: { value: enableHooks },
    hooksConfig: { value: hooksConfig },
    agentContext: { value: said },
  });
}

/** Options of the program that take the next word. */
const TAKES_A_WORD = ["--hooks-config", "--context"];

function addPair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Give a name and a value: environment=production.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function addHooks(program: Command): Command {
  return program
    .command("hooks")
    .summary("set up, test and feed hooks")
    .description("Set up, test and feed the hooks that a coding agent runs on its events.")
    .helpCommand(false)
    .showHelpAfterError("`xcodex hooks help` lists the commands, `xcodex hooks help <command>` explains one.");
}

/** The verb that is asked for, and for `help <verb>` also the one it is asked about: the others stay on the disk. */
function wantedVerbs(argv: readonly string[]): readonly string[] {
  const words = argv.filter((word, at) => !word.startsWith("-") && !TAKES_A_WORD.includes(argv[at - 1] ?? ""));
  const [verb, about] = words.slice(words.indexOf("hooks") + 1);
  return [verb, verb === "help" ? about : undefined].filter(
    (word) => word !== undefined && Object.hasOwn(VERBS, word),
  ) as string[];
}

async function loadVerbs(names: readonly string[]): Promise<Map<string, Verb>> {
  const loaded = new Map<string, Verb>();
  for (const name of names) {
    const module = await VERBS[name]?.load();
    if (module) loaded.set(name, module.verb);
  }
  return loaded;
}

/** Says what went wrong, in one sentence where it was to be expected, and gives the exit code for it. */
function explain(error: unknown, context: Context): number {
  // The parser has printed its text, with the nearest name; it ends with 1 where we mean 2.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CliError) {
    context.note(`${error.message} (${error.code})`);
    return error.exitCode;
  }
  // Of the dispatcher. Told by its name, so that verbs without hooks need not load it.
  if (error instanceof Error && error.name === "HooksError" && "code" in error) {
    context.note(`${error.message} (${error.code})`);
    return 1;
  }
  if (isSystemError(error)) {
    context.note(`Cannot finish: ${error.message}. Mend that and run the command again. (${error.code})`);
    return 1;
  }
  context.note(`This is a bug of xcodex hooks, please report it.\n${error instanceof Error ? error.stack : error}`);
  return 1;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
