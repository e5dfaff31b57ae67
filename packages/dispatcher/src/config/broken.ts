/**
 * Hooks that cannot be used as they are written, and say that they have to say yes: left out, they would let everything pass that they
 * guard, in silence. They stay, and stop it, until they are mended.
 */
import type { BrokenHook, ConfigProblem, HookBase } from "../contracts.ts";
import type { EventKey } from "./event-key.ts";
import type { GatingRules } from "./gating.ts";
import { ANY } from "./matcher.ts";
import type { Problems } from "./problems.ts";
import { DEFAULT_TIMEOUT_MS } from "./settings.ts";
import type { Place, TomlTable, TomlValue } from "./toml.ts";

/** Problems of one entry: passed on, and the first one kept that makes it useless. */
export interface Heard {
  readonly problems: Problems;
  readonly firstError: () => ConfigProblem | undefined;
}

/** Listens to what is reported while one entry is read. */
export function hear(problems: Problems): Heard {
  let first: ConfigProblem | undefined;
  const error: Problems["error"] = (...problem) => {
    const reported = problems.error(...problem);
    // A key that nobody knows is passed over: the hook beside it works.
    if (reported.code !== "unknown_key") first ??= reported;
    return reported;
  };
  return { problems: { ...problems, error }, firstError: () => first };
}

/** What is known of a hook that cannot be used. Its matcher counts, unless it is what is wrong: then it guards everything. */
export interface BrokenEntry extends Pick<BrokenHook, "id" | "surface"> {
  readonly file: string;
  readonly at: Place;
  readonly event: Pick<EventKey, "key" | "event_type" | "narrowed">;
  readonly matcher?: HookBase["matcher"] | undefined;
  readonly required?: boolean;
  readonly target?: string;
}

/** The hook in the place of one that cannot be used. */
export function brokenHook(entry: BrokenEntry, problem: ConfigProblem): BrokenHook {
  const { id, surface, file, at, event, matcher = ANY, required = false, target } = entry;
  return {
    id,
    surface,
    origin: { file, line: at.line, column: at.column },
    runner: "broken",
    key: event.key,
    event_type: event.event_type,
    ...event.narrowed,
    matcher,
    wire: "xcodex",
    mode: "sync",
    may_gate: true,
    required,
    on_failure: "deny",
    timeout_ms: DEFAULT_TIMEOUT_MS,
    ...(target === undefined ? {} : { target }),
    problem,
  };
}

/**
 * Whether the table of a hook says that its failure has to stop the agent, and somebody waits for it. What is mistyped there counts as
 * said: nobody writes `on_failure` or `required` for a hook that may fail.
 */
export function saysDeny({ entries }: TomlTable, { required_waits = false }: GatingRules = {}): boolean {
  if (!isRequired({ entries }) && !says(entries, "on_failure", "allow")) return false;
  if (required_waits) return true;
  return entries.has("mode") && says(entries, "mode", "async");
}

/** Whether the table of a hook says that it has to say yes, however it is typed. */
export function isRequired({ entries }: Pick<TomlTable, "entries">): boolean {
  return says(entries, "required", false);
}

/** Whether a key is there and says something else than what it says anyway. */
function says(entries: TomlTable["entries"], key: string, otherwise: string | boolean): boolean {
  const value = entries.get(key)?.value;
  return value !== undefined && !("value" in value && value.value === otherwise);
}

/** The tables that say so, in what is written in no way that can be read: wrong brackets, a level too many or too few. */
export function tablesThatDeny(value: TomlValue): readonly TomlTable[] {
  if (value.kind === "array") return value.items.flatMap(tablesThatDeny);
  if (value.kind !== "table") return [];
  return saysDeny(value) ? [value] : [...value.entries.values()].flatMap((entry) => tablesThatDeny(entry.value));
}
