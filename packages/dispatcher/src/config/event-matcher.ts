import type { Matcher } from "../contracts.ts";
import type { EventKey } from "./event-key.ts";
import { ANY, compileMatcher } from "./matcher.ts";
import { describe, type Problems, quote } from "./problems.ts";
import type { Place, TomlTable } from "./toml.ts";

/**
 * The `matcher` of a table for an event (DESIGN section 5): any when there is none; undefined after a problem was reported.
 *
 * @param path the table in messages, for example `hooks.command.PreToolUse`
 */
export async function readMatcher(
  group: TomlTable,
  event: EventKey,
  path: string,
  problems: Problems,
): Promise<Matcher | undefined> {
  const entry = group.entries.get("matcher");
  if (!entry) return ANY;
  const { value, at } = entry;
  if (value.kind !== "string") {
    problems.error(
      "wrong_type",
      at,
      `Cannot use ${path}: its matcher is ${describe(value)}. Give a text, for example "Bash|Write".`,
    );
    return undefined;
  }
  if (!event.facts?.matches_on.length) return ignoredMatcher(value.value, event, at, path, problems);
  const compiled = await compileMatcher(value.value);
  if (compiled.matcher) return compiled.matcher;
  const text = `Cannot use ${path}: its matcher ${quote(value.value)} cannot be read: ${compiled.reason}. List names ("Bash|Write") or mend the pattern.`;
  problems.error("bad_matcher", at, text);
  return undefined;
}

function ignoredMatcher(source: string, event: EventKey, at: Place, path: string, problems: Problems): Matcher {
  if (source.trim() !== "" && source.trim() !== "*") {
    const text = `Cannot narrow ${path} with matcher ${quote(source)}: ${quote(event.event_type)} is not about a tool, so the matcher is ignored. Remove it.`;
    problems.warning("matcher_ignored", at, text);
  }
  return ANY;
}
