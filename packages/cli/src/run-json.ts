import type { HookReply } from "@xcodex/hooks-dispatcher";

/** One run of one hook, as every `--json` says it. */
export function runAsJson({ hook, end }: Pick<HookReply, "hook" | "end">): object {
  return {
    hook: hook.id,
    outcome: end.outcome,
    exit_code: end.exit_code,
    duration_ms: end.duration_ms,
    ...(end.code === undefined ? {} : { code: end.code }),
    ...(end.message === undefined ? {} : { message: end.message }),
    ...(end.log === undefined ? {} : { log: end.log }),
  };
}
