import type { EventFacts } from "./facts.ts";

/** A field's name on the `lifecycle` wire: `tool_input` is `toolInput`. */
export function camelCase(field: string): string {
  return field.replace(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

/** Key under which the `lifecycle` wire says what a variable of seed 003 says: `CODEX_TASK_ID` is `taskId`. */
export function seedKey(variable: string): string {
  return camelCase(variable.replace(/^CODEX_/, "").toLowerCase());
}

/**
 * Keys of the `lifecycle` wire that are not simply a field's name in camelCase, and where their values belong: `taskId` to `turn_id`,
 * `command` to `tool_input.command`. Readers say them in our words by this table (conformance/PROTOCOL.md, section 3). Where a
 * variable has several sources, the first is where a reader puts it.
 */
export function lifecycleKeys(facts: EventFacts): readonly (readonly [key: string, path: string])[] {
  return Object.entries(facts.env).flatMap(([variable, { from }]) => {
    const [key, path = ""] = [seedKey(variable), from[0]];
    return key === camelCase(path) ? [] : [[key, path] as const];
  });
}
