/**
 * The arguments of a tool, filled from an event (seed 003, `command = "${command}"`). What stands in the event is only ever a value: it is
 * never read as a template again, as a name, or as a line of shell.
 */
import { type AnyEvent, type EnvSource, findEvent, isToolOfKind, matchCandidates, valueAt } from "@xcodex/hooks-schema";

/** `${name}`, or a name with dots; an escaped dollar before it makes it plain text. */
const PLACES = /\$\$\{|\$\{([A-Za-z_][\w-]*(?:\.[\w-]+)*)\}/g;

/**
 * Fills in. A text that is one `${name}` and nothing else becomes the value itself: a number stays one. Within a longer text it becomes
 * text. A key whose value the event does not have is left out, so that the tool can say what it misses.
 *
 * @param key the event's name as configured, for `${event_type}`
 */
export function fillArguments(
  template: Readonly<Record<string, unknown>>,
  event: AnyEvent,
  key: string,
): Record<string, unknown> {
  return fillObject(template, (name) => lookUp(event, key, name));
}

type LookUp = (name: string) => unknown;

function fillObject(template: Readonly<Record<string, unknown>>, find: LookUp): Record<string, unknown> {
  const filled = Object.entries(template).map(([name, value]) => [name, fillValue(value, find)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function fillValue(value: unknown, find: LookUp): unknown {
  if (typeof value === "string") return fillText(value, find);
  if (Array.isArray(value)) return value.map((item) => fillValue(item, find) ?? null);
  if (typeof value === "object" && value !== null) return fillObject(value as Record<string, unknown>, find);
  return value;
}

function fillText(text: string, find: LookUp): unknown {
  const [whole] = text.matchAll(PLACES);
  if (whole?.[1] !== undefined && whole[0] === text) return find(whole[1]);
  return text.replace(PLACES, (_, name: string | undefined) => (name === undefined ? "${" : asText(find(name))));
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The seed's own names (`command`, `exit_code`: its variables without `CODEX_`), then a path into the event. */
function lookUp(event: AnyEvent, key: string, name: string): unknown {
  if (name === "event_type") return key;
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const source = facts?.env[`CODEX_${name.toUpperCase()}`];
  if (source && (!source.tools || isToolOfKind(matchCandidates(event, facts), source.tools))) {
    const found = firstOf(source, event);
    if (found !== undefined) return source.as === "argv" ? asLine(found) : found;
  }
  return valueAt(event, name) ?? undefined;
}

function firstOf({ from }: EnvSource, event: AnyEvent): unknown {
  for (const path of from) {
    const value = valueAt(event, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** A command as one line, as agents mostly have it. Words of an argv are quoted, so that they can be told apart again. */
function asLine(command: unknown): unknown {
  if (!Array.isArray(command)) return command;
  return command.map((word) => quoted(typeof word === "string" ? word : JSON.stringify(word))).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
