import type { Origin } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { type Ran, runProgram } from "../programs.ts";
import { printable } from "../ui/printable.ts";
import type { Language } from "./command-line.ts";
import { type PythonFile, readPythonFiles } from "./python-files.ts";
import { fail, ok } from "./section.ts";

const CHECK = "syntax";
/** In milliseconds. */
const CHECK_MS = 30_000;

/** Files of one language, and the interpreter that will run them. */
export interface Scripts {
  /** Absolute path. */
  readonly interpreter: string;
  readonly language: Language;
  /** Absolute; all of them can be read. */
  readonly files: readonly string[];
  /** Folders that Python files find modules in, beside their own. */
  readonly folders: readonly string[];
  readonly origin: Origin;
}

/** What was found about files. */
export interface Read {
  readonly findings: readonly Finding[];
  /** Of Python files that can be read. */
  readonly python: readonly PythonFile[];
}

/** Name of our SDK among Python's modules. */
export const SDK_MODULE = "xcodex_hooks";

/** Has the interpreter read its scripts, without running them. */
export async function readScripts(scripts: Scripts, context: Context): Promise<Read> {
  if (scripts.files.length === 0) return { findings: [], python: [] };
  if (scripts.language === "python") return readPython(scripts, context);
  const findings = await Promise.all(scripts.files.map((file) => checkFile(file, scripts, context)));
  return { findings, python: [] };
}

async function readPython({ interpreter, files, folders, origin }: Scripts, { env }: Context): Promise<Read> {
  const python = await readPythonFiles(interpreter, { files, folders, modules: [SDK_MODULE] }, env);
  if (typeof python !== "string") return { findings: python.map((file) => pythonFinding(file, origin)), python };
  const advice = "Write the absolute path of a Python from 3.9 on.";
  return {
    findings: files.map((file) => fail(CHECK, `script ${file}`, `${interpreter}: ${python}`, advice, { origin })),
    python: [],
  };
}

function pythonFinding({ path, error, missing }: PythonFile, origin: Origin): Finding {
  const subject = `script ${path}`;
  if (error) {
    const where = error.line === null ? path : `${path}:${error.line}`;
    return fail(CHECK, subject, `${error.text} at ${where}`, "Mend that line.", { origin });
  }
  if (missing.length === 0) return ok(CHECK, subject, "it can be read, and has no syntax error", { origin });
  const state = `it imports ${missing.join(", ")}, which is not found`;
  return fail("module", subject, state, "Run: xcodex hooks install sdks python.", { origin });
}

/** The option by which an interpreter reads a script and does not run it. */
const OPTIONS: Readonly<Record<Exclude<Language, "python">, string>> = { node: "--check", ruby: "-c", shell: "-n" };

async function checkFile(file: string, { interpreter, language, origin }: Scripts, { env }: Context): Promise<Finding> {
  const subject = `script ${file}`;
  // Only newer versions of Node read types.
  if (language === "python" || /\.[cm]?ts$/.test(file)) return ok(CHECK, subject, "it can be read", { origin });
  const ran = await runProgram([interpreter, OPTIONS[language], file], { env, deadlineMs: CHECK_MS });
  if (ran.code === 0) return ok(CHECK, subject, "it can be read, and has no syntax error", { origin });
  return fail(CHECK, subject, complaint(ran), "Mend that line.", { origin });
}

/** What an interpreter says first: with the file, and the line. Node names the error further down. */
function complaint({ stderr, trouble }: Ran): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "");
  const error = lines.find((line) => /^\w*Error: /.test(line));
  const first = lines[0] ?? trouble ?? "it cannot be read";
  return printable(error && error !== first ? `${error} at ${first}` : first);
}
