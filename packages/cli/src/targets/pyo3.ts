import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { type Config, type HookReply, hooksPaths, type Pyo3Settings } from "@xcodex/hooks-dispatcher";
import { isSystemError, systemReason } from "../errors.ts";
import { count, printable } from "../ui/printable.ts";
import { exitCode, withDispatcher } from "../with-dispatcher.ts";
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

/** How long what is on its way may take at the end, in milliseconds, beside the time of one call. */
const CLOSE_MS = 5_000;

/** What the configuration comes to, and what is there of what it names. */
interface Checked {
  readonly settings: Pyo3Settings;
  /** Why the script cannot be read. */
  readonly trouble: string | undefined;
  readonly addon: string;
  readonly built: boolean;
}

/** The Python function within the agent's own process. */
export const pyo3: Target = {
  summary: "the Python function in process; of its configuration alone when that was asked for, or it is not built",
  runner: "pyo3",
  what: "pyo3 hooks",
  skipped: "pyo3 hooks are not enabled; skipping (configured-only).",
  missing: "they are not enabled",

  async run(testing): Promise<Verdict> {
    const checked = await check(testing);
    const { settings, trouble, built } = checked;
    testing.say(printable(`script:   ${settings.script_path}`));
    testing.say(printable(`callable: ${calleeOf(settings)}`));
    if (trouble === undefined && built && !testing.options.configuredOnly) return call(testing, checked);
    if (trouble !== undefined) testing.say(printable(trouble));
    else testing.say(onlyChecked(checked));
    const { python_log, records } = hooksPaths(testing.config.codex_home);
    conclude(testing, [], [["Records", records]]);
    const report = { ...asJson(testing, checked, "configuration", []), python_log, records };
    return { code: trouble === undefined ? 0 : 1, report };
  },
};

async function check({ config, context }: Testing): Promise<Checked> {
  const settings = settingsOf(config);
  const { addonPath } = await import("@xcodex/hooks-pyo3");
  const addon = addonPath(config.codex_home, context.env);
  const built = await access(addon, constants.R_OK).then(
    () => true,
    () => false,
  );
  return { settings, trouble: await whyUnreadable(settings.script_path), addon, built };
}

/** All hooks of this kind are filters of one target, so that they have the same settings. */
function settingsOf({ hooks }: Config): Pyo3Settings {
  const [settings] = hooks.flatMap((hook) => (hook.runner === "pyo3" ? [hook.pyo3] : []));
  if (!settings) throw new TypeError("no pyo3 hook");
  return settings;
}

function calleeOf({ callable, batch_size }: Pyo3Settings): string {
  return batch_size > 1 ? `on_events with up to ${batch_size} events, else ${callable}` : callable;
}

async function whyUnreadable(script: string): Promise<string | undefined> {
  const cannot = `Cannot read the script "${script}"`;
  try {
    if (!(await stat(script)).isFile()) return `${cannot}: it is no file. Mend script_path of [hooks.pyo3].`;
    await access(script, constants.R_OK);
    return undefined;
  } catch (error) {
    const state = isSystemError(error, "ENOENT") ? "there is no such file" : systemReason(error);
    return `${cannot}: ${state}. Mend script_path of [hooks.pyo3], or: xcodex hooks install samples pyo3`;
  }
}

function onlyChecked({ built, addon }: Checked): string {
  const what = "only the configuration was checked: both gates are open and the script can be read";
  return built
    ? `${what}.\nTo call it: xcodex hooks test pyo3`
    : `${what}. Python in process is not built: there is no ${printable(addon)}.\nTo build it: xcodex hooks build pyo3`;
}

/** Really calls it: all examples at once, as an agent would in a busy moment, so that batches are batches. */
async function call(testing: Testing, checked: Checked): Promise<Verdict> {
  const { config, examples, options, context, say } = testing;
  const timed = withTimeout(config, options.timeoutSeconds);
  return withDispatcher({ config: timed }, context, async (dispatcher, signal) => {
    const session = testSession();
    const all = Promise.all(examples.map((example) => deliver(dispatcher, example, session, context)));
    const stopped = new Promise<readonly Tested[]>((resolve) => signal.addEventListener("abort", () => resolve([])));
    const tested = await Promise.race([all, stopped]);
    for (const one of tested) show(one, say, "filtered out", () => "event", howItEnded);
    await dispatcher.close(signal.aborted ? 0 : (timed.hooks[0]?.timeout_ms ?? 0) + CLOSE_MS);
    const { python_log, records } = hooksPaths(config.codex_home);
    const failed = tested.some(hasFailure);
    say(`\nCalled for ${count(tested.flatMap((one) => one.runs).length, "event")}.`);
    if (failed) for (const line of await tailOf(python_log)) say(`    | ${line}`);
    conclude(testing, tested, [
      ["Python log", python_log],
      ["Records", records],
    ]);
    const report = { ...asJson(testing, checked, "hook", tested), python_log, records };
    return { code: exitCode(signal, failed ? 1 : 0), report };
  });
}

function howItEnded({ end }: HookReply): string {
  return end.outcome;
}

function asJson(
  { config }: Testing,
  { settings, trouble, addon, built }: Checked,
  what: "configuration" | "hook",
  tested: readonly Tested[],
): object {
  const runs = runsAsJson(tested, "payload");
  return {
    configured: true,
    checked: what,
    ...settings,
    addon: built ? addon : null,
    ...(trouble === undefined ? {} : { trouble }),
    events: tested.map((one) => one.example.name),
    invoked: runs.length,
    runs,
    not_reached: what === "hook" ? notReached(config, tested).map((hook) => hook.id) : [],
    problems: config.problems,
  };
}
