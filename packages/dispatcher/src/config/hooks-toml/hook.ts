/** One `[[hooks.<category>]]` (seed 003, "Hook Definition"). */
import type { Condition, ConfigProblem, Hook, HookBase } from "../../contracts.ts";
import { brokenHook, hear, isRequired, saysDeny } from "../broken.ts";
import { type EventKey, readEventKey } from "../event-key.ts";
import { GATING_KEYS, type Gating, readGating, reportNoGate } from "../gating.ts";
import { ANY } from "../matcher.ts";
import { nearest } from "../nearest.ts";
import { collectProblems, describe, quote } from "../problems.ts";
import { readFlag, readTimeout, readWire } from "../settings.ts";
import type { TomlTable } from "../toml.ts";
import { CATEGORIES } from "./categories.ts";
import { readConditions } from "./conditions.ts";
import type { Globals } from "./globals.ts";
import { readText, readWord } from "./keys.ts";
import { PRIORITIES } from "./order.ts";
import type { Common, HookReading, HookType, Reading } from "./reading.ts";
import * as registry from "./types/index.ts";

/** Script first: hooks that do not say what they are, are one (seed 003's own examples). */
const TYPES: readonly HookType[] = [registry.script, registry.webhook, registry.mcpTool];

/** Keys of every hook, whatever its type. */
const KEYS: readonly string[] = [
  "event",
  "type",
  "description",
  "enabled",
  "timeout",
  "priority",
  "conditions",
  "payload",
  ...GATING_KEYS,
];

/** Where a hook stands. `number` counts from 1 in each category. */
export interface Placed {
  readonly category: string;
  readonly number: number;
  readonly table: TomlTable;
}

/** A hook, and why it is switched off, if it is. */
export interface ReadHook {
  readonly hook: Hook;
  readonly why: string | undefined;
}

/** Reads a hook; undefined after a problem was reported, unless the hook has to say yes: then one is in its place that says no. */
export function readHook(placed: Placed, globals: Globals, file: Reading): ReadHook | undefined {
  const { category, number, table } = placed;
  const what = `hook ${number} of hooks.${category}`;
  const { problems, firstError } = hear(file.problems);
  const entry = table.entries.get("enabled");
  const enabled = entry ? readFlag(entry, `enabled of ${what}`, problems) : true;
  const why = whyOff(enabled, placed, globals, file);
  const reading: HookReading = { ...file, problems, table, what, on: why === undefined };
  const type = readType(reading);
  reportKeys(type, reading);
  const wants = readWants(placed, reading);
  const common = readCommon(placed, wants, globals, reading);
  const wire = readPayload(reading);
  const hook = type?.read(reading, common, wire ?? undefined);
  const whole = globals.enabled_problem;
  const guard = whole && enabled !== false ? guardOf(placed, wants, whole, reading) : undefined;
  if (guard) return guard;
  if (hook && wire !== undefined && enabled !== undefined) return { hook: withName(hook), why };
  const first = firstError();
  return first && why === undefined ? guardOf(placed, wants, first, reading) : undefined;
}

/**
 * What stops the agent in the place of a hook that has to say yes and is not read at all, for a problem of what it stands in, such as a
 * category that there is not. Undefined where there is no such hook, or it is switched off. Reports nothing: the problem is reported.
 */
export function readGuard(
  placed: Placed,
  problem: ConfigProblem,
  globals: Globals,
  file: Reading,
): ReadHook | undefined {
  const { category, number, table } = placed;
  const own = table.entries.get("enabled")?.value;
  const off = own?.kind === "boolean" ? !own.value : !globals.enabled && !globals.enabled_problem;
  if (off) return undefined;
  const what = `hook ${number} of hooks.${category}`;
  const reading = { ...file, problems: collectProblems(file.file), table, what, on: false };
  return guardOf(placed, readWants(placed, reading), problem, reading);
}

/** What stops the agent in the place of a hook that cannot be used and has to say yes. */
function guardOf(
  placed: Placed,
  wants: Wants,
  problem: ConfigProblem,
  { table, file }: HookReading,
): ReadHook | undefined {
  const { event, tools, conditions } = wants;
  if (!event?.facts?.gate || !saysDeny(table, { required_waits: true })) return undefined;
  const { id, surface } = placeOf(placed, { file });
  const narrowed = { ...event.narrowed, ...tools };
  const entry = { id, surface, file, at: table.at, event: { ...event, narrowed }, required: isRequired(table) };
  const hook = brokenHook(entry, problem);
  return { hook: conditions?.length ? { ...hook, conditions } : hook, why: undefined };
}

/** `enabled = false of hooks.toml:12`, or that `enabled` says neither. */
function whyOff(own: boolean | undefined, { table }: Placed, globals: Globals, { file }: Reading): string | undefined {
  if (own === false) return `enabled = false of ${file}:${(table.entries.get("enabled") ?? table).at.line}`;
  if (globals.enabled) return undefined;
  const place = `${file}:${globals.enabled_at?.line ?? 1}`;
  return globals.enabled_problem ? `enabled of ${place} is neither true nor false` : `enabled = false of ${place}`;
}

/** The seed's payload says what the event is called as the hook does; other wires have names of their own. */
function withName(hook: Hook): Hook {
  return hook.wire === "lifecycle" ? { ...hook, hook_event_name: hook.key } : hook;
}

function readType(reading: HookReading): HookType | undefined {
  const names = TYPES.map(({ name }) => name);
  const name = readWord("type", names, "script", "unknown_type", reading);
  return TYPES.find((type) => type.name === name);
}

/** Reports keys that the hook must not have. Without a type, nobody knows more than that some type has them. */
function reportKeys(type: HookType | undefined, { table, what, problems }: HookReading): void {
  const own = type ? type.keys : TYPES.flatMap(({ keys }) => keys);
  const valid = [...KEYS, ...own];
  for (const { key, at } of table.entries.values()) {
    if (valid.includes(key)) continue;
    const other = TYPES.find(({ keys }) => keys.includes(key));
    if (type && other) {
      const text = `Cannot use ${quote(key)} in ${what}: only hooks of type ${quote(other.name)} have it, and this one is of type ${quote(type.name)}. Change its type, or remove the key.`;
      problems.error("unknown_key", at, text);
    } else {
      const text = `Cannot use ${quote(key)} in ${what}: there is no such key. Here are only ${valid.join(", ")}.`;
      problems.error("unknown_key", at, text, nearest(key, valid));
    }
  }
}

/** Which events a hook wants; what is absent cannot be used. */
interface Wants {
  readonly event: EventKey | undefined;
  readonly tools: Pick<HookBase, "tools"> | undefined;
  readonly conditions: readonly Condition[] | undefined;
}

function readWants(placed: Placed, reading: HookReading): Wants {
  const event = readEvent(reading);
  const tools = event && narrowedBy(placed, event, reading);
  return { event, tools, conditions: readConditions(reading) };
}

/** Everything that hooks of every type have. Everything is read before anything is given up. */
function readCommon(
  placed: Placed,
  { event, tools, conditions }: Wants,
  globals: Globals,
  reading: HookReading,
): Common | undefined {
  const { table, what, problems } = reading;
  const timeout = table.entries.get("timeout");
  const timeout_ms = timeout ? readTimeout(timeout, what, problems) : globals.timeout_ms;
  const gating = readGating(table, what, problems, { required_waits: true });
  const priority = readWord("priority", PRIORITIES, "normal", "unknown_priority", reading);
  const description = readText("description", reading);
  if (!event || !tools || !timeout_ms || !gating || !priority || !conditions) return undefined;
  if (description === undefined) return undefined;
  reportMode(gating, reading);
  reportNoGate(gating, table, event, what, problems);
  return {
    ...placeOf(placed, reading),
    key: event.key,
    event_type: event.event_type,
    ...event.narrowed,
    ...tools,
    matcher: ANY,
    ...gating,
    may_gate: gating.mode === "sync",
    timeout_ms,
    ...(conditions.length === 0 ? {} : { conditions }),
    priority,
    ...(description === null ? {} : { description }),
  };
}

function placeOf(
  { category, number, table: { at } }: Placed,
  { file }: Pick<Reading, "file">,
): Pick<HookBase, "id" | "surface" | "origin"> {
  return {
    id: `hooks-toml:${category}:${number}`,
    surface: "hooks-toml",
    origin: { file, line: at.line, column: at.column },
  };
}

function readEvent(reading: HookReading): EventKey | undefined {
  const { table, what, problems } = reading;
  const entry = table.entries.get("event");
  if (!entry) {
    problems.error("no_event", table.at, `Cannot use ${what}: it names no event. Add event = "<name of the event>".`);
    return undefined;
  }
  const { value } = entry;
  if (value.kind !== "string" || value.value.trim() === "") {
    const text = `Cannot use ${what}: its event is ${describe(value)}. Give the name of an event.`;
    problems.error("wrong_type", value.at, text);
    return undefined;
  }
  return readEventKey({ key: value.value, at: value.at, value }, what, problems);
}

/** The tools that the category is about, where the event has a tool; undefined after a problem was reported. */
function narrowedBy(
  { category, table }: Placed,
  event: EventKey,
  reading: HookReading,
): Pick<HookBase, "tools"> | undefined {
  const tools = CATEGORIES[category]?.tools;
  const said = event.narrowed.tools;
  if (!tools || said === tools || !event.facts?.matches_on.length) return {};
  if (said === undefined) return { tools };
  const right = Object.keys(CATEGORIES).find((name) => CATEGORIES[name]?.tools === said);
  const text = `Cannot use ${reading.what}: ${quote(event.key)} is for ${said} tools, and hooks.${category} for ${tools} tools. Move it to [[hooks.${right}]].`;
  reading.problems.error("contradiction", (table.entries.get("event") ?? table).at, text);
  return undefined;
}

/** Who has to say yes is waited for, whatever else is said. */
function reportMode({ on_failure }: Gating, { table, what, problems }: HookReading): void {
  const entry = table.entries.get("mode");
  if (on_failure !== "deny" || entry?.value.kind !== "string" || entry.value.value !== "async") return;
  const key = table.entries.has("on_failure") ? 'on_failure = "deny"' : "required = true";
  const text = `Cannot let ${what} only look on: it has ${key}, so it is waited for. Remove mode = "async", or ${key}.`;
  problems.warning("mode_ignored", entry.at, text);
}

/** The wire; null when none is given, undefined after a problem was reported. */
function readPayload({ table, what, problems }: HookReading): HookBase["wire"] | null | undefined {
  const entry = table.entries.get("payload");
  return entry ? readWire(entry, `payload of ${what}`, problems) : null;
}
