import {
  type Config,
  type Dispatcher,
  type Hook,
  type HookReply,
  type HostHook,
  hooksPaths,
} from "@xcodex/hooks-dispatcher";
import { count, duration, printable } from "../ui/printable.ts";
import { shellLine } from "../ui/shell.ts";
import { exitCode, withDispatcher } from "../with-dispatcher.ts";
import { type HostEnd, hostEnds, unlessEnded } from "./host-ends.ts";
import type { Target, Testing, Verdict } from "./target.ts";
import {
  conclude,
  deliver,
  hasFailure,
  notReached,
  runsAsJson,
  show,
  type Tested,
  tailOf,
  testSession,
  withTimeout,
} from "./tested.ts";

/** How long a host has to end once its input has ended, when nothing is said (behaviour of the original). */
const DEFAULT_SECONDS = 10;

/** What happened with the host of a test. */
interface HostRun {
  readonly tested: readonly Tested[];
  /** Of the process: its first bad end, else its last; undefined when it was never started. */
  readonly end: HostEnd | undefined;
  /** The last lines of its log. */
  readonly output: readonly string[];
  /** It ended while it was still sent events. */
  readonly died: boolean;
  /** It had to be stopped. */
  readonly late: boolean;
}

/** The long-lived process that gets events as lines, whatever language it is written in. */
export const pythonHost: Target = {
  summary: "the long-lived host: is it started, does it take the events, does it end when it is to",
  runner: "host",
  what: "the host",
  skipped: "hooks.host is not enabled; skipping (configured-only).",
  missing: "hooks.host is not enabled",

  async run(testing): Promise<Verdict> {
    const { config, options, context, say } = testing;
    const timed = withTimeout(config, options.timeoutSeconds);
    const seconds = options.timeoutSeconds ?? DEFAULT_SECONDS;
    return withDispatcher({ config: timed }, context, async (dispatcher, signal) => {
      const run = await runHost(dispatcher, testing, seconds, signal);
      const { host_logs, records } = hooksPaths(config.codex_home);
      for (const line of howItEnded(run, testing, seconds)) say(printable(line));
      conclude(testing, run.tested, [
        ["Host logs", host_logs],
        ["Records", records],
      ]);
      const report = { ...asJson(run, testing), host_logs, records };
      return { code: exitCode(signal, isWell(run) ? 0 : 1), report };
    });
  },
};

/** Sends the examples until they are through or the host has died, then closes its input and waits for its end. */
async function runHost(
  dispatcher: Dispatcher,
  { config, examples, context, say }: Testing,
  seconds: number,
  signal: AbortSignal,
): Promise<HostRun> {
  const session = testSession();
  const { records } = hooksPaths(config.codex_home);
  const tested: Tested[] = [];
  let died = false;
  for (const example of examples) {
    if (signal.aborted || died) break;
    const one = await unlessEnded(records, session, deliver(dispatcher, example, session, context));
    died = hostEnds(records, session).length > 0;
    if (!one) continue;
    tested.push(one);
    show(one, say, "filtered out", () => "event", whatBecameOf);
  }
  const { drained } = await dispatcher.close(died ? 0 : seconds * 1000);
  const ends = hostEnds(records, session);
  const end = ends.find(({ outcome }) => outcome !== "ok") ?? ends.at(-1);
  return { tested, end, output: await tailOf(end?.log), died, late: !died && (!drained || end?.outcome === "timeout") };
}

function whatBecameOf({ end, reply }: HookReply, gated: boolean): string {
  if (reply.kind === "failed") return end.outcome;
  if (reply.kind === "blocked") return `answered block (${reply.reason})`;
  return gated ? "answered continue" : "sent";
}

function isWell({ tested, end, late, died }: HostRun): boolean {
  return !late && !died && (end === undefined || end.outcome === "ok") && !tested.some(hasFailure);
}

function howItEnded(
  { tested, end, output, died, late }: HostRun,
  { config }: Testing,
  seconds: number,
): readonly string[] {
  const head = ["", `Host: ${commandOf(config)}`];
  const lines = `${count(sent(tested), "line")} sent`;
  if (!end) return [...head, `${lines}, not started`];
  const why = late
    ? `Cannot wait for the host: it was still running ${seconds} s after its input had ended. Let it end when its stdin does.`
    : end.message;
  return [
    ...head,
    `${lines}, ${inWords(end, died, late)}, ${duration(end.duration_ms ?? 0)}`,
    ...(why === undefined ? [] : [`    ${why}`]),
    // The launcher writes into the log why a host was not started: that is said already.
    ...output.filter((line) => line !== end.message).map((line) => `    | ${line}`),
  ];
}

/** `exit=0` as hooks that are commands have it, and what that means when it is not plain. */
function inWords({ outcome, exit_code, signal }: HostEnd, died: boolean, late: boolean): string {
  if (exit_code === null || exit_code === undefined) {
    return late ? "stopped (timeout)" : signal ? `killed by ${signal}` : outcome;
  }
  return `exit=${exit_code}${late ? " (timeout)" : died ? " (died)" : ""}`;
}

/** Lines that the host's pipe took. */
function sent(tested: readonly Tested[]): number {
  const runs = tested.flatMap((one) => one.runs);
  return runs.filter(({ reply: { reply } }) => reply.kind !== "failed" || reply.code === "no_answer").length;
}

function commandOf({ hooks }: Config): string {
  return shellLine(hooks.find(isHost)?.host.argv ?? []);
}

function isHost(hook: Hook): hook is HostHook {
  return hook.runner === "host";
}

function asJson({ tested, end, output, died, late }: HostRun, { config }: Testing): object {
  return {
    configured: true,
    command: config.hooks.find(isHost)?.host.argv ?? [],
    events: tested.map((one) => one.example.name),
    sent: sent(tested),
    runs: runsAsJson(tested, "payload"),
    end: end ? { ...endAsJson(end), died, late, output } : null,
    not_reached: notReached(config, tested).map((hook) => hook.id),
    problems: config.problems,
  };
}

function endAsJson({ outcome, exit_code, signal, duration_ms, code, message, log }: HostEnd): object {
  return { outcome, exit_code, signal, duration_ms, code, message, log };
}
