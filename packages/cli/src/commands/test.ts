import { type Config, loadConfig, nearest, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { type Command, InvalidArgumentError } from "commander";
import { hasErrors, needReadable, problemLine } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { allExamples, type Example, examplesNamed, isWanted } from "../examples.ts";
import { loadOptions } from "../load-options.ts";
import { TARGETS } from "../targets/index.ts";
import type { Target, Testing, TestOptions, Verdict } from "../targets/target.ts";
import { printable } from "../ui/printable.ts";
import type { Verb } from "../verb.ts";
import { needNoHookAround } from "../with-dispatcher.ts";

/** `test`: runs the configured hooks on example events. */
export const verb: Verb<TestOptions> = {
  define(command: Command): void {
    const targets = Object.entries(TARGETS).map(([name, target]) => `  ${name}: ${target.summary}`);
    command
      .argument("<target>", "which hooks")
      .option("--event <name...>", "only these events: the name of an example, or any name of an event")
      .option("--configured-only", "only events that have hooks; nothing configured is fine; of pyo3 the configuration")
      .option("--timeout-seconds <seconds>", "stop hooks after this time instead of their own", seconds)
      .option("--json", "print the result as JSON")
      .addHelpText("after", ["\nTargets:", ...targets, "  all: all of these that are configured", HELP].join("\n"));
  },

  async run([name = ""], options, context): Promise<number> {
    const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
    if (!target && name !== "all") throw unknownTarget(name);
    const config = await loadConfig({ codexHome: resolveCodexHome(context.env), ...loadOptions(context) });
    needReadable(config);
    return target ? testOne(target, name, config, options, context) : testAll(config, options, context);
  },
};

const HELP = `
Webhooks and MCP tools are not tried: they would really be sent and called; "xcodex hooks emit" does that.
What is printed of each run: the event, the hook, how it ended, how long it took, what it was given and the end of its output.
Exit codes: 0 every hook did its work, or blocked where it may; 1 a hook failed, ran out of time or could not be started, the
configuration has errors, or (without --configured-only) there is no hook at all.`;

function unknownTarget(name: string): CliError {
  const names = [...Object.keys(TARGETS), "all"];
  const near = nearest(name, names);
  const advice = near ? `Did you mean "${near}"?` : `Targets: ${names.join(", ")}.`;
  return new CliError("unknown_target", `Cannot test "${name}": there is no such target. ${advice}`);
}

/** As long as a timer of the platform can be. */
const MOST_SECONDS = 2_147_483;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MOST_SECONDS) return value;
  throw new InvalidArgumentError(`Give a number above 0, at most ${MOST_SECONDS}.`);
}

async function testOne(
  target: Target,
  name: string,
  config: Config,
  options: TestOptions,
  context: Context,
): Promise<number> {
  const testing = testingOf(target, config, options, context);
  if (testing.config.hooks.length === 0) {
    sayUntried(config, testing.say);
    return nothingConfigured(target, name, testing);
  }
  needNoHookAround(`test ${target.what}`, context);
  const { code, report } = await target.run(testing);
  sayUntried(config, testing.say);
  if (options.json) context.print(JSON.stringify(report, null, 2));
  return code === 0 && hasErrors(config) ? 1 : code;
}

/** One section per target. What is wrong with the configuration is said once, before them. */
async function testAll(config: Config, options: TestOptions, context: Context): Promise<number> {
  const { say } = sayer(options, context);
  for (const problem of config.problems) say(printable(problemLine(problem)));
  const reports: Record<string, Verdict["report"]> = {};
  let code = hasErrors(config) ? 1 : 0;
  for (const [index, [name, target]] of Object.entries(TARGETS).entries()) {
    say(`${index === 0 && config.problems.length === 0 ? "" : "\n"}== ${name} ==`);
    const verdict = await testSection(target, { ...config, problems: [] }, options, context);
    reports[name] = verdict.report;
    code = Math.max(code, verdict.code);
    if (isSignal(code)) break;
  }
  sayUntried(config, say);
  if (options.json) context.print(JSON.stringify({ ...reports, problems: config.problems }, null, 2));
  return code;
}

/** What leaves this machine, or calls what others wrote, is not tried with events that never happened. */
function sayUntried({ hooks }: Config, say: Testing["say"]): void {
  for (const { id, runner } of hooks) {
    if (runner !== "webhook" && runner !== "mcp_tool") continue;
    const what = runner === "webhook" ? "a webhook would really be sent" : "a tool would really be called";
    say(printable(`Not tried: ${id}, because ${what}. To do that: xcodex hooks emit < payload.json`));
  }
}

async function testSection(target: Target, config: Config, options: TestOptions, context: Context): Promise<Verdict> {
  const testing = testingOf(target, config, options, context);
  if (testing.config.hooks.length === 0) {
    testing.say(target.skipped);
    return { code: 0, report: notConfigured(testing) };
  }
  needNoHookAround(`test ${target.what}`, context);
  return target.run(testing);
}

function isSignal(code: number): boolean {
  return code > 128;
}

function sayer({ json }: TestOptions, { print }: Context): Pick<Testing, "say"> {
  return { say: json ? () => {} : print };
}

/** The hooks of a target alone: everything else is switched off. */
function testingOf(target: Target, config: Config, options: TestOptions, context: Context): Testing {
  const own = { ...config, hooks: config.hooks.filter(({ runner }) => runner === target.runner) };
  return { config: own, examples: choose(options, own, config), options, context, ...sayer(options, context) };
}

function choose({ event, configuredOnly }: TestOptions, own: Config, all: Config): readonly Example[] {
  const chosen = event ? examplesNamed(event, all) : allExamples(own);
  return configuredOnly ? chosen.filter((example) => isWanted(example, own)) : chosen;
}

function nothingConfigured(target: Target, name: string, testing: Testing): number {
  const { config, options, context, say } = testing;
  const broken = hasErrors(config);
  if (options.json) context.print(JSON.stringify(notConfigured(testing), null, 2));
  for (const problem of config.problems) say(printable(problemLine(problem)));
  if (options.configuredOnly && !broken) {
    say(target.skipped);
    return 0;
  }
  const state = context.noHooks
    ? "every hook is switched off. Leave out --no-hooks."
    : broken
      ? `${target.missing}, and "${config.file}" has errors. Mend them.`
      : `${target.missing} in "${config.file}". Set it up: xcodex hooks init ${name} --edit-config`;
  throw new CliError("no_hooks_configured", `Cannot test ${target.what}: ${state}`);
}

function notConfigured({ config }: Testing): Verdict["report"] {
  return { configured: false, events: [], invoked: 0, runs: [], not_reached: [], problems: config.problems };
}
