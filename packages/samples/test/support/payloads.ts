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
