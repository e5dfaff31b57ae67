import { basename } from "node:path";

/** An interpreter whose scripts we can look at. */
export type Language = "python" | "node" | "ruby" | "shell";

/** A command, as far as it can be read without running it. */
export interface CommandLine {
  readonly program: string;
  /** What `program` is, when it is an interpreter. */
  readonly language?: Language;
  /** The arguments that are files: what it runs first, and then what that is given. Empty when it runs a module or a text. */
  readonly scripts: readonly string[];
}

const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/^(python|pypy)[\d.]*$/, "python"],
  [/^node(js)?$/, "node"],
  [/^ruby[\d.]*$/, "ruby"],
  [/^(ba|da|k|z)?sh$/, "shell"],
];

/** After one of these comes no file: a text to run, the name of a module, or standard input. */
const NO_FILE = ["-c", "-m", "-e", "-p", "--eval", "--print", "-"];

const SCRIPT = /\.(py|[cm]?js|[cm]?ts|sh|bash|rb|pl)$/;

/** Reads an argv: which program, and which of its arguments are scripts. `env` in front of another program is passed over. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [program = "", ...rest] = argv;
  const args = basename(program) === "env" ? afterEnv(rest) : undefined;
  if (args && args.length > 0) return readCommandLine(args);
  const language = languageOf(program);
  return { program, ...(language ? { language } : {}), scripts: language ? scriptsOf(rest) : [] };
}

/** What a program is, by its name. */
export function languageOf(program: string): Language | undefined {
  const name = basename(program.replaceAll("\\", "/")).replace(/\.exe$/i, "");
  return LANGUAGES.find(([names]) => names.test(name))?.[1];
}

/** `env -S NAME=value program …`: the program and what comes after it. */
function afterEnv(args: readonly string[]): readonly string[] {
  const first = args.findIndex((arg) => !arg.startsWith("-") && !/^\w+=/.test(arg));
  return first === -1 ? [] : args.slice(first);
}

function scriptsOf(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => NO_FILE.includes(arg));
  const files = (end === -1 ? args : args.slice(0, end)).filter((arg) => !arg.startsWith("-"));
  return files.filter((arg) => SCRIPT.test(arg) || /[\\/]/.test(arg));
}

/**
 * The interpreter that the first line of a script names.
 *
 * @param line the first line, without its line end
 * @returns the argv of the line; undefined when it names none
 */
export function readShebang(line: string): readonly string[] | undefined {
  const words = /^#!\s*(.*)$/.exec(line)?.[1]?.split(/[ \t]+/);
  return words?.[0] ? words : undefined;
}
