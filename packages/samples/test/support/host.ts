import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type Feed, runProcess } from "../../../../test/support/process.ts";
import { installSamples, PYTHON } from "./install.ts";
import type { Payload } from "./payloads.ts";

/** A new CODEX_HOME with the Python host in it and hooks of one's own, by the names of their files in `hooks/`. */
export function hostHome(hooks: Readonly<Record<string, string>> = {}): string {
  const home = installSamples("python-host");
  for (const [name, code] of Object.entries(hooks)) writeFileSync(join(home, "hooks", name), code);
  return home;
}

/** Command of the host with some hooks; files are relative to CODEX_HOME, where it is started. */
export function hostCommand(hooks: readonly string[]): readonly string[] {
  return [PYTHON.program, "-u", "hooks/host/python/host.py", ...hooks];
}

/** Runs a host to its end as the dispatcher does: in CODEX_HOME, which its environment names. */
export function runHost(
  home: string,
  argv: readonly string[],
  feed: Feed,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runProcess(argv, feed, { cwd: home, env: { CODEX_HOME: home, ...env } });
}

/** Runs the host with one hook, whose code is given. */
export function runHookInHost(code: string, feed: Feed, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runHost(hostHome({ "own.py": code }), hostCommand(["hooks/own.py"]), feed, env);
}

/** The spellings of a line for a host. */
export const LINE_TYPES = ["event", "hook-event"] as const;

/** Lines for a host, numbered from 1. */
export function hostLines(events: readonly unknown[], type: (typeof LINE_TYPES)[number] = "event"): string {
  return events.map((event, at) => `${JSON.stringify({ schema_version: 1, type, seq: at + 1, event })}\n`).join("");
}

/** Events that can be told apart by `n`. */
export function numbered(count: number, rest: Payload = {}): readonly Payload[] {
  return Array.from({ length: count }, (_, at) => ({
    xcodex_event_type: "session-start",
    session_id: "s-1",
    n: at + 1,
    ...rest,
  }));
}

/** What the dispatcher sets where `replies = true`. */
export const REPLIES = { XCODEX_HOOKS_REPLIES: "1" };

/** A hook that says which events it was given. */
export const TELLS = "def on_event(event):\n    print(event['n'])\n";

/** What that hook says of so many events. */
export function told(count: number): string {
  return numbered(count)
    .map(({ n }) => `${n}\n`)
    .join("");
}
