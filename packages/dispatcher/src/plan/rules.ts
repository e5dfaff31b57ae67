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

/** The first rule that says no; undefined when the hook wants the event. */
export function refusalOf(hook: Hook, { event, names, context }: Wanted): Rule | undefined {
  return refusalByTool(hook, names) ?? refusalByEvent(hook, event, context);
}

/** What the tool alone decides: the same for every event of a type that has a tool of these names. */
export function refusalByTool({ tools, matcher }: Hook, names: readonly string[]): Rule | undefined {
  if (tools && !isToolOfKind(names, tools)) return "tools";
  return matcher.matches(names) ? undefined : "matcher";
}

/** What has to be looked up in each event. */
export function refusalByEvent({ where, conditions }: Hook, event: AnyEvent, context: AgentContext): Rule | undefined {
  if (where && !Object.entries(where).every(([field, value]) => event[field] === value)) return "where";
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
    return !isPlain(found) || !values.some((value) => String(value) === String(found));
  });
}

/** As it is written, so that `3` in a file fits "3" of a command line and the other way round. Lists and objects fit nothing. */
function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** What a condition is compared with: the agent's context first, then the event, by its path. Undefined when neither says it. */
export function conditionValue(name: string, event: AnyEvent, context: AgentContext): unknown {
  const said = Object.hasOwn(context, name) ? context[name] : undefined;
  return said ?? valueAt(event, name);
}

/** Whether a hook wants every event of its type, whatever its tool. */
export function isForEveryTool({ matcher, tools }: Hook): boolean {
  return matcher.source === "*" && !tools;
}

/** Whether nothing has to be looked up in an event. */
export function isUnconditional({ where, conditions }: Hook): boolean {
  return !where && !conditions;
}
