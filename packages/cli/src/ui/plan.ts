import { type ConfigEdit, thereAlready } from "../edit-config.ts";
import type { PlannedFile } from "../plan-files.ts";

/** A plan as text: one line per file, and the configuration when it would be edited. */
export function planText(
  files: readonly PlannedFile[],
  config: { file: string; edit: ConfigEdit } | undefined,
): string {
  const lines = files.map(fileLine);
  if (config) lines.push(configLine(config.file, config.edit));
  return changesText(lines);
}

/** Lines of a plan below their heading. */
export function changesText(lines: readonly string[]): string {
  return ["Planned changes:", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** One line of a plan: what is done, to what, and what else there is to say. */
export function changeLine(action: string, path: string, notes: readonly string[]): string {
  return `${action.padEnd(13)}  ${path}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

function fileLine({ action, path, executable, state, content }: PlannedFile): string {
  const notes = [
    ...(executable ? ["executable"] : []),
    ...(action === "overwrite" && state === "edited" ? ["edited"] : []),
    ...(content ? [] : ["not in this version"]),
  ];
  return changeLine(action === "skip" ? `skip (${state === "edited" ? "edited" : "exists"})` : action, path, notes);
}

function configLine(file: string, edit: ConfigEdit): string {
  if (edit.kind === "refuse") return changeLine("skip", file, [edit.why]);
  const there = edit.there.length === 0 ? [] : [thereAlready(edit.there)];
  if (edit.kind === "skip") return changeLine("skip", file, there);
  return changeLine(edit.before === undefined ? "create" : "edit", file, there);
}
