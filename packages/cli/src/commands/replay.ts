import type { Decision, Dispatcher } from "@xcodex/hooks-dispatcher";
import { findEvent } from "@xcodex/hooks-schema";
import { type Command, Option } from "commander";
import { isUnreadable, needReadable, noteErrors } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { SOURCES, toEvent, unpack } from "../incoming.ts";
import { openInput } from "../input-file.ts";
import { type Line, lines } from "../lines.ts";
import { followEnvelope, MAX_PAYLOAD_BYTES, parsePayload, tooLarge } from "../payload.ts";
import { count, duration, printable } from "../ui/printable.ts";
import { progressBar } from "../ui/progress.ts";
import { table } from "../ui/table.ts";
import type { Verb } from "../verb.ts";
import { exitCode, needNoHookAround, withDispatcher } from "../with-dispatcher.ts";

interface ReplayOptions {
  readonly from: string;
  readonly json?: true;
  /** False with `--no-progress`. */
  readonly progress: boolean;
}

/** An event that was delivered. */
interface Replayed {
  readonly line: number;
  readonly event_type: string;
  /** Whether it is in the catalogue. */
  readonly known: boolean;
  readonly action: Decision["action"];
  readonly reason?: string;
  readonly duration_ms: number;
  readonly hooks: readonly { readonly hook: string; readonly outcome: string; readonly message?: string }[];
}

/** A line that is no event. */
interface BadLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

const HELP = `
Each line of the file is a payload as an agent writes it to its hooks, or a line of a capture:
{"agent": …, "agent_version": …, "hook": …, "stdin": {…}}. "-" reads standard input.
Exit codes: 0 every event was delivered, 1 a line or a file of the configuration could not be read, or a hook failed. A hook that
blocks has not failed.`;

/** `replay`: a recorded session to the configured hooks, one event after another. */
export const verb: Verb<ReplayOptions> = {
  define(command: Command): void {
    command
      .argument("<file>", "the recorded session, one JSON object per line")
      .addOption(new Option("--from <agent>", "who wrote the payloads").choices(SOURCES).default("auto"))
      .option("--json", "print the result as JSON")
      .option("--no-progress", "show no progress bar")
      .addHelpText("after", HELP);
  },

  async run([file = "-"], options, context): Promise<number> {
    const input = await openInput(file, context);
    return withDispatcher({}, context, async (dispatcher, signal) => {
      needReadable(dispatcher.config);
      if (dispatcher.config.hooks.length > 0) needNoHookAround(`replay "${file}"`, context);
      noteErrors(dispatcher.config, context);
      const replayed: Replayed[] = [];
      const bad: BadLine[] = [];
      const progress = progressBar(context, options.progress);
      try {
        for await (const line of lines(input.stream, signal, MAX_PAYLOAD_BYTES)) {
          if (line.text.trim() === "" && !line.too_long) continue;
          await replayLine(dispatcher, line, options.from, context.cwd).then(
            (event) => replayed.push(event),
            (error: unknown) => bad.push(badLine(line, error)),
          );
          if (signal.aborted) break;
          progress.update(input.size ? line.bytes / input.size : 0, `${replayed.length} events`);
        }
      } finally {
        progress.done();
      }
      show(file, replayed, bad, options, context);
      const failed = bad.length > 0 || totals(replayed, bad).failed > 0 || isUnreadable(dispatcher.config);
      return exitCode(signal, failed ? 1 : 0);
    });
  },
};

async function replayLine(dispatcher: Dispatcher, line: Line, from: string, cwd: string): Promise<Replayed> {
  const what = `line ${line.number}`;
  if (line.too_long) throw tooLarge(what);
  const { payload, said } = unpack(parsePayload(line.text, what), from);
  const event = toEvent(await followEnvelope(payload), said, cwd, what, "Add one of them to the line.");
  const start = performance.now();
  const decision = await dispatcher.dispatch(event, { wait: "all" });
  return {
    line: line.number,
    event_type: event.xcodex_event_type,
    known: findEvent(event.xcodex_event_type) !== undefined,
    action: decision.action,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    duration_ms: Math.round((performance.now() - start) * 1000) / 1000,
    hooks: decision.replies.map(({ hook, end }) => ({
      hook: hook.id,
      outcome: end.outcome,
      ...(end.message === undefined ? {} : { message: end.message }),
    })),
  };
}

function badLine({ number }: Line, error: unknown): BadLine {
  if (!(error instanceof CliError)) throw error;
  return { line: number, code: error.code, message: error.message };
}

/** Sums of a replay. `failed` counts hooks that neither went well nor blocked. */
function totals(replayed: readonly Replayed[], bad: readonly BadLine[]): Record<string, number> & { failed: number } {
  const runs = replayed.flatMap((event) => event.hooks);
  return {
    events: replayed.length,
    unknown_events: replayed.filter((event) => !event.known).length,
    hooks_run: runs.length,
    blocked: replayed.filter((event) => event.action === "block").length,
    failed: runs.filter(({ outcome }) => outcome !== "ok" && outcome !== "blocked").length,
    bad_lines: bad.length,
  };
}

function show(
  file: string,
  replayed: readonly Replayed[],
  bad: readonly BadLine[],
  options: ReplayOptions,
  context: Context,
): void {
  const sums = totals(replayed, bad);
  if (options.json) {
    context.print(JSON.stringify({ file, events: replayed, bad_lines: bad, totals: sums }, null, 2));
    return;
  }
  context.print(eventTable(replayed));
  for (const text of remarks(replayed)) context.print(text);
  if (bad.length > 0) context.print("");
  for (const { message, code } of bad) context.print(`  ${printable(message)} (${code})`);
  const [events = 0, unknown, hooks = 0, blocked, failed, lines = 0] = Object.values(sums);
  context.print(
    `\n${count(events, "event")} (${unknown} unknown), ${count(hooks, "hook")} run, ${blocked} blocked, ${failed} failed, ${count(lines, "bad line")}.`,
  );
}

function eventTable(replayed: readonly Replayed[]): string {
  const columns = [
    { heading: "LINE", align: "right" as const },
    { heading: "EVENT" },
    { heading: "HOOKS", align: "right" as const },
    { heading: "OUTCOME" },
    { heading: "TIME", align: "right" as const },
  ];
  return table(
    columns,
    replayed.map((event) => [
      String(event.line),
      event.known ? event.event_type : `${event.event_type} (unknown)`,
      String(event.hooks.length),
      outcomeOf(event),
      event.hooks.length === 0 ? "" : duration(event.duration_ms),
    ]),
  );
}

/** All outcomes of an event's hooks, each once; blocked first. */
function outcomeOf({ action, hooks }: Replayed): string {
  const others = hooks.map(({ outcome }) => outcome).filter((outcome) => outcome !== "ok" && outcome !== "blocked");
  const said = [...(action === "block" ? ["blocked"] : []), ...new Set(others)];
  if (said.length > 0) return said.join(", ");
  return hooks.length === 0 ? "-" : "ok";
}

/** Why events were blocked and hooks failed, one line each, in the order of the file. */
function remarks(replayed: readonly Replayed[]): readonly string[] {
  const texts = replayed.flatMap(({ line, reason, hooks }) => {
    const failures = hooks.filter(({ outcome }) => outcome !== "ok" && outcome !== "blocked");
    return [...(reason ? [reason] : []), ...failures.map(({ message, outcome }) => message ?? outcome)].map(
      (text) => `  line ${line}: ${printable(text)}`,
    );
  });
  return texts.length === 0 ? [] : ["", ...texts];
}
