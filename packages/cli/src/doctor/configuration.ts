import { stat } from "node:fs/promises";
import type { ConfigProblem } from "@xcodex/hooks-dispatcher";
import type { Finding } from "../finding.ts";
import { fail, ok, type Patient } from "./section.ts";

const CHECK = "configuration";

/** The configuration file: readable, nobody else's to write, and every problem of it. */
export async function checkConfiguration({ config, context }: Patient): Promise<readonly Finding[]> {
  const { file, exists, hooks, problems } = config;
  if (!exists) return [ok(CHECK, "config.toml", `there is none at ${file}, so no hook is configured`)];
  const broken = problems.map(problemFinding);
  const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
  if (context.platform !== "win32" && (mode & 0o022) !== 0) {
    broken.push(fail(CHECK, "config.toml", `others may write to "${file}"`, `Run: chmod go-w '${file}'.`));
  }
  if (broken.length > 0) return broken;
  const state = context.noHooks ? "every hook is switched off (--no-hooks)" : `${file}, ${working(hooks.length)}`;
  return [ok(CHECK, "config.toml", state)];
}

function working(hooks: number): string {
  return hooks === 0 ? "no hooks" : hooks === 1 ? "1 hook" : `${hooks} hooks, all of them understood`;
}

/** A problem says what is wrong and what to do in one text. */
function problemFinding({ severity, message, origin }: ConfigProblem): Finding {
  const [, state = message, advice] = /^(.*?)\. ([A-Z].*)$/s.exec(message) ?? [];
  return {
    check: CHECK,
    level: severity === "error" ? "fail" : "warn",
    subject: "configuration",
    state: state.replace(/\.$/, ""),
    ...(advice === undefined ? {} : { advice }),
    origin,
  };
}
