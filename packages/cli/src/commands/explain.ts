import {
  type Config,
  type Explanation,
  explain,
  hooksPaths,
  loadConfig,
  resolveCodexHome,
} from "@xcodex/hooks-dispatcher";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { type Command, Option } from "commander";
import { isUnreadable } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { examplesNamed } from "../examples.ts";
import { openBreakers } from "../explain/breakers.ts";
import { explanationText } from "../explain/text.ts";
import { doubtAbout, SOURCES, toEvent, unpack } from "../incoming.ts";
import { openInput } from "../input-file.ts";
import { loadOptions } from "../load-options.ts";
import { followEnvelope, parsePayload, readAll } from "../payload.ts";
import { printableJson } from "../ui/printable.ts";
import type { Verb } from "../verb.ts";

interface ExplainOptions {
  readonly from: string;
  readonly event?: string;
  readonly json?: true;
}

const HELP = `
With a file (- for standard input), explains what happens to that payload; with --event alone, to an example of that event. Nothing is run.
For each configured hook of every surface: whether it runs; if not, which rule said no; if so, the exact command or request, the variables
that it gets, its time, and whether it may stop the agent. Texts with \${NAME} are shown as they are written: they may stand for secrets.
Rules: no_hooks, depth, disabled, event, tools, where, matcher, filter, condition, target, breaker. Entries that cannot be used are problems.
Exit codes: 0 explained, 1 the configuration or the payload could not be read.`;

/** `explain`: why a hook runs, or does not. */
export const verb: Verb<ExplainOptions> = {
  define(command: Command): void {
    command
      .argument("[file]", "a payload, as an agent writes it to its hooks")
      .option("--event <name>", "the event: its example, or the name of a payload that does not say it")
      .addOption(new Option("--from <agent>", "who wrote the payload").choices(SOURCES).default("auto"))
      .option("--json", "print as JSON, with the payloads")
      .addHelpText("after", HELP);
  },

  async run([file], options, context): Promise<number> {
    const config = await loadConfig({
      codexHome: resolveCodexHome(context.env),
      ...loadOptions(context),
      noHooks: false,
    });
    const { event, from } = await eventFor(file, options, config, context);
    const explanation = explain(config, event, {
      env: context.env,
      noHooks: context.noHooks,
      context: context.agentContext,
      breakers: openBreakers(hooksPaths(config.codex_home).records),
    });
    if (options.json) context.print(printableJson(asJson(explanation, config), 2));
    else context.print(explanationText(explanation, config, from));
    return isUnreadable(config) ? 1 : 0;
  },
};

/** The event, and where it is from in words. */
interface Given {
  readonly event: AnyEvent;
  readonly from: string;
}

async function eventFor(
  file: string | undefined,
  { event: name, from }: ExplainOptions,
  config: Config,
  context: Context,
): Promise<Given> {
  if (file === undefined) {
    if (name !== undefined) return exampleOf(name, config, context);
    const advice = "Give a file with a payload, - for standard input, or --event with the name of one";
    throw new CliError("no_event", `Cannot explain nothing: there is no event. ${advice}.`);
  }
  const what = file === "-" ? "the payload on standard input" : `"${file}"`;
  const { stream } = await openInput(file, context);
  const { payload, said } = unpack(parsePayload(await readAll(stream), what), from);
  const named = name === undefined ? said : { ...said, event: name };
  const doubt = name === undefined ? undefined : doubtAbout(name);
  if (doubt) context.note(doubt);
  return {
    event: toEvent(await followEnvelope(payload), named, context.cwd, what, "Name the event with --event."),
    from: `from ${what}`,
  };
}

function exampleOf(name: string, config: Config, context: Context): Given {
  const [example] = examplesNamed([name], config);
  const fields = example?.fields ?? {};
  const what = `the example "${example?.name ?? name}"`;
  const event = toEvent({ ...fields }, { from: "auto", event: example?.event_type ?? name }, context.cwd, what, "");
  return { event, from: what };
}

function asJson(explanation: Explanation, { codex_home, file, problems, hooks_toml }: Config): object {
  return { codex_home, config: file, ...(hooks_toml ? { hooks_toml } : {}), ...explanation, problems };
}
