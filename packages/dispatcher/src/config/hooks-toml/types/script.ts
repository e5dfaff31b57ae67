import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandHook } from "../../../contracts.ts";
import { readArgv } from "../../argv.ts";
import { describe, quote } from "../../problems.ts";
import { readEnvironment } from "../environment.ts";
import { readText } from "../keys.ts";
import { folderOf, type HookReading, type HookType } from "../reading.ts";

/** `type = "script"` (seed 003, "Script Hooks"): a program and its arguments, without a shell. */
export const script: HookType = {
  name: "script",
  keys: ["command", "cwd", "environment"],
  read(reading, common, wire = "xcodex"): CommandHook | undefined {
    const argv = readCommand(reading);
    const cwd = readFolder(reading);
    const environment = readEnvironment(reading);
    if (!argv || cwd === undefined || environment === undefined || !common) return undefined;
    return {
      ...common,
      runner: "command",
      wire,
      command: { argv },
      answers_on_stdout: true,
      cwd,
      ...(environment === null ? {} : { environment }),
    };
  },
};

function readCommand({ table, what, problems }: HookReading): readonly string[] | undefined {
  const entry = table.entries.get("command");
  if (!entry) {
    const text = `Cannot use ${what}: it names no program. Add command = ["./my-hook.sh"], or say with type what else it is.`;
    problems.error("no_command", table.at, text);
    return undefined;
  }
  const { value, at } = entry;
  if (value.kind === "array") return readArgv(value, what, problems);
  const words = value.kind === "string" ? value.value.split(/\s+/).filter((word) => word !== "") : [];
  const argv = JSON.stringify(words.length > 0 ? words : ["./my-hook.sh"]).replaceAll('","', '", "');
  const fix = argv.length > 200 ? '["program", "argument"]' : argv;
  const text = `Cannot use ${what}: its command is ${describe(value)}, and no shell reads it. Write command = ${fix}.`;
  problems.error("wrong_type", at, text);
  return undefined;
}

/**
 * Where it runs: the folder of hooks.toml when nothing is said, so that `./my-hook.sh` is the same program wherever the agent works, and
 * never one of the project that the agent works on.
 */
function readFolder(reading: HookReading): string | undefined {
  const path = readText("cwd", reading);
  if (path === undefined) return undefined;
  const folder = resolve(folderOf(reading), path ?? "");
  if (path !== null && !isFolder(folder)) {
    const { table, what, problems } = reading;
    const text = `Cannot start ${what}: its cwd ${quote(path)} is no folder. It fails until there is one. Create it, or name another, absolute or from the folder of hooks.toml.`;
    problems.warning("no_folder", (table.entries.get("cwd") ?? table).at, text);
  }
  return folder;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
