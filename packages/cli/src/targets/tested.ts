import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type Config,
  type Dispatcher,
  type Hook,
  type HookReply,
  payloadBook,
  planFor,
} from "@xcodex/hooks-dispatcher";
import { completeEvent, findEvent } from "@xcodex/hooks-schema";
import { problemLine } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { type Example, unreached } from "../examples.ts";
import { runAsJson } from "../run-json.ts";
import { duration, lastLines, printable } from "../ui/printable.ts";
import { pairs } from "../ui/table.ts";
import type { Testing } from "./target.ts";

/** Lines of a hook's output that are shown. */
const TAIL = 5;

/** Characters of an event that are shown: enough to know it by. */
const SHOWN = 200;

/** An example that was delivered, and what its hooks did. */
export interface Tested {
  readonly example: Example;
  readonly runs: readonly TestedRun[];
}

/** What one hook was given, and what it did. */
export interface TestedRun {
  readonly reply: HookReply;
  /** The event as JSON, as this hook reads it. */
  readonly event: string;
  /** Whether a command finds it in a file, which an envelope on its stdin names. */
  readonly in_file: boolean;
  /** The last lines of what it wrote. */
  readonly output: readonly string[];
}

/** A session of its own for one test, so that what hooks log of it can be told apart. */
export function testSession(): string {
  return `hooks-test-${randomUUID()}`;
}

/** Delivers an example and waits for all of its hooks. */
export async function deliver(
  dispatcher: Dispatcher,
  example: Example,
  session: string,
  { cwd, agentContext }: Context,
): Promise<Tested> {
  const fields = { xcodex_event_type: example.event_type, session_id: session, cwd, ...example.fields };
  const event = completeEvent(fields);
  const book = payloadBook(planFor(dispatcher.config, event, agentContext));
  const { replies } = await dispatcher.dispatch(event, { wait: "all" });
  const { max_stdin_payload_bytes } = dispatcher.config.limits;
  const runs = replies.map(async (reply) => {
    const { json, envelope } = book.payloadOf(reply.hook);
    const in_file = envelope !== undefined && Buffer.byteLength(json) > max_stdin_payload_bytes;
    return { reply, event: json, in_file, output: await outputOf(reply) };
  });
  return { example, runs: await Promise.all(runs) };
}

/** Delivers examples one after another until a signal stops it. `each` is called with every one as soon as it is over. */
export async function deliverEach(
  dispatcher: Dispatcher,
  { examples, context }: Testing,
  signal: AbortSignal,
  each: (tested: Tested) => void,
): Promise<readonly Tested[]> {
  const session = testSession();
  const all: Tested[] = [];
  for (const example of examples) {
    if (signal.aborted) break;
    const tested = await deliver(dispatcher, example, session, context);
    each(tested);
    all.push(tested);
  }
  return all;
}

/** The configuration with another time for every hook, when one is given. */
export function withTimeout(config: Config, seconds: number | undefined): Config {
  if (seconds === undefined) return config;
  const timeout_ms = Math.max(1, Math.round(seconds * 1000));
  return { ...config, hooks: config.hooks.map((hook) => ({ ...hook, timeout_ms })) };
}

/** The last lines that a command wrote: of its log, which has both streams, else of what came with its reply. */
async function outputOf({ hook, end }: HookReply): Promise<readonly string[]> {
  if (hook.runner !== "command") return [];
  const log = await tailOf(end.log);
  const lines = log.length === 0 ? lastLines(end.stderr, TAIL) : log;
  // The launcher writes into the log why a hook was not started: that is said already. Why a hook blocked is only here.
  return end.outcome === "blocked" ? lines : lines.filter((line) => line !== end.message);
}

/** The last lines of a log; none when there is no log. */
export async function tailOf(log: string | undefined): Promise<readonly string[]> {
  if (log === undefined) return [];
  return lastLines(await readFile(log, "utf8").catch(() => ""), TAIL);
}

/** Whether a hook did not do its work. A hook that blocks where it may has done it. */
export function hasFailure({ runs }: Tested): boolean {
  return runs.some(({ reply: { end } }) => end.outcome !== "ok" && end.outcome !== "blocked");
}

/**
 * Says what became of one example.
 *
 * @param nobody what is said of an example that no hook wants
 * @param label what an event is to these hooks: `stdin`
 * @param how how a run ended, in a few words; `gated`: the hook could have stopped the agent
 */
export function show(
  { example, runs }: Tested,
  say: (text: string) => void,
  nobody: string,
  label: (run: TestedRun) => string,
  how: (reply: HookReply, gated: boolean) => string,
): void {
  if (runs.length === 0) say(`${example.name}: ${nobody}`);
  for (const run of runs) {
    const { hook, end } = run.reply;
    const ended = how(run.reply, isGated(run.reply, example));
    say(printable(`${example.name}: ${hook.id}: ${ended}, ${duration(end.duration_ms)}`));
    say(`    ${label(run)}: ${shown(run.event)}`);
    if (end.message !== undefined && end.outcome !== "blocked") say(`    ${printable(end.message)}`);
    for (const line of run.output) say(`    | ${line}`);
  }
}

function isGated({ hook }: HookReply, { event_type }: Example): boolean {
  return hook.may_gate && findEvent(event_type)?.facts.gate === true;
}

function shown(event: string): string {
  const text = printable(event);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Says which hooks no example reached, what is wrong with the configuration, and where to look. */
export function conclude(
  { config, say }: Testing,
  tested: readonly Tested[],
  places: readonly (readonly [string, string])[],
): void {
  for (const hook of notReached(config, tested)) say(printable(`Not reached: ${hook.id}, ${whyNotReached(hook)}.`));
  for (const problem of config.problems) say(printable(problemLine(problem)));
  say(pairs(places.map(([name, path]) => [`${name}:`, path] as const)));
}

/** The hooks that the examples were meant for and that none of them reached. */
export function notReached(config: Config, tested: readonly Tested[]): readonly Hook[] {
  const reached = new Set(tested.flatMap(({ runs }) => runs.map(({ reply }) => reply.hook.id)));
  return unreached(
    config,
    tested.map((one) => one.example),
    reached,
  );
}

function whyNotReached({ key, matcher, tools, where, conditions }: Hook): string {
  if (conditions) return "whose conditions hold for none of the examples (say what the agent would with --context)";
  // `patch.before` is a tool event of some tools only, `PostToolUseFailure` one that went wrong.
  if (tools || where)
    return `whose event "${key}" is none of the examples (send it one: xcodex hooks emit < payload.json)`;
  return `whose matcher "${matcher.source}" fits no tool of the examples`;
}

/** Every run as data. */
export function runsAsJson(tested: readonly Tested[], label: string): readonly object[] {
  return tested.flatMap(({ example, runs }) =>
    runs.map(({ reply, event, output }) => ({
      event: example.name,
      ...runAsJson(reply),
      ...(isGated(reply, example) ? decisionOf(reply) : {}),
      [label]: event,
      output,
    })),
  );
}

function decisionOf({ reply }: HookReply): object {
  if (reply.kind === "blocked") return { decision: "block", reason: reply.reason };
  return reply.kind === "silent" ? { decision: "continue" } : {};
}
