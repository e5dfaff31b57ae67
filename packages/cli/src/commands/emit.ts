import type { Decision } from "@xcodex/hooks-dispatcher";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { type Command, Option } from "commander";
import { isUnreadable, needReadable, noteErrors } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { doubtAbout, SOURCES, toEvent } from "../incoming.ts";
import { followEnvelope, parsePayload, readAll } from "../payload.ts";
import { runAsJson } from "../run-json.ts";
import { printable, printableLines } from "../ui/printable.ts";
import type { Verb } from "../verb.ts";
import { exitCode, withDispatcher } from "../with-dispatcher.ts";

interface EmitOptions {
  readonly from: string;
  readonly event?: string;
  readonly json?: true;
}

const HELP = `
Reads one payload, as an agent writes it to its hooks, from standard input and waits for every hook.
Exit codes: 0 the agent may go on, 2 a hook blocked (its reason is on standard error), 1 the payload could not be delivered,
or a file of the configuration could not be read: the hooks of the other one ran.
A hook that fails does not stop the agent, unless it is required or has on_failure = "deny".`;

/** `emit`: one payload from standard input to the configured hooks. */
export const verb: Verb<EmitOptions> = {
  define(command: Command): void {
    command
      .addOption(new Option("--from <agent>", "who wrote the payload").choices(SOURCES).default("auto"))
      .option("--event <name>", "the event, for a payload that does not say it")
      .option("--json", "print the decision as JSON")
      .addHelpText("after", HELP);
  },

  async run(_args, options, context): Promise<number> {
    const event = await readEvent(options, context);
    return withDispatcher({}, context, async (dispatcher, signal) => {
      needReadable(dispatcher.config);
      noteErrors(dispatcher.config, context);
      const decision = await dispatcher.dispatch(event, { wait: "all" });
      const code = report(event, decision, options, context);
      return exitCode(signal, code === 0 && isUnreadable(dispatcher.config) ? 1 : code);
    });
  },
};

async function readEvent({ from, event: name }: EmitOptions, context: Context): Promise<AnyEvent> {
  if (context.interactive) {
    throw new CliError(
      "input_is_a_terminal",
      "Cannot read a payload: standard input is a terminal. Pipe one in: xcodex hooks emit < payload.json",
    );
  }
  const what = "the payload on standard input";
  const payload = await followEnvelope(parsePayload(await readAll(context.stdin), what));
  const doubt = name === undefined ? undefined : doubtAbout(name);
  if (doubt) context.note(doubt);
  const said = name === undefined ? { from } : { from, event: name };
  return toEvent(payload, said, context.cwd, what, "Name the event with --event.");
}

function report(event: AnyEvent, decision: Decision, options: EmitOptions, context: Context): number {
  const blocked = decision.action === "block";
  if (options.json) context.print(JSON.stringify(asJson(event, decision), null, 2));
  for (const { hook, end } of decision.replies) {
    // What a hook that decided has to say is in the reason.
    if (end.outcome === "ok" || end.outcome === "blocked" || decision.decided_by.includes(hook.id)) continue;
    context.note(printable(end.message ?? end.outcome));
  }
  if (blocked) context.note(printableLines(decision.reason ?? ""));
  if (blocked) return 2;
  // No hook has seen it, a guard neither: that is not the same as a hook that failed.
  return decision.replies.some(({ end }) => end.outcome === "dropped") ? 1 : 0;
}

function asJson(event: AnyEvent, decision: Decision): object {
  const { event_id, action, reason, decided_by, replies } = decision;
  return {
    event_id,
    event_type: event.xcodex_event_type,
    action,
    ...(reason === undefined ? {} : { reason }),
    decided_by,
    replies: replies.map(runAsJson),
  };
}
