import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type AnyEvent, completeEvent, defaultName, findEvent, findWire, type WireName } from "@xcodex/hooks-schema";

/** A payload, as an object. */
export type Payload = Record<string, unknown>;

/** The agents whose sessions were captured. */
export const AGENTS = ["codex", "claude-code", "gemini"] as const;

/** What an agent really sent to its hooks, one payload per event. */
export function captured(agent: string): readonly Payload[] {
  const file = fileURLToPath(new URL(`../../../../conformance/captures/${agent}.jsonl`, import.meta.url));
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { stdin: Payload }).stdin);
}

/** An event with every base field, always the same ones. */
export function complete(payload: Payload): AnyEvent {
  return completeEvent(payload, {
    newId: () => "6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11",
    now: () => Date.UTC(2026, 0, 11, 23, 59, 59),
  });
}

/** An event as a hook gets it on a wire. */
export function onWire(payload: Payload, name: WireName): Payload {
  const event = complete(payload);
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const wire = findWire(name);
  if (!wire) throw new Error(`There is no wire "${name}".`);
  return wire.encode(event, facts ? defaultName(facts) : event.xcodex_event_type);
}

/** A command that an agent is about to run. */
export function toolCall(toolInput: unknown, rest: Payload = {}): Payload {
  return complete({
    xcodex_event_type: "tool-call-started",
    session_id: "s-1",
    cwd: "/home/dev/project",
    tool_name: "Bash",
    tool_input: toolInput,
    ...rest,
  });
}

const SAID: Readonly<Record<(typeof AGENTS)[number], readonly string[]>> = {
  codex: Array<string>(4).fill("tool=Bash status=- success=- duration_ms=- output_bytes=-"),
  "claude-code": [
    "tool=Bash status=- success=- duration_ms=83 output_bytes=-",
    "tool=Write status=- success=- duration_ms=6 output_bytes=-",
    "tool=Read status=- success=- duration_ms=1 output_bytes=-",
    "tool=Edit status=- success=- duration_ms=4 output_bytes=-",
    "tool=Bash status=- success=- duration_ms=66 output_bytes=-",
    "tool=Bash status=- success=false duration_ms=19 output_bytes=-",
  ],
  gemini: [
    "tool=run_shell_command status=- success=- duration_ms=- output_bytes=-",
    "tool=write_file status=- success=- duration_ms=- output_bytes=-",
    "tool=read_file status=- success=- duration_ms=- output_bytes=-",
    "tool=replace status=- success=- duration_ms=- output_bytes=-",
    "tool=run_shell_command status=- success=- duration_ms=- output_bytes=-",
  ],
};

/** The lines about the tools that have run in a captured session: what an agent does not say is "-". */
export const SUMMARIES: Readonly<Record<(typeof AGENTS)[number], string>> = {
  codex: summary(SAID.codex),
  "claude-code": summary(SAID["claude-code"]),
  gemini: summary(SAID.gemini),
};

function summary(said: readonly string[]): string {
  return said.map((facts) => `type=tool-call-finished ${facts} cwd=/home/dev/project\n`).join("");
}

/** The same payload as different senders spell it. */
export const SPELLINGS: readonly (readonly [name: string, spell: (payload: Payload) => Payload])[] = [
  ["as the agent sent it", (payload) => payload],
  ["on the xcodex wire", (payload) => onWire(payload, "xcodex")],
];
