import { resolve } from "node:path";
import { findProgram, type Origin, type ProgramSearch, pathOf } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { fail, warn } from "./section.ts";

const CHECK = "program";

/** Looks a program up as it is looked up when it is started. */
export function lookUp(program: string, folder: string, { env }: Context): ProgramSearch {
  return findProgram(program, pathOf(env as Record<string, string>), folder);
}

/** Why a program cannot be started, if it cannot. */
export function programFinding(program: string, found: ProgramSearch, origin: Origin): Finding | undefined {
  const subject = `program ${program}`;
  if (found.state === "runnable") return undefined;
  if (found.state === "not_executable") {
    const state = `"${found.path}" may not be executed`;
    return fail(CHECK, subject, state, `Run: chmod +x '${found.path}'.`, { origin });
  }
  const named = /[\\/]/.test(program);
  const state = named ? "it is not there" : "it is not on PATH";
  const advice = named ? "Write the path of a program that is there." : "Install it, or write its absolute path.";
  return fail(CHECK, subject, state, advice, { origin });
}

/** Hooks run wherever the agent works: a relative path leads somewhere else in every project. */
export function relativeFinding(what: string, path: string, folder: string, origin: Origin): Finding {
  const state = `it is relative, and hooks run in the folder that the agent works in (from here: ${resolve(folder, path)})`;
  return warn("relative_path", `${what} ${path}`, state, "Write its absolute path.", { origin });
}
