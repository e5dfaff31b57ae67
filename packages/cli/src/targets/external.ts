import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type Config,
  type Dispatcher,
  type Hook,
  type HookReply,
  hooksPaths,
  loadConfig,
  resolveCodexHome,
} from "@xcodex/hooks-dispatcher";
import { completeEvent } from "@xcodex/hooks-schema";
import { hasErrors, needReadable, problemLine } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { allExamples, type Example, examplesNamed, unreached } from "../examples.ts";
import { runAsJson } from "../run-json.ts";
import { duration, lastLines, printable } from "../ui/printable.ts";
import { pairs } from "../ui/table.ts";
import { exitCode, needNoHookAround, withDispatcher } from "../with-dispatcher.ts";
import type { Target, TestOptions } from "./target.ts";

/** Lines of a hook's output that are shown. */
const TAIL = 5;

/** An example that was delivered, and what its hooks did. */
interface Tested {
  readonly example: Example;
  readonly replies: readonly { readonly reply: HookReply; readonly output: readonly string[] }[];
}

/** Hooks that are commands: one process per event. */
export const external: Target = {
  summary: "hooks that are commands, on the examples of every event",

  async test(options, context): Promise<number> {
    const config = await loadConfig({ codexHome: resolveCodexHome(context.env), noHooks: context.noHooks });
    needReadable(config);
    const examples = choose(options, config);
    if (config.hooks.length === 0) return nothingConfigured(config, options, context);
    needNoHookAround("test external hooks", context);
    const timed = withTimeout(config, options.timeoutSeconds);
    return withDispatcher({ config: timed }, context, async (dispatcher, signal) => {
      const session = `hooks-test-${randomUUID()}`;
      const tested: Tested[] = [];
      for (const example of examples) {
        if (signal.aborted) break;
        tested.push(await deliver(dispatcher, example, session, context));
        const last = tested.at(-1);
        if (last && !options.json) show(last, context);
      }
      conclude(config, tested, options, context);
      return exitCode(signal, tested.some(hasFailure) || hasErrors(config) ? 1 : 0);
    });
  },
};

function choose({ event, configuredOnly }: TestOptions, config: Config): readonly Example[] {
  const chosen = event ? examplesNamed(event, config) : allExamples(config);
  const configured = new Set(config.hooks.map((hook) => hook.event_type));
  return configuredOnly ? chosen.filter((example) => configured.has(example.event_type)) : chosen;
}

function nothingConfigured(config: Config, { configuredOnly, json }: TestOptions, context: Context): number {
  const broken = hasErrors(config);
  if (json) context.print(JSON.stringify(asJson(config, []), null, 2));
  else for (const problem of config.problems) context.print(printable(problemLine(problem)));
  if (configuredOnly && !broken) {
    if (!json) context.print("no external hooks are configured; skipping (configured-only).");
    return 0;
  }
  const state = context.noHooks
    ? "every hook is switched off. Leave out --no-hooks."
    : broken
      ? `no entry of "${config.file}" works. Mend them.`
      : `none is configured in "${config.file}". Set some up: xcodex hooks init external --edit-config`;
  throw new CliError("no_hooks_configured", `Cannot test external hooks: ${state}`);
}

function withTimeout(config: Config, seconds: number | undefined): Config {
  if (seconds === undefined) return config;
  const timeout_ms = Math.max(1, Math.round(seconds * 1000));
  return { ...config, hooks: config.hooks.map((hook) => ({ ...hook, timeout_ms })) };
}

async function deliver(dispatcher: Dispatcher, example: Example, session: string, { cwd }: Context): Promise<Tested> {
  const payload = { xcodex_event_type: example.event_type, session_id: session, cwd, ...example.fields };
  const { replies } = await dispatcher.dispatch(completeEvent(payload), { wait: "all" });
  return {
    example,
    replies: await Promise.all(replies.map(async (reply) => ({ reply, output: await tailOf(reply) }))),
  };
}

/** The last lines that a hook wrote: of its log, which has both streams, else of what came with its reply. */
async function tailOf({ end }: HookReply): Promise<readonly string[]> {
  const log = end.log === undefined ? "" : await readFile(end.log, "utf8").catch(() => "");
  const lines = lastLines(log === "" ? end.stderr : log, TAIL);
  // The launcher writes into the log why a hook was not started: that is said already. Why a hook blocked is only here.
  return end.outcome === "blocked" ? lines : lines.filter((line) => line !== end.message);
}

function hasFailure({ replies }: Tested): boolean {
  return replies.some(({ reply: { end } }) => end.outcome !== "ok" && end.outcome !== "blocked");
}

function show({ example, replies }: Tested, context: Context): void {
  if (replies.length === 0) context.print(`${example.name}: no hook`);
  for (const { reply, output } of replies) {
    const { hook, end } = reply;
    context.print(printable(`${example.name}: ${hook.id}: ${howItEnded(reply)}, ${duration(end.duration_ms)}`));
    if (end.message !== undefined && end.outcome !== "blocked") context.print(`    ${printable(end.message)}`);
    for (const line of output) context.print(`    | ${line}`);
  }
}

/** `exit=0` as the original spelled it, and what that means when it is not plain. */
function howItEnded({ end }: HookReply): string {
  const exit = end.exit_code === null ? undefined : `exit=${end.exit_code}`;
  if (end.outcome === "ok") return exit ?? end.outcome;
  return exit ? `${exit} (${end.outcome})` : end.outcome;
}

function conclude(config: Config, tested: readonly Tested[], options: TestOptions, context: Context): void {
  if (options.json) {
    context.print(JSON.stringify(asJson(config, tested), null, 2));
    return;
  }
  const replies = tested.flatMap((one) => one.replies);
  context.print(`\nInvoked ${replies.length} hook command(s).`);
  for (const hook of notReached(config, tested)) {
    context.print(printable(`Not reached: ${hook.id}, ${whyNotReached(hook)}.`));
  }
  for (const problem of config.problems) context.print(printable(problemLine(problem)));
  const { logs, payloads, records } = hooksPaths(config.codex_home);
  context.print(
    pairs([
      ["Logs:", logs],
      ["Payloads:", payloads],
      ["Records:", records],
    ]),
  );
}

function notReached(config: Config, tested: readonly Tested[]): ReturnType<typeof unreached> {
  const reached = new Set(tested.flatMap(({ replies }) => replies.map(({ reply }) => reply.hook.id)));
  return unreached(
    config,
    tested.map((one) => one.example),
    reached,
  );
}

function whyNotReached({ key, matcher, tools, where }: Hook): string {
  // `patch.before` is a tool event of some tools only, `PostToolUseFailure` one that went wrong.
  if (tools || where) return `whose event "${key}" is none of the examples`;
  return `whose matcher "${matcher.source}" fits no tool of the examples`;
}

function asJson(config: Config, tested: readonly Tested[]): object {
  const { logs, payloads, records } = hooksPaths(config.codex_home);
  const runs = tested.flatMap(({ example, replies }) =>
    replies.map(({ reply, output }) => ({ event: example.name, ...runAsJson(reply), output })),
  );
  return {
    events: tested.map((one) => one.example.name),
    invoked: runs.length,
    runs,
    not_reached: notReached(config, tested).map((hook) => hook.id),
    problems: config.problems,
    logs,
    payloads,
    records,
  };
}
