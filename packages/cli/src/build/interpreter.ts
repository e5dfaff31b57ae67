import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../finding.ts";
import { runProgram, whatWentWrong } from "../programs.ts";

/** What a Python says about itself. */
export interface Interpreter {
  /** `sys.executable`: absolute, and the interpreter itself where the program that was asked is a version manager's stand-in. */
  readonly executable: string;
  /** As in `[3, 11, 7]`. */
  readonly version: readonly [number, number, number];
  /** `cpython`, `pypy` … */
  readonly implementation: string;
  /** Whether it was built with a shared libpython. */
  readonly shared: boolean;
  /** File name of that library, as it is linked against, and the folder it is in. "" where there is none. */
  readonly library: string;
  readonly library_folder: string;
  /** Built without the global interpreter lock. */
  readonly free_threaded: boolean;
}

/** The Pythons that the addon is tested with. */
export const OLDEST_PYTHON = [3, 9] as const;
const NEWEST_PYTHON = [3, 13] as const;

/** Runs on every Python from 2.7 on: one that is too old has to say so itself. */
const QUESTION = `
import json, os, sys, sysconfig
var = sysconfig.get_config_var
implementation = getattr(sys, "implementation", None)
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "implementation": implementation.name if implementation else "cpython",
    "shared": os.name == "nt" or bool(var("Py_ENABLE_SHARED")) or bool(var("PYTHONFRAMEWORK")),
    "library": "" if os.name == "nt" else var("LDLIBRARY") or "",
    "library_folder": var("PYTHONFRAMEWORKPREFIX") or var("LIBDIR") or "",
    "free_threaded": bool(var("Py_GIL_DISABLED")),
}))
`;

/** A version manager may have to look around first. */
const ANSWER_MS = 20_000;

/** Asks a Python about itself. A text when it gives no answer: why, in a few words. */
export async function askInterpreter(program: string, env: NodeJS.ProcessEnv): Promise<Interpreter | string> {
  // Without -E, variables that are meant for another Python would change the answer. Nothing is written (-B).
  const ran = await runProgram([program, "-E", "-s", "-B", "-c", QUESTION], { env, deadlineMs: ANSWER_MS });
  if (ran.code !== 0) return whatWentWrong(ran);
  try {
    return JSON.parse(ran.stdout.trim().split("\n").at(-1) ?? "") as Interpreter;
  } catch {
    return "it gives no answer that a Python would give";
  }
}

/** `3.11.7` */
export function versionText(version: readonly number[]): string {
  return version.join(".");
}

/** Whether version `a` comes before `b`, by as many numbers as `b` has. */
export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, wanted] of b.entries()) {
    const there = a[index] ?? 0;
    if (there !== wanted) return there < wanted;
  }
  return false;
}

/** Whether an addon can be built for an interpreter; the first thing that is in the way, if any. */
export function interpreterFinding(program: string, answer: Interpreter | string): Finding {
  const subject = "python";
  const fail = (state: string, advice: string): Finding => ({
    check: "python",
    level: "fail",
    subject,
    state,
    advice,
  });
  const another = `Name another: --python "$(command -v python${versionText(NEWEST_PYTHON)})"`;
  if (typeof answer === "string") return fail(`${program} cannot be asked: ${answer}`, `${another}.`);
  const { executable, version, implementation } = answer;
  const what = `${versionText(version)}, ${executable || program}`;
  if (executable === "") return fail(`${program} does not know where it is itself`, `${another}.`);
  if (isBefore(version, OLDEST_PYTHON)) {
    return fail(`${what}: it is older than ${versionText(OLDEST_PYTHON)}`, `${another}.`);
  }
  if (implementation !== "cpython") return fail(`${what}: it is ${implementation}, not CPython`, `${another}.`);
  if (answer.free_threaded) return fail(`${what}: it is built without the global interpreter lock`, `${another}.`);
  const missing = missingLibrary(answer);
  if (missing) return fail(`${what}: ${missing.state}`, missing.advice);
  if (isBefore(NEWEST_PYTHON, version.slice(0, 2))) {
    const state = `${what}: it is newer than ${versionText(NEWEST_PYTHON)}, the newest that was tried`;
    return { check: "python", level: "warn", subject, state, advice: `If the build fails, ${lower(another)}.` };
  }
  const shared = answer.library === "" ? "" : `, ${join(answer.library_folder, answer.library)}`;
  return { check: "python", level: "ok", subject, state: what + shared };
}

function missingLibrary(python: Interpreter): { state: string; advice: string } | undefined {
  const minor = versionText(python.version.slice(0, 2));
  if (!python.shared) {
    return {
      state: "it has no shared libpython",
      advice: `Build it with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install ${versionText(python.version)}), or name another with --python.`,
    };
  }
  if (python.library === "") return undefined;
  const file = join(python.library_folder, python.library);
  if (existsSync(file)) return undefined;
  const advice = `Install what its programs are built with (python${minor}-dev, python3-devel), or name another with --python.`;
  return { state: `its shared library is not at "${file}"`, advice };
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
