import type { Command } from "commander";
import type { Context } from "./context.ts";

/** One command of `xcodex hooks`. Its file exports it as `verb`; `commands/index.ts` lists it. */
export interface Verb<Options extends object = object> {
  /** Adds arguments, options and help to the parser. */
  define(command: Command): void;
  /** Does it. Returns the exit code; throws `CliError` for what the user can mend. */
  run(args: readonly (string | undefined)[], options: Options, context: Context, command: Command): Promise<number>;
}

/** A line of the registry: what help says about a verb, and where the verb is. Loaded when it is wanted. */
export interface VerbEntry {
  readonly summary: string;
  /** Left out of the list of commands: only who knows it uses it. */
  readonly hidden?: true;
  readonly load: () => Promise<{ readonly verb: Verb }>;
}
