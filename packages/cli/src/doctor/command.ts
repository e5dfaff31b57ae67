import { isAbsolute, resolve } from "node:path";
import type { Origin } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { type Language, languageOf, readCommandLine, readShebang } from "./command-line.ts";
import { interpreterFinding } from "./interpreter-version.ts";
import { lookUp, programFinding, relativeFinding } from "./program.ts";
import type { PythonFile } from "./python-files.ts";
import { firstLine, scriptFinding } from "./script.ts";
import { fail, ok } from "./section.ts";
import { readScripts, SDK_MODULE } from "./syntax.ts";

/** A command that is to be started one day. */
export interface ToStart {
  readonly argv: readonly string[];
  /** Where it is started. Absolute. */
  readonly folder: string;
  /** That is somewhere else in every project, so that relative paths lead somewhere else too. */
  readonly moves: boolean;
  /** How many of its files are looked at. */
  readonly files: "the first" | "all";
  /** Folders that its Python files find modules in, beside their own. Absolute. */
  readonly folders: readonly string[];
  /** The sample set that brings files of this kind, if there is one. */
  readonly samples?: string;
  readonly origin: Origin;
}

/** What was found about a command. */
export interface CheckedCommand {
  readonly findings: readonly Finding[];
  /** Its Python files, in its order. */
  readonly python: readonly PythonFile[];
}

/** An interpreter that is there, and the scripts that it gets, as they were written. */
interface Interpreting {
  readonly program: string;
  readonly path: string;
  readonly language: Language;
  readonly scripts: readonly string[];
}

/** Whether a command can be started, and what it runs can be read. Interpreters are really run; scripts are not. */
export async function checkCommand(command: ToStart, context: Context): Promise<CheckedCommand> {
  const { program, language, scripts } = readCommandLine(command.argv);
  const found = lookUp(program, command.folder, context);
  const moving = isMoving(program, command)
    ? [relativeFinding("program", program, command.folder, command.origin)]
    : [];
  const broken = programFinding(program, found, command.origin);
  // A relative program that is not here may be in the project that it was written for.
  if (found.state === "missing" && moving.length > 0) return { findings: moving, python: [] };
  if (broken || !found.path) return { findings: broken ? [broken] : [], python: [] };
  if (language) {
    const wanted = command.files === "all" ? scripts : scripts.slice(0, 1);
    return checkInterpreted({ program, path: found.path, language, scripts: wanted }, command, moving, context);
  }
  return checkExecutable(program, found.path, command, moving, context);
}

/** A relative path of a program, where those lead elsewhere in every project. A name without a slash is looked up on PATH. */
function isMoving(path: string, { moves }: ToStart): boolean {
  return moves && /[\\/]/.test(path) && !isAbsolute(path);
}

/** A program that is a script itself names its interpreter in its first line. */
async function checkExecutable(
  program: string,
  path: string,
  command: ToStart,
  moving: readonly Finding[],
  context: Context,
): Promise<CheckedCommand> {
  const { origin, folder } = command;
  const line = await firstLine(path);
  const shebang = readShebang(line.replace(/\r$/, ""));
  const fine = ok("program", `program ${program}`, path, { origin });
  if (!shebang) return { findings: [...moving, fine], python: [] };
  if (line.endsWith("\r")) {
    const state = `the first line of "${path}" ends with a carriage return, which the system takes for a part of the name`;
    const advice = "Save the file with line feeds alone.";
    return { findings: [fail("shebang", `program ${program}`, state, advice, { origin })], python: [] };
  }
  const { program: interpreter } = readCommandLine(shebang);
  const found = lookUp(interpreter, folder, context);
  if (found.state !== "runnable" || !found.path) {
    const state = `the first line of "${path}" names ${interpreter}, which is not there`;
    const advice = "Install it, or mend that line.";
    return { findings: [fail("shebang", `program ${program}`, state, advice, { origin })], python: [] };
  }
  const language = languageOf(interpreter);
  if (!language) return { findings: [...moving, fine], python: [] };
  const interpreting = { program: interpreter, path: found.path, language, scripts: [path] };
  return checkInterpreted(interpreting, command, moving, context);
}

async function checkInterpreted(
  { program, path, language, scripts }: Interpreting,
  command: ToStart,
  before: readonly Finding[],
  context: Context,
): Promise<CheckedCommand> {
  const { origin, folder, folders } = command;
  const files = scripts.map((script) => resolve(folder, script));
  const moving = scripts.flatMap((script) =>
    command.moves && !isAbsolute(script) ? [relativeFinding("script", script, folder, origin)] : [],
  );
  const broken = await Promise.all(files.map((file) => scriptFinding(file, command.samples, origin)));
  // The same goes for its script.
  const missing = broken.filter((finding, index) => finding && !(command.moves && !isAbsolute(scripts[index] ?? "")));
  const there = files.filter((_, index) => broken[index] === undefined);
  const read = await readScripts({ interpreter: path, language, files: there, folders, origin }, context);
  const needs_sdk = read.python.some(({ imports }) => imports.includes(SDK_MODULE));
  const interpreter = await interpreterFinding({ program, path, language, origin, needs_sdk }, context);
  return {
    findings: [
      ...before,
      interpreter,
      ...moving,
      ...missing.filter((finding) => finding !== undefined),
      ...read.findings,
    ],
    python: read.python,
  };
}
