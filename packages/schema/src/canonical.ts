import { AGENTS } from "./agents.ts";
import { type Found, findEvent } from "./catalogue.ts";
import type { EventFacts } from "./facts.ts";
import { addOwnWords, fromLifecycle, isLifecycle } from "./from-lifecycle.ts";
import { SPELLED_BASE } from "./spelled.ts";
import { follow } from "./value-at.ts";

/** A payload of any wire and any agent, in our words. */
export interface Canonical {
  /** The event, when it is in the catalogue. */
  readonly found: Found | undefined;
  /** Canonical type, or the name as it was sent for an event outside the catalogue; "" when the payload names none. */
  readonly type: string;
  /** Name of the agent, when it is known. */
  readonly agent: string | undefined;
  /** True when the payload is none of ours: fields that only the dispatcher fills in are not to be expected. */
  readonly foreign: boolean;
  /** True on the `lifecycle` wire: it has no `cwd`, and its name is how a hook is configured and tells nothing of the agent. */
  readonly lifecycle: boolean;
  /** The fields in our names. Nothing is lost: what has no name of ours keeps its own. */
  readonly fields: Record<string, unknown>;
}

/**
 * Says in our words what a payload says in its own (DESIGN section 8): hyphens become underscores on the `kebab` wire, the
 * two objects of the `lifecycle` wire become one, the event is found by `xcodex_event_type`, else `type`, else `hook_event_name`, and fields that an agent spells differently are there
 * under our names too. Values are not looked at. Pure; never throws.
 *
 * @param payload an object, as parsed from JSON
 * @param event name of the event, for payloads that do not say it
 */
export function canonical(payload: Readonly<Record<string, unknown>>, event?: string): Canonical {
  const lifecycle = !isKebab(payload) && isLifecycle(payload) ? fromLifecycle(payload) : undefined;
  const fields = lifecycle?.fields ?? (isKebab(payload) ? fromKebab(payload) : { ...payload });
  const [found, name] = identify(fields, event);
  if (lifecycle) addOwnWords(lifecycle, found?.facts);
  for (const [ours, theirs] of spellings(found?.facts)) {
    if (fields[ours] !== undefined) continue;
    const value = firstAt(fields, theirs);
    if (value !== undefined) fields[ours] = value;
  }
  const implied = found?.alias?.implies;
  if (implied) for (const [field, value] of Object.entries(implied)) fields[field] ??= value;
  return {
    found,
    type: found?.facts.type ?? name,
    agent: agentOf(fields, found, lifecycle !== undefined),
    foreign: fields.schema_version === undefined,
    lifecycle: lifecycle !== undefined,
    fields,
  };
}

function isKebab(payload: Readonly<Record<string, unknown>>): boolean {
  return "schema-version" in payload || ("event-id" in payload && "type" in payload);
}

function fromKebab(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Not by assignment: a key may be `__proto__`.
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [fromKebabKey(key, payload), value]),
  );
  if (fields.xcodex_event_type === undefined && typeof fields.type === "string") {
    fields.xcodex_event_type = fields.type;
    delete fields.type;
  }
  return fields;
}

/** Of a key in both spellings the one with underscores counts, wherever it stands; the other one stays as it is. */
function fromKebabKey(key: string, payload: Readonly<Record<string, unknown>>): string {
  const snake = key.replaceAll("-", "_");
  return Object.hasOwn(payload, snake) ? key : snake;
}

/** Our name of a field and the paths under which others have it. */
type Spelling = readonly [ours: string, theirs: readonly (readonly string[])[]];

/** Worked out once per event: this stands on the agent's own thread. */
const known = new Map<EventFacts | undefined, readonly Spelling[]>();

function spellings(facts: EventFacts | undefined): readonly Spelling[] {
  const before = known.get(facts);
  if (before) return before;
  const all = Object.entries({ ...SPELLED_BASE, ...facts?.spelled }).map(
    ([ours, theirs]): Spelling => [ours, theirs.map((path) => path.split("."))],
  );
  known.set(facts, all);
  return all;
}

function identify(fields: Readonly<Record<string, unknown>>, event?: string): readonly [Found | undefined, string] {
  const { xcodex_event_type: canonicalType, type, hook_event_name: hookEventName } = fields;
  // `PostToolUseFailure` says more than the canonical type beside it, so a name with an alias is looked for first.
  const said = named(hookEventName) ? findEvent(hookEventName) : undefined;
  let first = "";
  for (const name of [event, canonicalType, type, hookEventName]) {
    if (!named(name)) continue;
    first ||= name;
    const found = findEvent(name);
    if (found) return [said?.alias && said.facts === found.facts ? said : found, name];
  }
  return [undefined, first];
}

function named(name: unknown): name is string {
  return typeof name === "string" && name !== "";
}

function agentOf(
  fields: Readonly<Record<string, unknown>>,
  found: Found | undefined,
  lifecycle: boolean,
): string | undefined {
  const { agent, transcript_path: transcript } = fields;
  if (typeof agent === "object" && agent !== null && "name" in agent && typeof agent.name === "string")
    return agent.name;
  if (fields.schema_version !== undefined) return undefined;
  if (found?.alias?.agent && !lifecycle) return found.alias.agent;
  if (typeof transcript !== "string") return undefined;
  return AGENTS.find((signs) => transcript.replaceAll("\\", "/").includes(signs.transcripts))?.name;
}

function firstAt(fields: Readonly<Record<string, unknown>>, paths: readonly (readonly string[])[]): unknown {
  for (const path of paths) {
    const value = follow(fields, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}
