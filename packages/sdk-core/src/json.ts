import { HookInputError } from "./errors.ts";

/** A JSON object, as parsed. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is an object in the sense of JSON: no array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The one JSON object in a text or in UTF-8 bytes. One byte order mark is skipped; bytes that are not UTF-8 become U+FFFD.
 *
 * @param source where it came from, for messages: "stdin"
 * @throws HookInputError `no_input`, `not_json`, `not_object`
 */
export function parseObject(input: string | Uint8Array, source: string): JsonObject {
  const text = withoutBom(typeof input === "string" ? input : decode(input));
  // Only the white space of JSON: a text of other invisible characters is not "nothing".
  if (!/[^ \t\r\n]/.test(text)) {
    throw new HookInputError(
      "no_input",
      `Cannot read an event from ${source}: it is empty. Run the hook from an agent or pipe an event into it.`,
    );
  }
  const value = parse(text, source);
  if (isObject(value)) return value;
  throw new HookInputError(
    "not_object",
    `Cannot read an event from ${source}: it is ${describe(value)}, not an object. Send one JSON object per event.`,
  );
}

/** Bytes as text. The byte order mark stays, so that exactly one is skipped wherever the text came from. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = looksCutOff(text)
      ? `it looks cut off at position ${text.length}. Check that its sender writes all of it and then closes the input`
      : `${oneLine((cause as Error).message)}. Send exactly one JSON object`;
    throw new HookInputError("not_json", `Cannot read an event from ${source} as JSON: ${why}.`, { cause });
  }
}

/** The parser quotes the text, line breaks and all; a message is one line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** Whether a text that is no JSON ends inside a string, an object or an array. */
function looksCutOff(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
  }
  return inString || depth > 0;
}

/** A value in a few words, for messages: `the string "12"`, `an array`, `null`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return `the ${typeof value} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
