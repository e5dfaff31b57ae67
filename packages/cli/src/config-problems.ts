import { type Config, type ConfigProblem, formatProblem } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";

/** Codes of problems that leave nothing of a file to work with. */
const FATAL = ["bad_toml", "bad_json", "unreadable"];

/** A problem as one line: how bad it is, `file:line`, what is wrong and what to do. */
export function problemLine(problem: ConfigProblem): string {
  return `${problem.severity}: ${formatProblem(problem)}`;
}

/** Whether a file could not be read at all, so that no hook of it works. Those of the other file do. */
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
 * For verbs that deliver events: hooks that silently do not run are worse than an error. Where one file is left, its hooks run: a guard
 * of config.toml must not go missing with hooks.toml. Then it is for the exit code to say that something is wrong.
 *
 * @throws CliError `config_unreadable` when no hook is left
 */
export function needReadable(config: Config): void {
  const fatal = config.problems.filter((problem) => FATAL.includes(problem.code));
  if (fatal.length === 0 || config.hooks.length > 0) return;
  const why = fatal.map(formatProblem).join("\n");
  throw new CliError("config_unreadable", `Cannot run any hook: the configuration cannot be read.\n${why}`);
}
