import type { HookEventBase } from "./base.ts";
import * as registry from "./events/index.ts";
import type { Alias, EventFacts, EventOf } from "./facts.ts";

/** Every event of the catalogue: a union told apart by `xcodex_event_type`. */
export type HookEvent = EventOf<(typeof registry)[keyof typeof registry]>;

/** Canonical type of an event of the catalogue. */
export type HookEventType = HookEvent["xcodex_event_type"];

/** An event as the dispatcher carries it: the base fields are there, anything else may be. */
export type AnyEvent = HookEventBase & { [field: string]: unknown };

/** What an agent hands over: an event of the catalogue without the fields that are filled in by the dispatcher. */
export type HookEventInput = HookEvent extends infer E
  ? E extends HookEvent
    ? Omit<E, keyof HookEventBase> & Pick<E, "xcodex_event_type" | "session_id" | "cwd"> & Partial<HookEventBase>
    : never
  : never;

/** Facts of all events, in the order of a session's life. */
export const CATALOGUE: readonly EventFacts[] = Object.values<EventFacts>(registry).sort((a, b) => a.order - b.order);

/** An event of the catalogue as found by one of its names. */
export interface Found {
  readonly facts: EventFacts;
  /** The alias it was found by, when that says more than the event's type. */
  readonly alias?: Alias;
}

/** What was looked for and found before: a dispatcher and a host see the same few names again and again. */
const known = new Map<string, Found>();

/**
 * Finds an event by any name it is known by: canonical, snake, Claude-style or another agent's. Case counts; white space around the
 * name (that of JSON: space, tab, line breaks) does not. Undefined for a name outside the catalogue.
 */
export function findEvent(name: string): Found | undefined {
  return known.get(name) ?? findExactly(name) ?? findExactly(trimmed(name));
}

/** One after the other, and not by an index of all names: a hook that is started for one event looks for one. */
function findExactly(name: string): Found | undefined {
  for (const facts of CATALOGUE) {
    const alias = facts.aliases.find((other) => other.name === name);
    if (!alias && name !== facts.type && name !== facts.snake && name !== facts.claude) continue;
    const found: Found = alias ? { facts, alias } : { facts };
    known.set(name, found);
    return found;
  }
  return undefined;
}

/** Not `trim`: what else is white space, every language has its own opinion on. Not a pattern: those take long on long texts. */
function trimmed(name: string): string {
  const isSpace = (at: number): boolean => " \t\r\n".includes(name.charAt(at));
  let [start, end] = [0, name.length];
  while (start < end && isSpace(start)) start++;
  while (start < end && isSpace(end - 1)) end--;
  return name.slice(start, end);
}

/** Every accepted name of every event, for "did you mean". @throws Error when two events have one name */
export function eventNames(): readonly string[] {
  const names = new Map<string, EventFacts>();
  for (const facts of CATALOGUE) {
    const ours = [facts.type, facts.snake, facts.claude, ...facts.aliases.map((alias) => alias.name)];
    for (const name of ours.filter((one) => one !== undefined)) {
      const taken = names.get(name) ?? facts;
      if (taken !== facts)
        throw new Error(`Cannot name two events "${name}": ${taken.type} and ${facts.type}. Rename one.`);
      names.set(name, facts);
    }
  }
  return [...names.keys()];
}

/** The event that a name which was never accepted stands for (seed 004: `turn_start` became `user_prompt_submit`). */
export function findRetired(name: string): EventFacts | undefined {
  return CATALOGUE.find((facts) => facts.retired.includes(name));
}

/** The name that a hook finds in `hook_event_name` unless its own key says otherwise (DESIGN section 4). */
export function defaultName(facts: EventFacts): string {
  return facts.claude ?? facts.type;
}

/**
 * Names of events that agents really fire and that are outside the catalogue. Hooks may be configured for them without a
 * warning; they are delivered under exactly these names.
 */
export const OUTSIDE_THE_CATALOGUE: readonly string[] = [
  // Codex
  "PostCompact",
  "Interrupt",
  // Claude Code
  "PostToolBatch",
  "PermissionDenied",
  "UserPromptExpansion",
  "StopFailure",
  "PreModelSwitch",
  "PostModelSwitch",
  "Setup",
  "TeammateIdle",
  "TaskCreated",
  "TaskCompleted",
  "Elicitation",
  "ElicitationResult",
  "ConfigChange",
  "InstructionsLoaded",
  "WorktreeCreate",
  "WorktreeRemove",
  "CwdChanged",
  "FileChanged",
  "DirectoryAdded",
  "MessageDisplay",
  // Gemini CLI
  "BeforeToolSelection",
];
