import {
  type Alias,
  defaultName,
  type EventFacts,
  eventNames,
  findEvent,
  findRetired,
  OUTSIDE_THE_CATALOGUE,
} from "@xcodex/hooks-schema";
import { EVERY_EVENT, type Hook } from "../contracts.ts";
import { nearest } from "./nearest.ts";
import { type Problems, quote } from "./problems.ts";
import type { TomlEntry } from "./toml.ts";

/** What the key of a hook says about the event that it is for. */
export interface EventKey {
  /** As written. */
  readonly key: string;
  /** Canonical type, or the key itself outside the catalogue. */
  readonly event_type: string;
  /** Absent outside the catalogue. */
  readonly facts?: EventFacts;
  /** How the key narrows the event. */
  readonly narrowed: Pick<Hook, "tools" | "where">;
}

/** Every name that can be a key without a complaint. */
export function acceptedNames(): readonly string[] {
  return [...eventNames(), ...OUTSIDE_THE_CATALOGUE];
}

/** Whether a key is known to name an event, by a name that is refused too. */
export function namesEvent(key: string): boolean {
  return findEvent(key) !== undefined || findRetired(key) !== undefined || OUTSIDE_THE_CATALOGUE.includes(key);
}

/**
 * Finds the event that a key is for. A retired name is a problem and has no event (seed 004), and so is `*`: it must not become a
 * hook for every event. A name that nobody knows is a problem too, because it is most often a typing mistake, and still has one: an
 * agent may send exactly this name (DESIGN section 4).
 */
export function readEventKey({ key, at }: TomlEntry, path: string, problems: Problems): EventKey | undefined {
  const found = findEvent(key);
  if (found) {
    return { key, event_type: found.facts.type, facts: found.facts, narrowed: narrowedBy(found.alias) };
  }
  const retired = findRetired(key);
  if (retired) {
    const name = newNameOf(retired);
    const text = `Cannot use ${path}: the event ${quote(key)} was renamed before it was released. Write ${quote(name)} instead.`;
    problems.error("retired_event", at, text, name);
    return undefined;
  }
  if (key === EVERY_EVENT) {
    const text = `Cannot find the event of ${path}: ${quote(key)} is the name of none. Name every event that you want.`;
    problems.error("unknown_event", at, text);
    return undefined;
  }
  if (!OUTSIDE_THE_CATALOGUE.includes(key)) {
    const text = `Cannot find the event of ${path}: ${quote(key)} is not in the catalogue. It runs only if an agent sends exactly this name.`;
    problems.error("unknown_event", at, text, nearest(key, acceptedNames()));
  }
  return { key, event_type: key, narrowed: {} };
}

function narrowedBy(alias: Alias | undefined): EventKey["narrowed"] {
  return { ...(alias?.tools ? { tools: alias.tools } : {}), ...(alias?.implies ? { where: alias.implies } : {}) };
}

/** The name that took a retired one's place: the Claude-style name, spelled as a key (seed 004, `turn_end` became `stop`). */
function newNameOf(facts: EventFacts): string {
  const name = (facts.claude ?? "").replace(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase();
  return findEvent(name)?.facts === facts ? name : facts.snake;
}

/** What a hook finds in `hook_event_name` when its surface does not keep the key (DESIGN section 4). */
export function nameOnTheWire({ key, facts }: EventKey): string {
  return facts ? defaultName(facts) : key;
}

/** No event has a name of more parts (`tool.execute.before`). */
const MOST_PARTS = 3;

/**
 * The name that someone wrote with dots and without quotes: TOML reads `session.start = …` as a table `session` with a key
 * `start`. Undefined when the tables spell no event.
 */
export function unquotedName({ key, value }: Pick<TomlEntry, "key" | "value">, parts = 2): string | undefined {
  if (value.kind !== "table" || parts > MOST_PARTS) return undefined;
  for (const inner of value.entries.values()) {
    const name = `${key}.${inner.key}`;
    const found = findEvent(name) ? name : unquotedName({ key: name, value: inner.value }, parts + 1);
    if (found) return found;
  }
  return undefined;
}
