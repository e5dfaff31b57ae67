import type { Problems } from "./problems.ts";
import type { TomlTable, TomlValue } from "./toml.ts";

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
