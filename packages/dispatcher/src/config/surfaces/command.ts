import type { BrokenHook, ConfigProblem, Hook, Matcher } from "../../contracts.ts";
import { looksLikeArgv } from "../argv.ts";
import { brokenHook, hear, isRequired, saysDeny, tablesThatDeny } from "../broken.ts";
import { type OwnOptions, readHook } from "../command-hook.ts";
import { acceptedNames, type EventKey, namesEvent, readEventKey, unquotedName } from "../event-key.ts";
import { readMatcher } from "../event-matcher.ts";
import { nearest } from "../nearest.ts";
import { collectProblems, describe, type Problems, tomlKey } from "../problems.ts";
import { DEFAULT_TIMEOUT } from "../settings.ts";
import type { TomlEntry, TomlTable, TomlValue } from "../toml.ts";
import { reportUnknownKeys } from "../unknown-keys.ts";
import type { Reading, Surface } from "./surface.ts";

/** `[[hooks.command.<event>]]` of seed 001: groups of hooks behind a matcher, each with options of its own. */
export const command: Surface = { name: "command", keys: ["command"], turn: 3, read };

async function read({ value, at }: TomlEntry, reading: Reading): Promise<readonly Hook[]> {
  if (value.kind !== "table") {
    const text = `Cannot use hooks.command: it is ${describe(value)}. Write [[hooks.command.<event>]] with the hooks of an event.`;
    reading.problems.error("wrong_type", at, text);
    return [];
  }
  const hooks: Hook[] = [];
  for (const entry of value.entries.values()) {
    if (entry.key !== DEFAULT_TIMEOUT) hooks.push(...(await readEvent(entry, reading)));
  }
  return hooks;
}

async function readEvent(entry: TomlEntry, reading: Reading): Promise<readonly Hook[]> {
  const { key, value } = entry;
  const path = `hooks.command.${tomlKey(key)}`;
  if (value.kind !== "array" || looksLikeArgv(value)) {
    return guardsIn(entry, reportNoGroups(entry, path, reading.problems), reading);
  }
  const event = readEventKey(entry, path, reading.problems);
  if (!event) return [];
  const hooks: Hook[] = [];
  let number = 0;
  const nameNext = (): Pick<Entry, "id" | "what"> => {
    number += 1;
    return { id: `command:${key}:${number}`, what: `hook ${number} of ${path}` };
  };
  for (const item of value.items) {
    const heard = hear(reading.problems);
    const { matcher, hooks: items, lost } = await readGroup(item, event, path, heard.problems);
    const problem = heard.firstError();
    for (const hook of items)
      hooks.push(...readOne({ ...nameNext(), item: hook }, event, { matcher, problem }, reading));
    for (const table of lost)
      if (problem) hooks.push(...guardOf(table, event, { ...nameNext(), matcher, problem }, reading));
  }
  return hooks;
}

/** A hook as it stands in the file. */
interface Entry {
  readonly id: string;
  /** In messages. */
  readonly what: string;
  readonly item: TomlValue;
}

/** The hook, or one in its place that stops what it guards, or nothing. */
function readOne(
  { id, what, item }: Entry,
  event: EventKey,
  { matcher, problem }: Pick<Group, "matcher"> & { readonly problem: ConfigProblem | undefined },
  reading: Reading,
): readonly Hook[] {
  const heard = hear(reading.problems);
  const own = readHook(item, event, what, { ...reading, problems: heard.problems });
  if (own && matcher) return [complete(own, event, id, matcher, reading)];
  const why = heard.firstError() ?? problem;
  if (!why || item.kind !== "table" || !saysDeny(item)) return [];
  return guardOf(item, event, { id, matcher, problem: why }, reading);
}

/** What stops the agent in the place of a hook that has to say yes, where the agent can be stopped. */
function guardOf(
  table: TomlTable,
  event: EventKey,
  { id, matcher, problem }: Pick<Entry, "id"> & Pick<Group, "matcher"> & { readonly problem: ConfigProblem },
  { file }: Reading,
): readonly BrokenHook[] {
  if (!event.facts?.gate) return [];
  const required = isRequired(table);
  return [brokenHook({ id, surface: "command", file, at: table.at, event, matcher, required }, problem)];
}

/** Hooks that have to say yes, under the name of an event and otherwise in no way that can be read: they stop what they guard. */
export function guardsIn(entry: TomlEntry, problem: ConfigProblem, reading: Reading): readonly BrokenHook[] {
  const event = readEventKey(entry, "", collectProblems(reading.file));
  if (!event) return [];
  return tablesThatDeny(entry.value).flatMap((table, index) => {
    const id = `command:${entry.key}:${entry.at.line}:${index + 1}`;
    return guardOf(table, event, { id, matcher: undefined, problem }, reading);
  });
}

function reportNoGroups(entry: TomlEntry, path: string, problems: Problems): ConfigProblem {
  const { key, value, at } = entry;
  const unquoted = unquotedName(entry);
  if (unquoted) {
    const text = `Cannot use ${path}: a name with dots needs quotes. Write [[hooks.command.${tomlKey(unquoted)}]].`;
    return problems.error("unknown_key", at, text, unquoted);
  }
  if (namesEvent(key) || looksLikeArgv(value)) {
    const text = `Cannot use ${path}: it is ${describe(value)}, not a list of tables. Write [[${path}]] in double brackets.`;
    return problems.error("wrong_type", at, text);
  }
  const text = `Cannot use ${path}: there is no such key. Here are only ${DEFAULT_TIMEOUT} and events.`;
  return problems.error("unknown_key", at, text, nearest(key, [DEFAULT_TIMEOUT, ...acceptedNames()]));
}

function complete(own: OwnOptions, event: EventKey, id: string, matcher: Matcher, { file }: Reading): Hook {
  return {
    id,
    surface: "command",
    origin: { file, line: own.at.line, column: own.at.column },
    runner: "command",
    key: event.key,
    event_type: event.event_type,
    ...event.narrowed,
    matcher,
    wire: own.wire,
    hook_event_name: event.key,
    mode: own.mode,
    may_gate: own.mode === "sync",
    required: own.required,
    on_failure: own.on_failure,
    timeout_ms: own.timeout_ms,
    command: own.command,
    answers_on_stdout: true,
  };
}

/** A group's hooks, and its matcher unless that is bad: then its hooks are looked at, so that all is said at once, but not kept. */
interface Group {
  readonly matcher: Matcher | undefined;
  readonly hooks: readonly TomlValue[];
  /** Hooks that have to say yes, where they cannot be read. */
  readonly lost: readonly TomlTable[];
}

async function readGroup(item: TomlValue, event: EventKey, path: string, problems: Problems): Promise<Group> {
  if (item.kind !== "table") {
    problems.error(
      "wrong_type",
      item.at,
      `Cannot use ${path}: it holds ${describe(item)}. Write [[${path}]] for each group.`,
    );
    return { matcher: undefined, hooks: [], lost: tablesThatDeny(item) };
  }
  reportUnknownKeys(item, ["matcher", "hooks"], path, problems);
  const matcher = await readMatcher(item, event, path, problems);
  const hooks = item.entries.get("hooks");
  const example = `[[${path}.hooks]] with argv = ["program", "argument"]`;
  if (!hooks)
    problems.error("no_command", item.at, `Cannot run anything for ${path}: it has no hooks. Add ${example}.`);
  else if (hooks.value.kind !== "array") {
    const text = `Cannot use ${path}: its hooks are ${describe(hooks.value)}, not a list of tables. Write ${example}.`;
    problems.error("wrong_type", hooks.at, text);
  } else return { matcher, hooks: hooks.value.items, lost: [] };
  return { matcher, hooks: [], lost: tablesThatDeny(item) };
}
