import { basename } from "node:path";
import type { ConfigProblem } from "../contracts.ts";
import type { Place, TomlValue } from "./toml.ts";

/** Collects what is wrong with one file. Reading goes on after every problem: the entries beside it still work. */
export interface Problems {
  /**
   * An entry was left out or cannot work as written. `near` is the nearest valid name; it is added to the text unless that
   * says it already. Returns the problem, for a hook that has to give it as its reason.
   */
  readonly error: (code: string, at: Place, text: string, near?: string) => ConfigProblem;
  /** It works, but not as one may think. */
  readonly warning: (code: string, at: Place, text: string, near?: string) => void;
  /** All of them so far, in file order. */
  readonly all: () => readonly ConfigProblem[];
}

/** Starts collecting for one file. */
export function collectProblems(file: string): Problems {
  const found: ConfigProblem[] = [];
  const add = (
    severity: ConfigProblem["severity"],
    code: string,
    at: Place,
    text: string,
    near?: string,
  ): ConfigProblem => {
    const origin = { file, line: at.line, column: at.column };
    const named = near === undefined ? { message: text } : { message: suggest(text, near), did_you_mean: near };
    const problem = { severity, code, origin, ...named };
    found.push(problem);
    return problem;
  };
  return {
    error: (...problem) => add("error", ...problem),
    warning: (...problem) => void add("warning", ...problem),
    all: () => [...found].sort((a, b) => byPlace(a.origin, b.origin)),
  };
}

function suggest(text: string, near: string): string {
  return text.includes(quote(near)) ? text : `${text} Did you mean ${quote(near)}?`;
}

/** Orders by line, then by column. */
export function byPlace(a: { line: number; column?: number }, b: { line: number; column?: number }): number {
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}

/** A problem as one line of text: `config.toml:12: Cannot …`. */
export function formatProblem({ origin, message }: ConfigProblem): string {
  return `${basename(origin.file)}:${origin.line}: ${message}`;
}

const LONGEST_QUOTE = 60;

/** A text of the user's as it stands in a message: in quotes, on one line, cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/** What was found where something else was expected. */
export function describe(value: TomlValue): string {
  switch (value.kind) {
    case "string":
      return `the text ${quote(value.value)}`;
    case "integer":
    case "float":
      return `the number ${value.value}`;
    case "boolean":
      return String(value.value);
    case "date":
      return `the date ${value.value}`;
    case "table":
      return "a table";
    case "array":
      return value.items.length > 0 && value.items.every((item) => item.kind === "table")
        ? "a list of tables"
        : "a list";
  }
}

/** A key as it would be written in TOML: bare where that is allowed, else in quotes. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}
