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

/** What is still to come, in one place: whoever builds it takes its line away. */
const OTHER_VERSIONS: ReadonlyMap<string, OtherVersionsKey> = new Map<string, OtherVersionsKey>([
  ["sanitize_payloads", { what: "a sanitizer of payloads", asks: isTrue }],
]);

/** Keys of `[hooks]` that belong to other versions, for "did you mean". */
export const OTHER_VERSIONS_KEYS: readonly string[] = [...OTHER_VERSIONS.keys()];

/** Whether a key belongs to another version. When it asks for something, a warning says that nothing is going to happen. */
export function readOtherVersionsKey({ key, at, value }: TomlEntry, problems: Problems): boolean {
  const known = OTHER_VERSIONS.get(key);
  if (!known) return false;
  if (known.asks(value)) {
    const text = `Cannot follow hooks.${key}: this version has no ${known.what}. Remove it.`;
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
