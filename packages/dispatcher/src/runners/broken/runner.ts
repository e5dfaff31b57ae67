import type { BrokenHook, HookReply, Launcher, Runner, RunnerTools, Subject } from "../../contracts.ts";
import { failedReply, NO_TIME, silentReply } from "../replies.ts";

/** Hooks that cannot be used as they are configured, and have to stop what they guard: each of their deliveries has failed. */
export function brokenRunner({ launcher }: RunnerTools): Runner {
  return {
    deliver: ({ plan, subject, hooks, onReply }) => {
      for (const hook of hooks) {
        if (hook.runner !== "broken") continue;
        const reply = plan.gate ? failed(hook) : silentReply(hook, NO_TIME);
        if (plan.gate) record(launcher, reply, subject);
        // Callers must have their hands free before they hear of an end.
        if (onReply) setImmediate(() => onReply(reply));
      }
    },
  };
}

function failed(hook: BrokenHook): HookReply {
  const { file, line } = hook.problem.origin;
  const message = `${hook.problem.message} See ${file}:${line}.`;
  return failedReply(hook, { outcome: "not_started", code: "misconfigured", message }, NO_TIME);
}

function record(launcher: Launcher, { hook, end }: HookReply, { timestamp: _, cwd: __, ...facts }: Subject): void {
  const { run_id, outcome, code = outcome, message = "" } = end;
  const { id, surface, origin } = hook;
  const place = `${origin.file}:${origin.line}`;
  const at = new Date().toISOString();
  launcher.note({ schema_version: 1, at, run_id, ...facts, hook: id, surface, origin: place, outcome, code, message });
}
