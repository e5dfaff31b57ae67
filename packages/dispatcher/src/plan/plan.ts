import { type AnyEvent, type EventFacts, findEvent, matchCandidates } from "@xcodex/hooks-schema";
import { type AgentContext, type Config, EVERY_EVENT, type Hook, type Plan } from "../contracts.ts";
import { isForEveryTool, isUnconditional, refusalByEvent, refusalByTool } from "./rules.ts";

/** Hooks of which some may want an event. */
interface Fitting {
  readonly hooks: readonly Hook[];
  /** Whether all of them want every such event: then there is nothing to compare. */
  readonly always: boolean;
}

/** The hooks that may want an event of one type. */
interface Candidates extends Fitting {
  /** Those that fit a tool, by its names: worked out once per tool, for a thousand hooks take a thousand comparisons. */
  readonly byTool: Map<string, Fitting>;
}

/** Tools that are remembered per type of event. Their names come from the agent, so there may be any number. */
const MOST_TOOLS = 1024;

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
  return {
    event,
    gate: facts?.gate ?? false,
    ends_work: facts?.ends_work ?? false,
    hooks,
    ...(context ? { context } : {}),
  };
}

const NO_CONTEXT: AgentContext = {};

function wanted(
  candidates: Candidates,
  event: AnyEvent,
  facts: EventFacts | undefined,
  context: AgentContext = NO_CONTEXT,
): readonly Hook[] {
  if (candidates.always) return candidates.hooks;
  const { hooks, always } = fittingTool(candidates, matchCandidates(event, facts));
  if (always) return hooks;
  return oncePerTarget(hooks.filter((hook) => refusalByEvent(hook, event, context) === undefined));
}

function fittingTool({ hooks, byTool }: Candidates, names: readonly string[]): Fitting {
  const key = names.join("\n");
  const known = byTool.get(key);
  if (known) return known;
  const fitting = fittingOf(hooks.filter((hook) => refusalByTool(hook, names) === undefined));
  if (byTool.size >= MOST_TOOLS) byTool.clear();
  byTool.set(key, fitting);
  return fitting;
}

/** Without conditions, what is delivered once per target is decided already. */
function fittingOf(hooks: readonly Hook[]): Fitting {
  return hooks.every(isUnconditional) ? { hooks: oncePerTarget(hooks), always: true } : { hooks, always: false };
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
  const fitting = fittingOf(hooks);
  const always = fitting.always && hooks.every(isForEveryTool);
  // Of those with one target, which one is the first depends on the tool.
  return { always, hooks: always ? fitting.hooks : hooks, byTool: new Map() };
}
