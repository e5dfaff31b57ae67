/** What is carried out by the launcher: commands, webhooks, tools. All that one event starts is one job, so that its stages keep their order. */
import { randomUUID } from "node:crypto";
import type {
  Delivery,
  Hook,
  HookReply,
  Launcher,
  Payload,
  PayloadBook,
  Reply,
  Run,
  RunBase,
  RunEnd,
  Runner,
  RunnerTools,
} from "../contracts.ts";
import { eventEnv } from "./event-env.ts";

/** A run but for what is the same for all kinds. */
export type Target<R extends Run> = Omit<R, Exclude<keyof RunBase, "ordered" | "payload">> & {
  /** The hook's payload, when it is sent one; encoded once per event, whoever asks. */
  readonly sends?: Payload;
};

/** What a target is made from. */
export interface TargetSource {
  readonly delivery: Delivery;
  readonly book: PayloadBook;
  readonly env: NodeJS.ProcessEnv;
}

/** One kind of hooks that the launcher carries out: what is to be done for one event. Throws what cannot be encoded or filled in. */
export interface Launched<H extends Hook> {
  readonly target: (hook: H, source: TargetSource) => Target<Run>;
}

/** The kinds, by the `runner` of their hooks. */
export type LaunchedKinds = Readonly<Record<string, Launched<never>>>;

/** Delivers to the launcher: one job per event. */
export function launchedRunner({ launcher, env }: RunnerTools, kinds: LaunchedKinds): Runner {
  launcher.prepare();
  return { deliver: (delivery) => deliver(launcher, kinds, delivery, env) };
}

function deliver(launcher: Launcher, kinds: LaunchedKinds, delivery: Delivery, env: NodeJS.ProcessEnv): void {
  const { plan, subject, hooks, book, onReply, wait } = delivery;
  const byRun = new Map<string, Hook>();
  const payloads: Payload[] = [];
  const runs = hooks.flatMap((hook): Run[] => {
    const kind = kinds[hook.runner] as Launched<Hook> | undefined;
    if (kind === undefined) return [];
    const { sends, ...target } = kind.target(hook, { delivery, book, env });
    const run_id = randomUUID();
    byRun.set(run_id, hook);
    const payload = sends && { payload: indexIn(payloads, sends) };
    return [{ ...target, ...payload, ...baseOf(hook, run_id, hook.may_gate && plan.gate) } as Run];
  });
  const { timestamp: _, ...facts } = subject;
  const onEnd = (end: RunEnd): void => {
    const hook = byRun.get(end.run_id);
    if (hook) onReply?.({ hook, end, reply: replyOf(hook, end) });
  };
  launcher.launch({ ...facts, payloads, env: eventEnv(plan.event, subject), runs }, onReply && onEnd, wait);
}

function baseOf(hook: Hook, run_id: string, blocks: boolean): Omit<RunBase, "payload" | "ordered"> {
  return {
    run_id,
    hook_id: hook.id,
    surface: hook.surface,
    origin: hook.origin,
    timeout_ms: hook.timeout_ms,
    lane: hook.mode === "sync" ? "gate" : "observe",
    blocks,
    ...(hook.stage === undefined ? {} : { stage: hook.stage }),
  };
}

/** Where a payload is in a job; it is added when it is not there yet. */
function indexIn(payloads: Payload[], payload: Payload): number {
  const at = payloads.indexOf(payload);
  return at >= 0 ? at : payloads.push(payload) - 1;
}

/** What the end of a run says: `blocked` stops the agent, with its own words as the reason (seed 004: those on stderr). */
function replyOf(hook: Hook, end: RunEnd): HookReply["reply"] {
  switch (end.outcome) {
    case "ok":
    case "skipped":
      return { kind: "silent" };
    case "blocked":
      return blocked(hook, end);
    default:
      return failed(hook, end);
  }
}

function blocked({ id }: Hook, { reason, stderr, halts }: RunEnd): Reply {
  const words = reason ?? (stderr || `Hook ${id} blocked this and gave no reason.`);
  return { kind: "blocked", reason: words, ...(halts ? { halts } : {}) };
}

function failed({ id }: Hook, { outcome, code = outcome, message = `Hook ${id}: ${outcome}.` }: RunEnd): Reply {
  return { kind: "failed", code, message };
}
