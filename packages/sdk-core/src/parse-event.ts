import { asPayload } from "./envelope.ts";
import { HookInputError } from "./errors.ts";
import type { ReadEvent } from "./event.ts";
import { describe, isObject, parseObject } from "./json.ts";
import { toEvent } from "./to-event.ts";

/**
 * Turns the JSON of one event into a typed event: text, UTF-8 bytes, or what `JSON.parse` made of them. Every wire and the
 * payloads of Codex, Claude Code and Gemini CLI are understood.
 *
 * No file is read: an envelope is refused.
 *
 * @throws HookInputError `no_input`, `not_json`, `not_object`, `unexpected_envelope`
 */
export function parseEvent(json: string | Uint8Array | object): ReadEvent {
  return toEvent(asPayload(objectOf(json), "the event"));
}

function objectOf(json: unknown): Record<string, unknown> {
  if (typeof json === "string" || json instanceof Uint8Array) return parseObject(json, "the event");
  if (isObject(json)) return json;
  throw new HookInputError(
    "not_object",
    `Cannot read an event from the value: it is ${describe(json)}, not an object. Hand over JSON text or an object.`,
  );
}
