/** In which order the hooks of hooks.toml run (seed 003, "Hook Priorities"). */
import type { Hook } from "../../contracts.ts";

/** Highest first. */
export const PRIORITIES = ["high", "normal", "low"] as const;

/**
 * High before normal before low, and as they stand in the file within a priority. Hooks of one event get stages where they have to wait
 * for each other: one per priority that occurs, or, without `parallel_execution`, one per hook.
 */
export function inOrder(
  hooks: readonly Hook[],
  { parallel_execution }: { readonly parallel_execution: boolean },
): readonly Hook[] {
  const sorted = [...hooks].sort((a, b) => rankOf(a) - rankOf(b));
  const stages = new Map<Hook, number>();
  for (const group of byEvent(sorted)) {
    const ranks = [...new Set(group.map(rankOf))];
    if ((parallel_execution ? ranks : group).length < 2) continue;
    for (const [index, hook] of group.entries()) {
      stages.set(hook, parallel_execution ? ranks.indexOf(rankOf(hook)) : index);
    }
  }
  return sorted.map((hook) => {
    const stage = stages.get(hook);
    return stage === undefined ? hook : { ...hook, stage };
  });
}

/** Only hooks of the same event can wait for each other. */
function byEvent(hooks: readonly Hook[]): Iterable<readonly Hook[]> {
  const groups = new Map<string, Hook[]>();
  for (const hook of hooks) {
    const group = groups.get(hook.event_type);
    if (group) group.push(hook);
    else groups.set(hook.event_type, [hook]);
  }
  return groups.values();
}

function rankOf({ priority = "normal" }: Hook): number {
  return PRIORITIES.indexOf(priority);
}
