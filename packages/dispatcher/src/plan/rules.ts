/** Why a hook of an event's type does not want this event. One reading for the plan and for whoever explains it. */
import { type AnyEvent, isToolOfKind, valueAt } from "@xcodex/hooks-schema";
import type { AgentContext, Condition, Hook } from "../contracts.ts";

/** What said no. */
export type Rule =
  /** The key is for tools of another kind (`exec.before`). */
  | "tools"
  /** The key is for events with other values (`PostToolUseFailure`). */
  | "where"
  /** The matcher, or the filter, does not fit the tool. */
  | "matcher"
  /** A condition does not hold. */
  | "condition";

/** The event, with what hooks are compared with. */
export interface Wanted {
  readonly event: AnyEvent;
  /** Names of its tool. */
  readonly names: readonly string[];
  readonly context: AgentContext;
}

/** The first rule that says no, in the order in which they are asked; undefined when the hook wants the event. */
export function refusalOf(hook: Hook, { event, names, context }: Wanted): Rule | undefined {
  const { tools, where, matcher, conditions } = hook;
  if (tools && !isToolOfKind(names, tools)) return "tools";
  if (where && !Object.entries(where).every(([field, value]) => event[field] === value)) return "where";
  if (!matcher.matches(names)) return "matcher";
  return conditions && failedCondition(conditions, event, context) ? "condition" : undefined;
}

/** The first condition that does not hold. */
export function failedCondition(
  conditions: readonly Condition[],
  event: AnyEvent,
  context: AgentContext,
): Condition | undefined {
  return conditions.find(({ name, values }) => {
    const found = conditionValue(name, event, context);
    return !values.some((value) => value === found || String(value) === found);
  });
}

/** What a condition is compared with: the agent's context first, then the event, by its path. Undefined when neither says it. */
export function conditionValue(name: string, event: AnyEvent, context: AgentContext): unknown {
  const said = Object.hasOwn(context, name) ? context[name] : undefined;
  return said ?? valueAt(event, name);
}

/** Whether a hook wants every event of its type. */
export function isUnconditional({ matcher, tools, where, conditions }: Hook): boolean {
  return matcher.source === "*" && !tools && !where && !conditions;
}
