import { type AnyEvent, findEvent } from "../catalogue.ts";
import type { CodexKey, EventFacts } from "../facts.ts";
import { ownFields, unknownFields } from "../own-fields.ts";
import type { Wire } from "./wire.ts";

/** Keys of a local shell call, in order; those without a value are null (seed 004, `HookToolInputLocalShell`). */
const LOCAL_SHELL = ["command", "workdir", "timeout_ms", "sandbox_permissions", "justification", "prefix_rule"];

/** Tool input as seed 004 tags it: by `input_type`, with the keys of that type. Input that is tagged already stays as it is. */
function tagged(input: unknown, kind: unknown): Readonly<Record<string, unknown>> {
  const object = typeof input === "object" && input !== null ? (input as Record<string, unknown>) : undefined;
  if (object && typeof object.input_type === "string") return object;
  switch (kind ?? (object ? "function" : "custom")) {
    case "local_shell":
      return {
        input_type: "local_shell",
        params: Object.fromEntries(LOCAL_SHELL.map((key) => [key, object?.[key] ?? null])),
      };
    case "mcp":
      return { input_type: "mcp", ...(object ?? { arguments: asText(input) }) };
    case "custom":
      return { input_type: "custom", input: asText(input) };
    default:
      return { input_type: "function", arguments: asText(input) };
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function pick(event: AnyEvent, key: CodexKey): readonly [string, unknown] {
  if (typeof key === "string") return [key, event[key]];
  const [name, from, otherwise] = key;
  return [name, from.map((field) => event[field]).find((value) => value !== undefined) ?? otherwise];
}

/** Seed 004 has whole seconds: "2025-01-01T00:00:00Z". */
function wholeSeconds(timestamp: unknown): unknown {
  // What is no text passes through as it is, as every field does.
  if (typeof timestamp !== "string") return timestamp;
  return timestamp.replace(/\.\d+(?=Z$|[+-]\d\d:\d\d$)/, "");
}

/** The shape for the name a hook is configured under (`after_agent`), else the event's first one. */
function shape(
  facts: EventFacts | undefined,
  hookEventName: string,
): readonly [string, readonly CodexKey[]] | undefined {
  const shapes = Object.entries(facts?.codex ?? {});
  return shapes.find(([name]) => name === codexName(hookEventName)) ?? shapes[0];
}

/** `after_agent` names the shape `AfterAgent`. */
function codexName(name: string): string {
  return name.replace(/(?:^|[_-])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function encode(event: AnyEvent, hookEventName: string): Record<string, unknown> {
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const found = shape(facts, hookEventName);
  const out: Record<string, unknown> = { session_id: event.session_id };
  if (event.transcript_path) out.transcript_path = event.transcript_path;
  out.cwd = event.cwd;
  if (event.client !== undefined) out.client = event.client;
  out.triggered_at = wholeSeconds(event.timestamp);
  out.hook_event_name = found?.[0] ?? hookEventName;
  const spelled = withTaggedInput(event);
  // Of events that seed 004 does not have: everything that is their own.
  const own = found ? found[1].map((key) => pick(spelled, key)) : ownFields(spelled, facts);
  for (const [key, value] of [...own, ...unknownFields(event, facts)]) {
    if (value === undefined || Object.hasOwn(out, key)) continue;
    // Not by assignment: a key may be `__proto__`.
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

/** Seed 004 says the kind of tool beside its input, so where only the input is known the kind is taken from it. */
function withTaggedInput(event: AnyEvent): AnyEvent {
  if (event.tool_input === undefined) return event;
  const input = tagged(event.tool_input, event.tool_kind);
  return { ...event, tool_input: input, tool_kind: event.tool_kind ?? input.input_type };
}

/**
 * Seed 004: flat, Claude-style names, `triggered_at`, tagged tool input. It has no envelope: programs written for it read the
 * payload on stdin whatever its size.
 */
export const codex: Wire = { name: "codex", encode };
