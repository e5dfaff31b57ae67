import { randomUUID } from "node:crypto";
import type {
  CommandHook,
  CommandRun,
  Delivery,
  Launcher,
  Payload,
  RunEnd,
  Runner,
  RunnerTools,
} from "../../contracts.ts";
import { eventEnv } from "./env.ts";
import { replyOf } from "./reply.ts";

/** Delivers to spawned commands: one job per event, handed to the launcher. */
export function commandRunner({ launcher }: RunnerTools): Runner {
  launcher.prepare();
  return { deliver: (delivery) => deliver(launcher, delivery) };
}

function deliver(launcher: Launcher, { plan, subject, hooks, book, onReply, wait }: Delivery): void {
  const byRun = new Map<string, CommandHook>();
  const payloads: Payload[] = [];
  const runs = hooks.filter(isCommand).map((hook): CommandRun => {
    const run_id = randomUUID();
    byRun.set(run_id, hook);
    return {
      run_id,
      hook_id: hook.id,
      surface: hook.surface,
      origin: hook.origin,
      command: hook.command,
      timeout_ms: hook.timeout_ms,
      payload: indexIn(payloads, book.payloadOf(hook)),
      env: { CODEX_EVENT_TYPE: hook.key },
      lane: hook.mode === "sync" ? "gate" : "observe",
      blocks: hook.may_gate && plan.gate,
    };
  });
  const { timestamp: _, ...facts } = subject;
  const job = { ...facts, payloads, env: eventEnv(plan.event, subject), runs };
  const onEnd = (end: RunEnd): void => {
    const hook = byRun.get(end.run_id);
    if (hook) onReply?.(replyOf(hook, end));
  };
  launcher.launch(job, onReply && onEnd, wait);
}

function isCommand(hook: Delivery["hooks"][number]): hook is CommandHook {
  return hook.runner === "command";
}

/** Where a payload is in a job; it is added when it is not there yet. */
function indexIn(payloads: Payload[], payload: Payload): number {
  const at = payloads.indexOf(payload);
  return at >= 0 ? at : payloads.push(payload) - 1;
}
