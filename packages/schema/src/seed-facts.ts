import type { AnyEvent } from "./catalogue.ts";
import type { EnvSource, EventFacts } from "./facts.ts";
import { isToolOfKind, matchCandidates } from "./tools.ts";
import { valueAt } from "./value-at.ts";

/** Something that seed 003 says of an event: as a variable of a hook's environment, and on the `lifecycle` wire. */
export interface SeedFact {
  /** Name of the variable: `CODEX_TASK_ID`. */
  readonly variable: string;
  /** Dotted path of the event that it was found at: `turn_id`, `tool_input.command`; "" when it is a part of what stands there. */
  readonly path: string;
  /** The value with its type of JSON; never null. Of a command a list of words. */
  readonly value: unknown;
}

/** What seed 003 says of an event, in the order of its facts: what is there, and only what belongs to its kind of tool. Pure. */
export function seedFacts(event: AnyEvent, facts: EventFacts | undefined): readonly SeedFact[] {
  const said: SeedFact[] = [];
  let names: readonly string[] | undefined;
  for (const [variable, source] of Object.entries(facts?.env ?? {})) {
    if (source.tools) {
      names ??= matchCandidates(event, facts);
      if (!isToolOfKind(names, source.tools)) continue;
    }
    const path = source.from.find((one) => (valueAt(event, one) ?? null) !== null);
    if (path === undefined) {
      const value = fileInPatch(source, event);
      if (value !== undefined) said.push({ variable, path: "", value });
      continue;
    }
    const value = valueAt(event, path);
    said.push({ variable, path, value: source.as === "argv" && !Array.isArray(value) ? [value] : value });
  }
  return said;
}

/** The first file that a patch names, in the format that agents give patches: `*** Update File: src/main.ts`. */
const PATCH_HEADER = /^\*\*\* (?:Add|Update|Delete) File: (.+?)\r?$/m;

function fileInPatch({ in_patch = [] }: EnvSource, event: AnyEvent): string | undefined {
  for (const path of in_patch) {
    const text = valueAt(event, path);
    const file = typeof text === "string" ? PATCH_HEADER.exec(text)?.[1] : undefined;
    if (file !== undefined) return file;
  }
  return undefined;
}
