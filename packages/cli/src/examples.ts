import type { Config, Hook } from "@xcodex/hooks-dispatcher";
import { EVERY_EVENT, nearest } from "@xcodex/hooks-dispatcher";
import { CATALOGUE, type EventFacts, eventNames, findEvent, OUTSIDE_THE_CATALOGUE } from "@xcodex/hooks-schema";
import { CliError } from "./errors.ts";

/** An event to test hooks with. */
export interface Example {
  /** Its name for `--event`: the canonical type, and a suffix where an event has several examples. */
  readonly name: string;
  readonly event_type: string;
  /** The fields that are the event's own. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The examples of the whole catalogue, in its order, and one without fields for every event outside it that has a hook.
 */
export function allExamples(config: Config): readonly Example[] {
  const named = config.hooks.map((hook) => hook.event_type).filter((type) => type !== EVERY_EVENT);
  const outside = new Set(named.filter((type) => !findEvent(type)));
  return [...CATALOGUE.flatMap(examplesOf), ...[...outside].map(bare)];
}

/**
 * The examples that names stand for, each once: an example's own name, or any name of an event for all of its examples.
 *
 * @throws CliError `unknown_event`
 */
export function examplesNamed(names: readonly string[], config: Config): readonly Example[] {
  const all = allExamples(config);
  return [...new Set(names.flatMap((name) => examplesFor(name, all)))];
}

function examplesFor(name: string, all: readonly Example[]): readonly Example[] {
  const type = findEvent(name)?.facts.type ?? name;
  const found = all.filter((example) => example.name === name || example.event_type === type);
  if (found.length > 0) return found;
  if (OUTSIDE_THE_CATALOGUE.includes(name)) return [bare(name)];
  const near = nearest(name, [...all.map((example) => example.name), ...eventNames(), ...OUTSIDE_THE_CATALOGUE]);
  const known = all.map((example) => example.name).join(", ");
  throw new CliError(
    "unknown_event",
    `Cannot find the event "${name}": there is no such event.${near ? ` Did you mean "${near}"?` : ""} Events: ${known}.`,
  );
}

function examplesOf({ type, examples }: EventFacts): readonly Example[] {
  return Object.entries(examples).map(([suffix, fields]) => ({
    name: suffix === "" ? type : `${type}-${suffix}`,
    event_type: type,
    fields: fields as Readonly<Record<string, unknown>>,
  }));
}

function bare(type: string): Example {
  return { name: type, event_type: type, fields: {} };
}

/** Whether some hook is for the event of an example. Its matcher may still not fit. */
export function isWanted({ event_type }: Example, { hooks }: Config): boolean {
  return hooks.some((hook) => hook.event_type === event_type || hook.event_type === EVERY_EVENT);
}

/** The hooks that examples were meant for and that none of them reached. */
export function unreached(config: Config, examples: readonly Example[], reached: ReadonlySet<string>): readonly Hook[] {
  const types = new Set(examples.map((example) => example.event_type));
  return config.hooks.filter((hook) => types.has(hook.event_type) && !reached.has(hook.id));
}
