import { nearest } from "@xcodex/hooks-dispatcher";
import { type Command, InvalidArgumentError } from "commander";
import { CliError } from "../errors.ts";
import { TARGETS } from "../targets/index.ts";
import type { TestOptions } from "../targets/target.ts";
import type { Verb } from "../verb.ts";

/** `test`: runs the configured hooks on example events. */
export const verb: Verb<TestOptions> = {
  define(command: Command): void {
    const targets = Object.entries(TARGETS).map(([name, target]) => `  ${name}: ${target.summary}`);
    command
      .argument("<target>", "which hooks")
      .option("--event <name...>", "only these events: the name of an example, or any name of an event")
      .option("--configured-only", "only events that have hooks; nothing configured is fine")
      .option("--timeout-seconds <seconds>", "stop hooks after this time instead of their own", seconds)
      .option("--json", "print the result as JSON")
      .addHelpText("after", ["\nTargets:", ...targets, HELP].join("\n"));
  },

  async run([name = ""], options, context): Promise<number> {
    const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
    if (!target) throw unknownTarget(name);
    return target.test(options, context);
  },
};

const HELP = `
Exit codes: 0 every hook did its work, or blocked where it may; 1 a hook failed, ran out of time or could not be started, the
configuration has errors, or (without --configured-only) there is no hook at all.`;

function unknownTarget(name: string): CliError {
  const names = Object.keys(TARGETS);
  const near = nearest(name, names);
  const advice = near ? `Did you mean "${near}"?` : `Targets of this version: ${names.join(", ")}.`;
  return new CliError("unknown_target", `Cannot test "${name}": there is no such target. ${advice}`);
}

/** As long as a timer of the platform can be. */
const MOST_SECONDS = 2_147_483;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MOST_SECONDS) return value;
  throw new InvalidArgumentError(`Give a number above 0, at most ${MOST_SECONDS}.`);
}
