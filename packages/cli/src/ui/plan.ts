import type { ConfigEdit } from "../edit-config.ts";
import type { PlannedFile } from "../plan-files.ts";

/** A plan as text: one line per file, and the configuration when it would be edited. */
export function planText(
  files: readonly PlannedFile[],
  config: { file: string; edit: ConfigEdit } | undefined,
): string {
  const lines = files.map(fileLine);
  if (config) lines.push(configLine(config.file, config.edit));
  return ["Planned changes:", ...lines.map((line) => `  ${line}`)].join("\n");
}

const ACTIONS = { create: "create       ", overwrite: "overwrite    ", skip: "skip (exists)" } as const;

function fileLine({ action, path, executable }: PlannedFile): string {
  return `${ACTIONS[action]}  ${path}${executable ? " (executable)" : ""}`;
}

function configLine(file: string, edit: ConfigEdit): string {
  if (edit.kind !== "add") return `skip           ${file} (${edit.why})`;
  return `${edit.before === undefined ? "create       " : "edit         "}  ${file}`;
}
