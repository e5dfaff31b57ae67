/** Hooks of hooks.toml that an event names and that do not run: `[hooks] debug = true` has them recorded (seed 003, "Debug Mode"). */
import { type AnyEvent, findEvent, matchCandidates } from "@xcodex/hooks-schema";
import type { AgentContext, Config, Hook } from "../contracts.ts";
import { failedCondition, type Rule, refusalOf } from "./rules.ts";

/** A hook, the rule that said no, and the same in words. */
export interface Skipped {
  readonly hook: Hook;
  readonly code: Rule | "disabled";
  readonly message: string;
}

/** All of them, those that are switched off last; none unless the file asks for it. What the event says is not in the words. */
export function skippedHooks(config: Config, event: AnyEvent, context: AgentContext = {}): readonly Skipped[] {
  if (!config.hooks_toml?.debug) return [];
  const names = matchCandidates(event, findEvent(event.xcodex_event_type)?.facts);
  const isMeant = ({ surface, event_type }: Hook): boolean =>
    surface === "hooks-toml" && event_type === event.xcodex_event_type;
  const refused = config.hooks.filter(isMeant).flatMap((hook): Skipped[] => {
    const code = refusalOf(hook, { event, names, context });
    return code === undefined ? [] : [said(hook, code, stateOf(hook, code, event, context))];
  });
  const off = config.disabled.filter(({ hook }) => isMeant(hook));
  return [...refused, ...off.map(({ hook, why }) => said(hook, "disabled", `it is switched off by ${why}`))];
}

function said(hook: Hook, code: Skipped["code"], state: string): Skipped {
  const { id, origin } = hook;
  const message = `Cannot run hook ${id} of ${origin.file}:${origin.line}: ${state}. Change that, or set debug = false to hear no more of it.`;
  return { hook, code, message };
}

function stateOf(hook: Hook, code: Rule, event: AnyEvent, context: AgentContext): string {
  switch (code) {
    case "tools":
      return `it is for ${hook.tools} tools, and this event's is none`;
    case "where":
      return `it is for events with ${JSON.stringify(hook.where)}, and this is none`;
    case "matcher":
      return `its matcher ${JSON.stringify(hook.matcher.source)} fits none of the tool's names`;
    case "condition": {
      const failed = failedCondition(hook.conditions ?? [], event, context);
      return `its condition ${JSON.stringify(failed?.name)} is not ${failed?.values.join(" or ")}`;
    }
  }
}
