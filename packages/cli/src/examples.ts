import type { Config, Hook } from "@xcodex/hooks-dispatcher";
import { EVERY_EVENT, nearest } from "@xcodex/hooks-dispatcher";
import {
  CATALOGUE,
  type EventFacts,
  eventNames,
  findEvent,
  isToolOfKind,
  matchCandidates,
  OUTSIDE_THE_CATALOGUE,
  type ToolKind,
} from "@xcodex/hooks-schema";
import { CliError } from "./errors.ts";
import { callOfKind } from "./tool-examples.ts";

/** An event to test hooks with. */
export interface Example {
  /** Its name for `--event`: the canonical type, and a suffix where an event has several examples. */
  readonly name: string;
  readonly event_type: string;
  /** The fields that are the event's own. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The examples of the whole catalogue, in its order; with them one for every kind of tool that a hook is for and no example has; and
 * one without fields for every event outside the catalogue that has a hook.
 */
export function allExamples(config: Config): readonly Example[] {
  const named = config.hooks.map((hook) => hook.event_type).filter((type) => type !== EVERY_EVENT);
  const outside = new Set(named.filter((type) => !findEvent(type)));
  return [...CATALOGUE.flatMap((facts) => examplesWithKinds(facts, config)), ...[...outside].map(bare)];
}

function examplesWithKinds(facts: EventFacts, { hooks }: Config): readonly Example[] {
  const wanted = hooks.flatMap(({ event_type, tools }) => (event_type === facts.type && tools ? [tools] : []));
  return [...new Map([...examplesOf(facts), ...wanted.flatMap((kind) => ofKind(facts, kind))].map(byName)).values()];
}

function byName(example: Example): readonly [string, Example] {
  return [example.name, example];
}

/** The examples of an event whose tool is of a kind: those of the catalogue, else one that is made of its first. */
function ofKind(facts: EventFacts, kind: ToolKind): readonly Example[] {
  const all = examplesOf(facts);
  const found = all.filter(({ fields }) => isToolOfKind(matchCandidates(fields, facts), kind));
  const [first] = all;
  if (found.length > 0 || !first) return found;
  return [{ ...first, name: `${facts.type}-${kind}`, fields: callOfKind(kind, first.fields) }];
}

/**
 * The examples that names stand for, each once: an example's own name, or any name of an event for all of its examples. A name that is
 * for one kind of tool, such as `patch.before`, stands for those of that kind.
 *
 * @throws CliError `unknown_event`
 */
export function examplesNamed(names: readonly string[], config: Config): readonly Example[] {
  const all = allExamples(config);
  return [...new Map(names.flatMap((name) => examplesFor(name, all)).map(byName)).values()];
}

function examplesFor(name: string, all: readonly Example[]): readonly Example[] {
  const known = findEvent(name);
  if (known?.alias?.tools) return ofKind(known.facts, known.alias.tools);
  const type = known?.facts.type ?? name;
  const found = all.filter((example) => example.name === name || example.event_type === type);
  if (found.length > 0) return found;
  if (OUTSIDE_THE_CATALOGUE.includes(name)) return [bare(name)];
  const near = nearest(name, [...all.map((example) => example.name), ...eventNames(), ...OUTSIDE_THE_CATALOGUE]);
  const events = all.map((example) => example.name).join(", ");
  throw new CliError(
    "unknown_event",
    `Cannot find the event "${name}": there is no such event.${near ? ` Did you mean "${near}"?` : ""} Events: ${events}.`,
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
