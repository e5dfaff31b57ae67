import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./temp.ts";

const SDK = new URL("../../dist/index.mjs", import.meta.url).href;

/** A hook as its author would write it, in a file of its own; returns the file's path. */
export function hookFile(body: string): string {
  const file = join(tempFolder("test"), "hook.mjs");
  writeFileSync(
    file,
    `import { block, HookInputError, parseEvent, readEvent, run, serve } from ${JSON.stringify(SDK)};\n${body}\n`,
  );
  return file;
}

/** The command that runs it. */
export function hook(body: string): readonly [string, string] {
  return [process.execPath, hookFile(body)];
}

/** A shell command that pipes something into a hook, through a real pipe. */
export function piped(writer: string, body: string): readonly string[] {
  return ["sh", "-c", `(${writer}) | "$0" "$1"`, ...hook(body)];
}

/** One tool call, as the dispatcher sends it. */
export const EVENT: Readonly<Record<string, unknown>> = {
  schema_version: 1,
  event_id: "6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11",
  timestamp: "2026-01-11T23:59:59Z",
  session_id: "session-1",
  cwd: "/home/dev/project",
  hook_event_name: "PreToolUse",
  xcodex_event_type: "tool-call-started",
  transcript_path: "",
  permission_mode: "default",
  tool_name: "shell",
  tool_input: { command: "echo äöü 漢字 🚀" },
};

/** A line for a host. */
export function line(seq: number, event: object = EVENT): string {
  return `${JSON.stringify({ schema_version: 1, type: "event", seq, event })}\n`;
}
