/** What a hook may do to the agent, and what its failure means: the same keys on every surface that has them. */
import type { HookBase } from "../contracts.ts";
import type { EventKey } from "./event-key.ts";
import { nearest } from "./nearest.ts";
import { describe, type Problems, quote } from "./problems.ts";
import type { TomlEntry, TomlTable } from "./toml.ts";

/** Keys that are read here. */
export const GATING_KEYS = ["mode", "required", "on_failure"] as const;

/** Whether a hook is waited for, and what its failure means. */
export type Gating = Pick<HookBase, "mode" | "required" | "on_failure">;

/** What surfaces differ in. */
export interface GatingRules {
  /** Whether a hook that has to say yes is waited for without `mode = "sync"` (seed 003). Default false. */
  readonly required_waits?: boolean;
}

const MODES = ["async", "sync"] as const;
const POLICIES = ["allow", "deny"] as const;

/**
 * Reads `mode`, `required` and `on_failure`; undefined when one of them cannot be used.
 *
 * @param what the hook in messages, for example `hook 2 of hooks.command.Stop`
 */
export function readGating(
  table: TomlTable,
  what: string,
  problems: Problems,
  { required_waits = false }: GatingRules = {},
): Gating | undefined {
  const mode = readMode(table.entries.get("mode"), what, problems);
  const required = readRequired(table.entries.get("required"), what, problems);
  const policy = readPolicy(table.entries.get("on_failure"), what, problems);
  if (mode === undefined || required === undefined || policy === undefined) return undefined;
  const on_failure = policy ?? (required ? "deny" : "allow");
  if (required && on_failure === "allow") {
    const { at } = table.entries.get("on_failure") ?? table;
    const text = `Cannot use ${what}: a required hook has to say yes, but on_failure = "allow" lets its failure pass. Remove one of the two.`;
    problems.error("contradiction", at, text);
    return undefined;
  }
  const waits = required_waits && on_failure === "deny";
  return { mode: waits ? "sync" : (mode ?? "async"), required, on_failure };
}

/** The mode; null when none is given. */
function readMode(entry: TomlEntry | undefined, what: string, problems: Problems): HookBase["mode"] | null | undefined {
  if (!entry) return null;
  const { value, at } = entry;
  if (value.kind !== "string") {
    problems.error("wrong_type", at, `Cannot use ${what}: its mode is ${describe(value)}. Give "async" or "sync".`);
    return undefined;
  }
  const mode = MODES.find((name) => name === value.value);
  if (mode) return mode;
  const text = `Cannot use ${what}: there is no mode ${quote(value.value)}. Give "async" to look on or "sync" to be waited for.`;
  problems.error("unknown_mode", at, text, nearest(value.value, MODES));
  return undefined;
}

function readRequired(entry: TomlEntry | undefined, what: string, problems: Problems): boolean | undefined {
  if (!entry) return false;
  const { value, at } = entry;
  if (value.kind === "boolean") return value.value;
  problems.error("wrong_type", at, `Cannot use ${what}: required is ${describe(value)}. Give true or false.`);
  return undefined;
}

/**
 * What a failure means; null when nothing is said.
 *
 * @param entry `on_failure`
 */
export function readPolicy(
  entry: TomlEntry | undefined,
  what: string,
  problems: Problems,
): HookBase["on_failure"] | null | undefined {
  if (!entry) return null;
  const { value, at } = entry;
  const wanted = value.kind === "string" ? value.value : undefined;
  const policy = POLICIES.find((name) => name === wanted);
  if (policy) return policy;
  const text = `Cannot use ${what}: its on_failure is ${describe(value)}. Give "allow" to let the agent go on when the hook fails, or "deny" to stop it.`;
  problems.error("unknown_policy", at, text, wanted === undefined ? undefined : nearest(wanted, POLICIES));
  return undefined;
}

/** A hook that wants to stop what nobody can stop still runs, and its author should know. */
export function reportNoGate(
  { mode, on_failure }: Gating,
  hook: TomlTable,
  event: EventKey,
  what: string,
  problems: Problems,
): void {
  const wants = mode === "sync" ? ["mode", "required", "on_failure"] : ["required", "on_failure"];
  if (mode !== "sync" && on_failure !== "deny") return;
  const place = (wants.map((key) => hook.entries.get(key)).find((entry) => entry !== undefined) ?? hook).at;
  if (!event.facts?.gate) {
    const text = `Cannot stop the agent with ${what}: ${quote(event.event_type)} is no event that a hook may gate. It runs, and the agent goes on whatever it says.`;
    problems.warning("not_a_gate", place, text);
  } else if (mode !== "sync") {
    const key = hook.entries.has("required") ? "required" : "on_failure";
    const text = `Cannot require ${what}: nobody waits for a hook with mode = "async". Add mode = "sync", or remove ${key}.`;
    problems.warning("required_ignored", place, text);
  }
}
