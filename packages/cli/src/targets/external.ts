import { type HookReply, hooksPaths } from "@xcodex/hooks-dispatcher";
import { exitCode, withDispatcher } from "../with-dispatcher.ts";
import type { Target, Testing, Verdict } from "./target.ts";
import {
  conclude,
  deliverEach,
  hasFailure,
  notReached,
  runsAsJson,
  show,
  type Tested,
  type TestedRun,
  withTimeout,
} from "./tested.ts";

/** Hooks that are commands: one process per event. */
export const external: Target = {
  summary: "hooks that are commands, on the examples of every event",
  runner: "command",
  what: "external hooks",
  skipped: "no external hooks are configured; skipping (configured-only).",
  missing: "none is configured",

  async run(testing): Promise<Verdict> {
    const { config, options, context, say } = testing;
    const timed = withTimeout(config, options.timeoutSeconds);
    return withDispatcher({ config: timed }, context, async (dispatcher, signal) => {
      const tested = await deliverEach(dispatcher, testing, signal, (one) => {
        show(one, say, "no hook", nameOfInput, howItEnded);
      });
      const { logs, payloads, records } = hooksPaths(config.codex_home);
      say(`\nInvoked ${tested.flatMap((one) => one.runs).length} hook command(s).`);
      conclude(testing, tested, [
        ["Logs", logs],
        ["Payloads", payloads],
        ["Records", records],
      ]);
      const report = { ...asJson(testing, tested), logs, payloads, records };
      return { code: exitCode(signal, tested.some(hasFailure) ? 1 : 0), report };
    });
  },
};

/** A payload that is too large for stdin is in a file, which an envelope on stdin names. */
function nameOfInput({ in_file }: TestedRun): string {
  return in_file ? "stdin, in a file" : "stdin";
}

/** `exit=0` as the original spelled it, and what that means when it is not plain. */
function howItEnded({ end }: HookReply): string {
  const exit = end.exit_code === null ? undefined : `exit=${end.exit_code}`;
  if (end.outcome === "ok") return exit ?? end.outcome;
  return exit ? `${exit} (${end.outcome})` : end.outcome;
}

function asJson({ config }: Testing, tested: readonly Tested[]): object {
  const runs = runsAsJson(tested, "stdin");
  return {
    configured: true,
    events: tested.map((one) => one.example.name),
    invoked: runs.length,
    runs,
    not_reached: notReached(config, tested).map((hook) => hook.id),
    problems: config.problems,
  };
}
