import { EVERY_EVENT, type HookBase, type Matcher } from "../contracts.ts";
import { acceptedNames, type EventKey, namesEvent, readEventKey, unquotedName } from "./event-key.ts";
import { readMatcher } from "./event-matcher.ts";
import { ANY } from "./matcher.ts";
import { nearest } from "./nearest.ts";
import { describe, type Problems, tomlKey } from "./problems.ts";
import type { Place, TomlEntry, TomlTable, TomlValue } from "./toml.ts";
import { reportUnknownKeys } from "./unknown-keys.ts";

/** What one filter lets through. */
export type Subscription = Pick<HookBase, "key" | "event_type" | "tools" | "where" | "matcher"> & {
  readonly at: Place;
  /** Counts the filters of one key, from 1. */
  readonly number: number;
};

/**
 * `filters.<event> = [{ matcher = "…" }, …]` of a host or of Python in process (seed 001): the events that it gets. Without filters
 * every event. A filter that is wrong is reported and lets nothing through, and a name that nobody knows only an event of exactly
 * this name; when all are wrong, nothing gets through.
 *
 * @param path the table that holds `filters` in messages, for example `hooks.host`
 */
export async function readFilters(
  table: TomlTable,
  path: string,
  problems: Problems,
): Promise<readonly Subscription[]> {
  const entry = table.entries.get("filters");
  if (!entry) return [everyEvent(table.at)];
  const { value } = entry;
  if (value.kind !== "table") {
    const text = `Cannot use ${path}.filters: it is ${describe(value)}. Write [[${path}.filters.<event>]] with a matcher.`;
    problems.error("wrong_type", entry.at, text);
    return [];
  }
  // An empty table filters nothing (the original's rule).
  if (value.entries.size === 0) return [everyEvent(table.at)];
  const found: Subscription[] = [];
  for (const each of value.entries.values()) found.push(...(await readEvent(each, `${path}.filters`, problems)));
  return found;
}

function everyEvent(at: Place): Subscription {
  return { key: EVERY_EVENT, event_type: EVERY_EVENT, matcher: ANY, at, number: 1 };
}

async function readEvent(entry: TomlEntry, parent: string, problems: Problems): Promise<readonly Subscription[]> {
  const path = `${parent}.${tomlKey(entry.key)}`;
  const { value } = entry;
  if (value.kind !== "array" || value.items.length === 0) {
    reportNoFilters(entry, parent, problems);
    return [];
  }
  const event = readEventKey(entry, path, problems);
  if (!event) return [];
  const found: Subscription[] = [];
  for (const [index, item] of value.items.entries()) {
    const matcher = await readFilter(item, event, path, problems);
    if (!matcher) continue;
    const { key, event_type, narrowed } = event;
    found.push({ key, event_type, ...narrowed, matcher, at: item.at, number: index + 1 });
  }
  return found;
}

async function readFilter(
  item: TomlValue,
  event: EventKey,
  path: string,
  problems: Problems,
): Promise<Matcher | undefined> {
  if (item.kind === "table") {
    reportUnknownKeys(item, ["matcher"], path, problems);
    return readMatcher(item, event, path, problems);
  }
  const text = `Cannot use ${path}: it holds ${describe(item)}. Write { matcher = "…" }.`;
  problems.error("wrong_type", item.at, text);
  return undefined;
}

/** A key of `filters` that holds no list of filters: a name without quotes, an event's in the wrong shape, or no event's at all. */
function reportNoFilters(entry: TomlEntry, parent: string, problems: Problems): void {
  const { key, value, at } = entry;
  const path = `${parent}.${tomlKey(key)}`;
  const unquoted = unquotedName(entry);
  if (unquoted) {
    const text = `Cannot use ${path}: a name with dots needs quotes. Write [[${parent}.${tomlKey(unquoted)}]].`;
    problems.error("unknown_key", at, text, unquoted);
  } else if (namesEvent(key) || value.kind === "array") {
    const state = value.kind === "array" ? "it lists no filter" : `it is ${describe(value)}`;
    problems.error("wrong_type", at, `Cannot use ${path}: ${state}. Write ${path} = [{ matcher = "*" }].`);
  } else {
    const text = `Cannot use ${path}: there is no such key. Here are only events, each a list of filters.`;
    problems.error("unknown_key", at, text, nearest(key, acceptedNames()));
  }
}
