import { type AnyEvent, type EventFacts, findEvent, isToolOfKind, matchCandidates } from "@xcodex/hooks-schema";
import type { Config, Hook, Plan } from "../contracts.ts";

/** Hooks by the event they are for, so that a plan never looks at hooks of other events. */
type Index = ReadonlyMap<string, readonly Hook[]>;

const indexes = new WeakMap<Config, Index>();
const NO_HOOKS: readonly Hook[] = [];

/**
 * Which hooks run for an event, in the configuration's order. Pure. The event must be complete (`completeEvent`). An event
 * outside the catalogue runs the hooks that are configured under exactly its name.
 */
export function planFor(config: Config, event: AnyEvent): Plan {
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const candidates = indexOf(config).get(event.xcodex_event_type) ?? NO_HOOKS;
  return {
    event,
    gate: facts?.gate ?? false,
    hooks: candidates.length === 0 ? NO_HOOKS : wanted(candidates, event, facts),
  };
}

function wanted(hooks: readonly Hook[], event: AnyEvent, facts: EventFacts | undefined): readonly Hook[] {
  const names = matchCandidates(event, facts);
  return hooks.filter((hook) => isNarrowedTo(hook, event, names) && hook.matcher.matches(names));
}

function isNarrowedTo({ tools, where }: Hook, event: AnyEvent, names: readonly string[]): boolean {
  if (tools && !isToolOfKind(names, tools)) return false;
  return !where || Object.entries(where).every(([field, value]) => event[field] === value);
}

function indexOf(config: Config): Index {
  const known = indexes.get(config);
  if (known) return known;
  const index = new Map<string, Hook[]>();
  for (const hook of config.hooks) {
    const hooks = index.get(hook.event_type);
    if (hooks) hooks.push(hook);
    else index.set(hook.event_type, [hook]);
  }
  indexes.set(config, index);
  return index;
}
