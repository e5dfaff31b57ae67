import { type AnyEvent, type EventFacts, findEvent, matchCandidates } from "@xcodex/hooks-schema";
import { type AgentContext, type Config, EVERY_EVENT, type Hook, type Plan } from "../contracts.ts";
import { isUnconditional, refusalOf } from "./rules.ts";

/** The hooks that may want an event of one type. */
interface Candidates {
  readonly hooks: readonly Hook[];
  /** Whether all of them want every event of this type: then there is nothing to compare. */
  readonly always: boolean;
}

/** Hooks by the event they are for, those for every event among them, so that a plan never looks at hooks of other events. */
interface Index {
  readonly byType: ReadonlyMap<string, Candidates>;
  /** For events that no hook names. */
  readonly others: Candidates;
}

const indexes = new WeakMap<Config, Index>();

/**
 * Which hooks run for an event, in the configuration's order. Pure. The event must be complete (`completeEvent`). An event
 * outside the catalogue runs the hooks that are configured under exactly its name, and those for every event.
 *
 * @param context what the agent says about its session, for conditions (seed 003)
 */
export function planFor(config: Config, event: AnyEvent, context?: AgentContext): Plan {
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const { byType, others } = indexOf(config);
  const candidates = byType.get(event.xcodex_event_type) ?? others;
  const hooks = wanted(candidates, event, facts, context);
  return { event, gate: facts?.gate ?? false, hooks, ...(context ? { context } : {}) };
}

const NO_CONTEXT: AgentContext = {};

function wanted(
  { hooks, always }: Candidates,
  event: AnyEvent,
  facts: EventFacts | undefined,
  context: AgentContext = NO_CONTEXT,
): readonly Hook[] {
  if (always) return hooks;
  const asked = { event, names: matchCandidates(event, facts), context };
  const fitting = hooks.filter((hook) => refusalOf(hook, asked) === undefined);
  return oncePerTarget(fitting);
}

/** The first of the hooks with the same target, and all that have none. */
function oncePerTarget(hooks: readonly Hook[]): readonly Hook[] {
  const seen = new Set<string>();
  return hooks.filter(({ target }) => {
    if (target === undefined) return true;
    const first = !seen.has(target);
    seen.add(target);
    return first;
  });
}

function indexOf(config: Config): Index {
  const known = indexes.get(config);
  if (known) return known;
  const types = new Set(config.hooks.map((hook) => hook.event_type));
  const forType = (type: string): Candidates =>
    candidatesOf(config.hooks.filter(({ event_type }) => event_type === type || event_type === EVERY_EVENT));
  const index = {
    byType: new Map([...types].filter((type) => type !== EVERY_EVENT).map((type) => [type, forType(type)])),
    others: forType(EVERY_EVENT),
  };
  indexes.set(config, index);
  return index;
}

function candidatesOf(hooks: readonly Hook[]): Candidates {
  return { hooks, always: hooks.every(isUnconditional) && oncePerTarget(hooks).length === hooks.length };
}
