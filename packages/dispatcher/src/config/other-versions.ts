import type { Problems } from "./problems.ts";
import type { TomlEntry, TomlTable, TomlValue } from "./toml.ts";

/** A key of `[hooks]` that is known and that this version does nothing with. */
interface OtherVersionsKey {
  /** What is not delivered to, for the message. */
  readonly what: string;
  /** Whether the value would have had an effect. */
  readonly asks: (value: TomlValue) => boolean;
}

const isTrue = (value: TomlValue | undefined): boolean => value?.kind === "boolean" && value.value;
const never = (): boolean => false;

/**
 * The surfaces of seed 001 that are still to come, in one place: whoever builds one takes its lines away. `pyo3` and
 * `enable_unsafe_inproc` ask for nothing without `inproc`.
 */
const OTHER_VERSIONS: ReadonlyMap<string, OtherVersionsKey> = new Map<string, OtherVersionsKey>([
  [
    "host",
    {
      what: "long-lived hosts",
      asks: (value) => value.kind === "table" && isTrue(value.entries.get("enabled")?.value),
    },
  ],
  ["inproc", { what: "in-process hooks", asks: (value) => value.kind === "array" && value.items.length > 0 }],
  ["inproc_tool_call_summary", { what: "in-process hooks", asks: isTrue }],
  ["enable_unsafe_inproc", { what: "in-process hooks", asks: never }],
  ["pyo3", { what: "in-process Python", asks: never }],
  ["sanitize_payloads", { what: "a sanitizer of payloads", asks: isTrue }],
]);

/** Keys of `[hooks]` that belong to other versions, for "did you mean". */
export const OTHER_VERSIONS_KEYS: readonly string[] = [...OTHER_VERSIONS.keys()];

/** Whether a key belongs to another version. When it asks for something, a warning says that nothing is going to happen. */
export function readOtherVersionsKey({ key, at, value }: TomlEntry, problems: Problems): boolean {
  const known = OTHER_VERSIONS.get(key);
  if (!known) return false;
  if (known.asks(value)) {
    const text = `Cannot follow hooks.${key}: this version has no ${known.what}, nothing is delivered to it. Use [[hooks.command.<event>]] instead, or remove it.`;
    problems.warning("not_in_this_version", at, text);
  }
  return true;
}

/** `notify` at the top of the file: deprecated by seed 002, and not run. */
export function readNotify(root: TomlTable, problems: Problems): void {
  const notify = root.entries.get("notify");
  if (!notify) return;
  const text = `Cannot run notify: it is deprecated. Write hooks.agent_turn_complete = ${migrated(notify.value)} instead; the program then finds JSON on its stdin.`;
  problems.warning("deprecated", notify.at, text);
}

function migrated(value: TomlValue): string {
  const argv =
    value.kind === "array" ? value.items.flatMap((item) => (item.kind === "string" ? [item.value] : [])) : [];
  const text = JSON.stringify([argv]).replaceAll('","', '", "');
  return argv.length > 0 && text.length <= 200 ? text : '[["program", "argument"]]';
}
