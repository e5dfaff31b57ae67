import type { Origin } from "@xcodex/hooks-dispatcher";
import { isBefore, OLDEST_PYTHON, versionText } from "../build/interpreter.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { runProgram, whatWentWrong } from "../programs.ts";
import type { Language } from "./command-line.ts";
import { fail, ok, warn } from "./section.ts";

const CHECK = "interpreter";

/** In milliseconds: a version manager may have to look around first. */
const VERSION_MS = 20_000;

/** What the SDKs of a language need. */
const OLDEST: Readonly<Partial<Record<Language, readonly number[]>>> = {
  python: OLDEST_PYTHON,
  node: [20, 19],
  ruby: [3, 0],
};

const TITLES: Readonly<Record<Language, string>> = { python: "Python", node: "Node", ruby: "Ruby", shell: "" };

/** What an interpreter is asked for. */
export interface InterpreterUse {
  /** As configured. */
  readonly program: string;
  /** Absolute. */
  readonly path: string;
  readonly language: Language;
  readonly origin: Origin;
  /** Something that it runs needs our SDK, and so a version that the SDK runs on. */
  readonly needs_sdk: boolean;
}

/** Really runs an interpreter, and says which version it is. Shells have none that all of them tell. */
export async function interpreterFinding(use: InterpreterUse, { env }: Context): Promise<Finding> {
  const { program, path, language, origin } = use;
  const subject = `program ${program}`;
  if (language === "shell") return ok(CHECK, subject, path, { origin });
  const ran = await runProgram([path, "--version"], { env, deadlineMs: VERSION_MS });
  // Python 2 answers on standard error.
  const version = /(\d+)\.(\d+)(\.\d+)?/.exec(ran.stdout + ran.stderr)?.[0];
  if (ran.code !== 0 || version === undefined) {
    const state = `"${path}" does not run: ${whatWentWrong(ran)}`;
    return fail(CHECK, subject, state, "Mend it, or write the absolute path of another.", { origin });
  }
  const state = `${TITLES[language]} ${version}, ${path}`;
  const oldest = OLDEST[language];
  if (!oldest || !isBefore(version.split(".").map(Number), oldest)) return ok(CHECK, subject, state, { origin });
  const old = `${state}: it is older than ${versionText(oldest)}, which the SDK needs`;
  const advice = "Write the absolute path of a newer one.";
  return use.needs_sdk ? fail(CHECK, subject, old, advice, { origin }) : warn(CHECK, subject, old, advice, { origin });
}
