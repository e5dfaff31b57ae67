import { findEvent } from "@xcodex/hooks-schema";
import { type ConfigProblem, EVERY_EVENT, type Hook, type HostHook, type HostSettings } from "../../contracts.ts";
import { readArgv } from "../argv.ts";
import { brokenHook, hear, saysDeny } from "../broken.ts";
import { readFilters, type Subscription } from "../filters.ts";
import { readPolicy } from "../gating.ts";
import { nearest } from "../nearest.ts";
import { describe, type Problems, quote } from "../problems.ts";
import { DEFAULT_TIMEOUT_MS, readFlag, readTimeout } from "../settings.ts";
import type { TomlEntry, TomlTable } from "../toml.ts";
import { reportUnknownKeys } from "../unknown-keys.ts";
import type { Reading, Surface } from "./surface.ts";

/** `[hooks.host]` of seed 001: one long-lived process that gets events as lines. */
export const host: Surface = { name: "host", keys: ["host"], turn: 2, read };

const PATH = "hooks.host";
const KEYS = [
  "enabled",
  "command",
  "filters",
  "timeout_sec",
  "line_type",
  "replies",
  "on_failure",
  "sandbox_mode",
] as const;

async function read({ value, at }: TomlEntry, reading: Reading): Promise<readonly Hook[]> {
  const { problems } = reading;
  if (value.kind !== "table") {
    const text = `Cannot use ${PATH}: it is ${describe(value)}. Write [${PATH}] with enabled = true and a command.`;
    problems.error("wrong_type", at, text);
    return [];
  }
  reportUnknownKeys(value, KEYS, PATH, problems);
  const enabled = isEnabled(value, problems);
  const heard = hear(problems);
  const own = readOwn(value, enabled, heard.problems);
  const subscriptions = await readFilters(value, PATH, problems);
  if (!enabled) {
    if (own)
      for (const each of subscriptions) reading.disable({ hook: hookOf(each, own, reading), why: whyOff(value) });
    return [];
  }
  if (own) {
    reportNoGate(value, own, subscriptions, problems);
    return subscriptions.map((subscription) => hookOf(subscription, own, reading));
  }
  const why = heard.firstError();
  return why && isGuard(value) ? subscriptions.map((each) => brokenHostOf(each, why, reading)) : [];
}

/** What the table says of its hooks, beside their events. */
interface Own {
  readonly settings: HostSettings;
  readonly timeout_ms: number;
  readonly on_failure: HostHook["on_failure"];
}

/** Undefined after a problem; all of them are reported. */
function readOwn(table: TomlTable, enabled: boolean, problems: Problems): Own | undefined {
  const settings = readSettings(table, enabled, problems);
  const timeout = table.entries.get("timeout_sec");
  const timeout_ms = timeout ? readTimeout(timeout, PATH, problems) : DEFAULT_TIMEOUT_MS;
  const policy = readPolicy(table.entries.get("on_failure"), PATH, problems);
  const sandbox = enabled && asksForSandbox(table, problems);
  if (!settings || !timeout_ms || policy === undefined || sandbox) return undefined;
  return { settings, timeout_ms, on_failure: policy ?? "allow" };
}

/** Whether it was meant to stop the agent when it fails. */
function isGuard(table: TomlTable): boolean {
  const replies = table.entries.get("replies")?.value;
  const answers = replies !== undefined && !(replies.kind === "boolean" && !replies.value);
  return answers && saysDeny(table, { required_waits: true });
}

/** A host that was written down and not switched on is most often meant to run. */
function isEnabled(table: TomlTable, problems: Problems): boolean {
  const entry = table.entries.get("enabled");
  if (entry) return readFlag(entry, `${PATH}.enabled`, problems) ?? false;
  if (table.entries.has("command")) {
    problems.warning("not_enabled", table.at, `Cannot start the host: ${PATH} is not enabled. Add enabled = true.`);
  }
  return false;
}

function whyOff({ entries }: TomlTable): string {
  const at = entries.get("enabled")?.at;
  return at ? `${PATH}.enabled is not true (line ${at.line})` : `${PATH} is not enabled`;
}

function readSettings(table: TomlTable, enabled: boolean, problems: Problems): HostSettings | undefined {
  const argv = readCommand(table, enabled, problems);
  const line_type = readLineType(table.entries.get("line_type"), problems);
  const replies = readReplies(table.entries.get("replies"), problems);
  if (!argv || !line_type || replies === undefined) return undefined;
  return { argv, line_type, replies };
}

/** Undefined after a problem: a host that was meant to answer is not to be taken for one that looks on. */
function readReplies(entry: TomlEntry | undefined, problems: Problems): boolean | undefined {
  return entry ? readFlag(entry, `${PATH}.replies`, problems) : false;
}

function readCommand(table: TomlTable, enabled: boolean, problems: Problems): readonly string[] | undefined {
  const entry = table.entries.get("command");
  const example = 'command = ["python3", "-u", "hooks/host/python/host.py", "hooks/host/python/example_hook.py"]';
  if (!entry) {
    if (enabled) problems.error("no_command", table.at, `Cannot start the host: it has no command. Add ${example}.`);
    return undefined;
  }
  if (entry.value.kind === "array") {
    // Switched off, an empty command is no mistake yet.
    if (!enabled && entry.value.items.length === 0) return undefined;
    return readArgv(entry.value, `${PATH}.command`, problems);
  }
  const text = `Cannot use ${PATH}.command: it is ${describe(entry.value)}, and no shell reads it. Write ${example}.`;
  problems.error("wrong_type", entry.at, text);
  return undefined;
}

const LINE_TYPES = ["event", "hook-event"] as const;

function readLineType(entry: TomlEntry | undefined, problems: Problems): HostSettings["line_type"] | undefined {
  if (!entry) return "event";
  const { value, at } = entry;
  const wanted = value.kind === "string" ? value.value : undefined;
  const found = LINE_TYPES.find((type) => type === wanted);
  if (found) return found;
  const text = `Cannot use ${PATH}.line_type: it is ${describe(value)}. Give "event", or "hook-event" for hosts of the first xcodex.`;
  problems.error("unknown_line_type", at, text, wanted === undefined ? undefined : nearest(wanted, LINE_TYPES));
  return undefined;
}

/** Who asks for a sandbox must not get a host without one in silence. */
function asksForSandbox(table: TomlTable, problems: Problems): boolean {
  const entry = table.entries.get("sandbox_mode");
  if (!entry) return false;
  const mode = entry.value.kind === "string" ? entry.value.value : undefined;
  if (mode === "danger-full-access") return false;
  const named = mode === undefined ? describe(entry.value) : quote(mode);
  const text = `Cannot start the host in the sandbox ${named}: this version has none. Remove sandbox_mode to run it with your own rights, or put a sandbox into its command.`;
  problems.error("no_sandbox", entry.at, text);
  return true;
}

/** A host that answers, and whose filters let nothing through that can be stopped, still runs; so does one that nobody asks. */
function reportNoGate(
  table: TomlTable,
  { settings: { replies }, on_failure }: Own,
  subscriptions: readonly Subscription[],
  problems: Problems,
): void {
  if (!replies && on_failure === "deny") {
    const text = `Cannot stop the agent when the host fails: nobody waits for a host that does not answer. Add replies = true, or remove on_failure.`;
    problems.warning("required_ignored", (table.entries.get("on_failure") ?? table).at, text);
  }
  if (!replies || subscriptions.length === 0 || subscriptions.some(isForGate)) return;
  const text = `Cannot stop the agent with the host: its filters let no event through that a hook may gate. It runs, and the agent goes on whatever it says. Add such an event, or remove replies.`;
  problems.warning("not_a_gate", (table.entries.get("replies") ?? table).at, text);
}

function isForGate({ event_type }: Subscription): boolean {
  return event_type === EVERY_EVENT || findEvent(event_type)?.facts.gate === true;
}

function brokenHostOf({ at, number, matcher, ...event }: Subscription, why: ConfigProblem, { file }: Reading): Hook {
  const { key, event_type, ...narrowed } = event;
  const id = `host:${key}:${number}`;
  return brokenHook(
    { id, surface: "host", file, at, event: { key, event_type, narrowed }, matcher, target: "host" },
    why,
  );
}

function hookOf(
  { at, number, ...wanted }: Subscription,
  { settings, timeout_ms, on_failure }: Own,
  { file }: Reading,
): HostHook {
  return {
    id: `host:${wanted.key}:${number}`,
    surface: "host",
    origin: { file, line: at.line, column: at.column },
    runner: "host",
    ...wanted,
    wire: "xcodex",
    mode: settings.replies ? "sync" : "async",
    may_gate: settings.replies,
    required: false,
    on_failure,
    timeout_ms,
    target: "host",
    host: settings,
  };
}
