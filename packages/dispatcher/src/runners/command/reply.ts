import type { Hook, HookReply, Reply, RunEnd } from "../../contracts.ts";

/** What the end of a command says (seed 004): exit 2 of a hook that may gate blocks, with its stderr as the reason. */
export function replyOf(hook: Hook, end: RunEnd): HookReply {
  return { hook, end, reply: read(hook, end) };
}

function read(hook: Hook, end: RunEnd): Reply {
  switch (end.outcome) {
    case "ok":
    case "skipped":
      return { kind: "silent" };
    case "blocked":
      return { kind: "blocked", reason: end.stderr || `Hook ${hook.id} blocked this and gave no reason.` };
    default:
      return {
        kind: "failed",
        code: end.code ?? end.outcome,
        message: end.message ?? `Hook ${hook.id}: ${end.outcome}.`,
      };
  }
}
