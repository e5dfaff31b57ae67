import { randomUUID } from "node:crypto";
import type { CommandRun, Delivery, Hook, Launcher, RunEnd, Runner } from "../../contracts.ts";
import { eventEnv } from "./env.ts";
import { replyOf } from "./reply.ts";

/** Delivers to spawned commands: one job per event, handed to the launcher. */
export function commandRunner(launcher: Launcher): Runner {
  return { deliver: (delivery) => deliver(launcher, delivery) };
}

function deliver(launcher: Launcher, { plan, subject, hooks, book, onReply, wait }: Delivery): void {
  const byRun = new Map<string, Hook>();
  const runs = hooks.map((hook): CommandRun => {
    const run_id = randomUUID();
    byRun.set(run_id, hook);
    return {
      run_id,
      hook_id: hook.id,
      surface: hook.surface,
      origin: hook.origin,
      command: hook.command,
      timeout_ms: hook.timeout_ms,
      payload: book.indexOf(hook),
      env: { CODEX_EVENT_TYPE: hook.key },
      lane: hook.mode === "sync" ? "gate" : "observe",
      blocks: hook.may_gate && plan.gate,
    };
  });
  const { timestamp: _, ...facts } = subject;
  const job = { ...facts, payloads: book.payloads, env: eventEnv(plan.event, subject), runs };
  const onEnd = (end: RunEnd): void => {
    const hook = byRun.get(end.run_id);
    if (hook) onReply?.(replyOf(hook, end));
  };
  launcher.launch(job, onReply && onEnd, wait);
}
