import type { CommandHook, CommandRun } from "../../contracts.ts";
import { fillTable } from "../../template.ts";
import type { Launched, Target, TargetSource } from "../launched.ts";

/** Spawned commands: a program per event, its payload on stdin. */
export const command: Launched<CommandHook> = { target };

function target(hook: CommandHook, { book, env }: TargetSource): Target<CommandRun> {
  return {
    command: hook.command,
    env: { CODEX_EVENT_TYPE: hook.key, ...ownVariables(hook, env) },
    ...(hook.cwd === undefined ? {} : { cwd: hook.cwd }),
    ...(hook.answers_on_stdout ? { answers_on_stdout: true } : {}),
    sends: book.payloadOf(hook),
  };
}

/** Filled in now and not before: the configuration holds no secrets. */
function ownVariables({ environment }: CommandHook, env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  if (environment === undefined) return {};
  return Object.fromEntries(Object.entries(fillTable(environment, env)).map(([key, { text }]) => [key, text]));
}
