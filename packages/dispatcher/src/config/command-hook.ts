import type { Command, CommandHook, HookBase } from "../contracts.ts";
import { readArgv } from "./argv.ts";
import type { EventKey } from "./event-key.ts";
import { GATING_KEYS, type Gating, readGating, reportNoGate } from "./gating.ts";
import { describe, type Problems } from "./problems.ts";
import { readTimeout, readWire } from "./settings.ts";
import type { Reading } from "./surfaces/surface.ts";
import type { Place, TomlEntry, TomlTable, TomlValue } from "./toml.ts";
import { reportUnknownKeys } from "./unknown-keys.ts";

const HOOK_KEYS = ["argv", "command", "timeout_sec", ...GATING_KEYS, "payload"] as const;

/** The part of a hook that its own table says. */
export interface OwnOptions extends Gating, Pick<CommandHook, "command" | "timeout_ms" | "wire"> {
  readonly at: Place;
}

/**
 * One hook of a group: `{ argv | command, timeout_sec, mode, required, on_failure, payload }` (DESIGN section 5); undefined when it cannot
 * be used. Everything is read before anything is given up, so that all its mistakes are reported at once.
 *
 * @param what the hook in messages, for example `hook 2 of hooks.command.Stop`
 */
export function readHook(item: TomlValue, event: EventKey, what: string, reading: Reading): OwnOptions | undefined {
  const { problems, settings } = reading;
  if (item.kind !== "table") {
    const text = `Cannot use ${what}: it is ${describe(item)}. Write { argv = ["program", "argument"] }.`;
    problems.error("wrong_type", item.at, text);
    return undefined;
  }
  reportUnknownKeys(item, HOOK_KEYS, what, problems);
  const command = readCommand(item, what, problems);
  const timeout = item.entries.get("timeout_sec");
  const timeout_ms = timeout ? readTimeout(timeout, what, problems) : settings.timeout_ms;
  const gating = readGating(item, what, problems);
  const wire = readPayload(item.entries.get("payload"), what, problems);
  if (!command || !timeout_ms || !gating || !wire) return undefined;
  reportNoGate(gating, item, event, what, problems);
  return { command, timeout_ms, ...gating, wire, at: item.at };
}

function readCommand(hook: TomlTable, what: string, problems: Problems): Command | undefined {
  const argv = hook.entries.get("argv");
  const shell = hook.entries.get("command");
  if (argv && shell) {
    problems.error("two_commands", hook.at, `Cannot use ${what}: it has both argv and command. Keep one of them.`);
    return undefined;
  }
  if (argv) return readArgvKey(argv, what, problems);
  if (shell) return readShell(shell, what, problems);
  problems.error("no_command", hook.at, `Cannot use ${what}: it names no program. Add argv = ["program", "argument"].`);
  return undefined;
}

function readArgvKey({ value, at }: TomlEntry, what: string, problems: Problems): Command | undefined {
  if (value.kind !== "array") {
    const text = `Cannot use ${what}: its argv is ${describe(value)}. Write argv = ["program", "argument"], or command = "…" for a line of shell.`;
    problems.error("wrong_type", at, text);
    return undefined;
  }
  const argv = readArgv(value, what, problems);
  return argv && { argv };
}

function readShell({ value, at }: TomlEntry, what: string, problems: Problems): Command | undefined {
  if (value.kind !== "string") {
    const text = `Cannot use ${what}: its command is ${describe(value)}. Write command = "…" as one text, or argv = ["program", "argument"].`;
    problems.error("wrong_type", at, text);
    return undefined;
  }
  if (value.value.trim() !== "") return { shell: value.value };
  problems.error("empty_command", at, `Cannot use ${what}: its command is blank. Write what to run.`);
  return undefined;
}

function readPayload(entry: TomlEntry | undefined, what: string, problems: Problems): HookBase["wire"] | undefined {
  if (!entry) return "xcodex";
  if (entry.value.kind === "string" && entry.value.value === "claude") {
    const text = `Cannot give ${what} a payload "claude": it is deprecated and always was the same as "xcodex". Remove it.`;
    problems.warning("deprecated", entry.at, text);
    return "xcodex";
  }
  return readWire(entry, `payload of ${what}`, problems);
}
