import { findEvent } from "@xcodex/hooks-schema";
import type { Hook } from "../../contracts.ts";
import type { Problems } from "../problems.ts";

/**
 * Says of hooks that may stop the agent, and with it hold it up, when they wait for hooks that only look on: a slow one of those then
 * delays every decision. They run all the same: the file says so.
 *
 * @param hooks in order, with their stages
 */
export function reportWaiting(hooks: readonly Hook[], problems: Problems): void {
  for (const guard of hooks) {
    const observer = isGuard(guard) ? hooks.find((hook) => isWaitedFor(hook, guard)) : undefined;
    if (observer === undefined) continue;
    const { line, column = 1 } = guard.origin;
    const text = `Cannot decide at once with the hook of line ${line}: it waits for the one of line ${observer.origin.line}, which only looks on and comes first, and the agent waits with it. Give the hook that decides the higher priority.`;
    problems.warning("waits_for_observer", { line, column }, text);
  }
}

function isGuard({ event_type, may_gate, stage }: Hook): boolean {
  return may_gate && stage !== undefined && findEvent(event_type)?.facts.gate === true;
}

function isWaitedFor({ event_type, mode, stage = 0 }: Hook, guard: Hook): boolean {
  return event_type === guard.event_type && mode === "async" && stage < (guard.stage ?? 0);
}
