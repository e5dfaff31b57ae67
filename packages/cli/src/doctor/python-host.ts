import type { HostHook } from "@xcodex/hooks-dispatcher";
import type { Finding } from "../finding.ts";
import { shellLine } from "../ui/shell.ts";
import { checkCommand } from "./command.ts";
import { lookUp } from "./program.ts";
import type { PythonFile } from "./python-files.ts";
import { fail, ok, type Patient, type Section, warn } from "./section.ts";

/** The host of `[hooks.host]`: its program, its own script and the hooks that it loads. */
export const pythonHost: Section = {
  summary: "the host of [hooks.host]: its program and its files",

  async check(patient): Promise<readonly Finding[]> {
    const hook = patient.config.hooks.find((one) => one.runner === "host");
    if (hook?.runner !== "host") return [nothing(patient)];
    const { paths, context } = patient;
    // Started in CODEX_HOME, whatever the agent works on (seed 001).
    const command = {
      argv: hook.host.argv,
      folder: paths.codex_home,
      moves: false,
      files: "all" as const,
      samples: "python-host",
    };
    const { findings, python } = await checkCommand(
      { ...command, folders: [paths.hooks], origin: hook.origin },
      context,
    );
    return [
      hostFinding(hook),
      ...findings,
      ...python.slice(1).flatMap((file) => hookFinding(file, hook)),
      pipe(patient),
    ];
  },
};

function nothing({ context, config }: Patient): Finding {
  const subject = "host";
  if (context.noHooks) return ok("host", subject, "every hook is switched off (--no-hooks)");
  const problem = config.problems.find(({ message }) => /hooks\.host|the host/.test(message));
  if (problem) {
    const state = "none is started: see the problem in the configuration";
    const advice = "Mend that first.";
    return { ...warn("host", subject, state, advice), level: problem.severity === "error" ? "fail" : "warn" };
  }
  const advice = "To set one up: xcodex hooks init python-host --edit-config.";
  return ok("host", subject, "none is configured", { advice });
}

function hostFinding({ host, origin }: HostHook): Finding {
  return ok("host", "host", `${shellLine(host.argv)}${host.replies ? ", which may block" : ""}`, { origin });
}

/** What the Python host loads (the first file is the host itself). Another host may want something else of its files. */
function hookFinding({ path, error, star, names }: PythonFile, { origin }: HostHook): readonly Finding[] {
  if (error || star || names.on_event || names.on_events) return [];
  const state = "it defines neither on_event nor on_events, so the Python host does not load it";
  return [warn("callable", `script ${path}`, state, "Define on_event(event).", { origin })];
}

/** A host's standard input is a pipe with a name, and the system's own program makes those. */
function pipe({ context }: Patient): Finding {
  if (context.platform === "win32") {
    return fail("pipe", "named pipes", "Windows has none in folders", "Use external hooks there.");
  }
  const system = { ...context, env: { PATH: `/usr/bin:/bin:${context.env.PATH ?? ""}` } };
  const { state, path } = lookUp("mkfifo", "/", system);
  if (state === "runnable" && path) return ok("pipe", "named pipes", path);
  return fail("pipe", "named pipes", "mkfifo is not on PATH", "Install it (coreutils).");
}
