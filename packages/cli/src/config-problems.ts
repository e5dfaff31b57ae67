import { type Config, type ConfigProblem, formatProblem } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";

/** Codes of problems that leave nothing of the file to work with. */
const FATAL = ["bad_toml", "unreadable"];

/** A problem as one line: how bad it is, `file:line`, what is wrong and what to do. */
export function problemLine(problem: ConfigProblem): string {
  return `${problem.severity}: ${formatProblem(problem)}`;
}

/** Whether the file could not be read at all, so that no hook of it works. */
export function isUnreadable(config: Config): boolean {
  return config.problems.some((problem) => FATAL.includes(problem.code));
}

/** Whether something in the file does not work as written. */
export function hasErrors(config: Config): boolean {
  return config.problems.some((problem) => problem.severity === "error");
}

/** Writes what does not work to standard error. Warnings are for `list` and `test`: there one looks for them. */
export function noteErrors(config: Config, context: Context): void {
  for (const problem of config.problems) if (problem.severity === "error") context.note(problemLine(problem));
}

/**
 * For verbs that deliver events: hooks that silently do not run are worse than an error.
 *
 * @throws CliError `config_unreadable`
 */
export function needReadable(config: Config): void {
  if (!isUnreadable(config)) return;
  const why = config.problems
    .filter((problem) => FATAL.includes(problem.code))
    .map(formatProblem)
    .join("\n");
  throw new CliError("config_unreadable", `Cannot run any hook: "${config.file}" cannot be read.\n${why}`);
}
