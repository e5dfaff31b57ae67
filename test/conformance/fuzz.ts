import type { DriverAnswer, DriverRequest, ToldEvent } from "./driver.ts";
import { captured, events, inputOf } from "./suite.ts";

/** How many payloads there are in the corpus. */
export const FUZZ_SIZE = 6000;

/** The corpus is the same everywhere: a language cannot pass by luck, and a failure can be looked at again. */
const SEED = 20_261_124;

/** Payloads longer than this are left out: what they would find, shorter ones find. */
const LONGEST = 20_000;

/** Mutated payloads as requests to a driver: half of them other JSON, half of them broken text. */
export function fuzzRequests(): readonly DriverRequest[] {
  const random = new Random(SEED);
  const bases = [
    ...events.map(({ vector }) => inputOf(vector).input ?? ""),
    ...captured.map(({ payload }) => JSON.stringify(payload)),
  ].filter((text) => text !== "" && text.length < LONGEST);
  return Array.from({ length: FUZZ_SIZE }, (_, at): DriverRequest => {
    const base = random.of(bases);
    const id = `fuzz:${at + 1}`;
    if (at % 2 === 0) return { id, kind: "event", input: otherJson(base, random) };
    return { id, kind: "event", input_base64: brokenText(Buffer.from(base), random).toString("base64") };
  });
}

/** Numbers without end, the same from the same seed (mulberry32). */
class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

type Json = Record<string, unknown>;

/** Values of every type, and those of each that readers like to get wrong. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, "", "x", "0", " ", "é", "\u{1f600}", "\u2028", "\u0000", "a\tb", "__proto__"],
  ...[0, -0, 1, -1, 1.5, 1e21, 1e-7, 2 ** 53 - 1, 2 ** 53, -(2 ** 53) + 1, -(2 ** 53), 1e308, 0.1],
  ...[[], [1], ["x"], ["x", 1], [null], [[]], {}, { name: "gemini" }, { name: 1 }, { a: { b: { c: 1 } } }],
  nested(60),
];

/** Keys that mean something to a reader. */
const KEYS: readonly string[] = [
  ...["xcodex_event_type", "type", "hook_event_name", "schema_version", "schema-version", "event-id", "event_id"],
  ...["session_id", "session-id", "thread_id", "thread-id", "payload_path", "payload-path", "transcript_path"],
  ...["agent", "agent_id", "agent_type", "subagent", "tool_name", "tool-name", "tool_alias", "call_id", "prompt_id"],
  ...["triggered_at", "timestamp", "llm_request", "mcp_context", "success", "attempt", "token_usage", "sandbox_policy"],
  ...["event", "context", "agent_context", "sessionId", "hookEventName", "toolInput", "tool_input", "durationMs"],
  ...["taskId", "duration", "command", "workdir", "targetFile", "provider", "model", "turn_id", "turnId"],
  ...["extra", "raw", "problems", "__proto__", "constructor", "", "toString", "no such key", "ключ"],
];

/** Names under which events are sent, and some that are none. */
const NAMES: readonly string[] = [
  ...["session-start", "tool_call_started", "PreToolUse", "PostToolUseFailure", "BeforeTool", "AfterModel", "stop"],
  ...["Stop", "exec.before", "pretooluse", " PreToolUse ", "PostCompact", "task_start", "subagent-stop", "", "nothing"],
];

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { in: value };
  return value;
}

const CHANGES: readonly ((payload: Json, random: Random) => void)[] = [
  (payload, random) => void delete payload[random.of(keysOf(payload))],
  (payload, random) => set(payload, random.of(keysOf(payload)), random.of(VALUES)),
  (payload, random) => set(payload, random.of(KEYS), random.of(VALUES)),
  (payload, random) => set(payload, random.of(["xcodex_event_type", "type", "hook_event_name"]), random.of(NAMES)),
  (payload, random) => rename(payload, random.of(keysOf(payload)), random.of(KEYS)),
  (payload, random) => rename(payload, random.of(keysOf(payload)), (key) => key.replaceAll("_", "-")),
  (payload, random) => set(payload, random.of(keysOf(payload)), payload[random.of(keysOf(payload))]),
  // The two objects of the lifecycle wire.
  (payload, random) => changeWithin(payload.event, random),
  (payload, random) => changeWithin(payload.context, random),
];

function changeWithin(part: unknown, random: Random): void {
  if (typeof part === "object" && part !== null && !Array.isArray(part)) random.of(CHANGES)(part as Json, random);
}

function keysOf(payload: Json): readonly string[] {
  const keys = Object.keys(payload);
  return keys.length > 0 ? keys : ["session_id"];
}

/** Not by assignment: the key may be `__proto__`. */
function set(payload: Json, key: string, value: unknown): void {
  Object.defineProperty(payload, key, { value, enumerable: true, configurable: true, writable: true });
}

function rename(payload: Json, key: string, to: string | ((key: string) => string)): void {
  const value = payload[key];
  delete payload[key];
  set(payload, typeof to === "string" ? to : to(key), value ?? null);
}

function otherJson(base: string, random: Random): string {
  const payload = JSON.parse(base) as Json;
  for (let times = 1 + random.below(4); times > 0; times--) random.of(CHANGES)(payload, random);
  return JSON.stringify(payload);
}

/** Pieces of text that are JSON in some parsers and in RFC 8259 not, or the other way round. */
const PIECES: readonly string[] = [
  ...[",", ":", "{", "}", "[", "]", '"', "\\", "\\u12", "\\ud800", "\\udc00\\ud800", "\\x", "\\/", "\\'", "'"],
  ...["NaN", "Infinity", "-", "+1", "01", "1.", ".5", "1e", "1E+2", "1e5", "-0", "0x1", "true", "nul", "null"],
  ...["//", "/* */", "#", "\u0000", "\u0001", "\t", "\n", "\r", "\u007f", "\u00a0", "\u2028", "\ufeff", " "],
];

const BYTES: readonly number[] = [0x00, 0x1f, 0x22, 0x5c, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf5, 0xff];

const BREAKS: readonly ((text: Buffer, at: number, random: Random) => Buffer)[] = [
  (text, at) => splice(text, at, 1, Buffer.alloc(0)),
  (text, at, random) => splice(text, at, 0, Buffer.from(random.of(PIECES))),
  (text, at, random) => splice(text, at, 1, Buffer.from(random.of(PIECES))),
  (text, at, random) => splice(text, at, 1, Buffer.from([random.of(BYTES)])),
  (text, at, random) => splice(text, at, random.below(20), Buffer.alloc(0)),
  (text, at, random) => splice(text, at, 0, text.subarray(at, at + random.below(20))),
  (text, at) => text.subarray(0, at),
  (text, _, random) => Buffer.concat([Buffer.from(random.of(PIECES)), text]),
  (text, _, random) => Buffer.concat([text, Buffer.from(random.of(PIECES))]),
];

function splice(text: Buffer, at: number, count: number, put: Buffer): Buffer {
  return Buffer.concat([text.subarray(0, at), put, text.subarray(at + count)]);
}

function brokenText(text: Buffer, random: Random): Buffer {
  let broken = text;
  for (let times = 1 + random.below(2); times > 0; times--) {
    broken = random.of(BREAKS)(broken, random.below(broken.length + 1), random);
  }
  return broken;
}

/**
 * What a driver said, in a form in which two languages can be compared: as PROTOCOL.md, section 7 says, and with its allowances
 * made for all. A row of U+FFFD counts as one: how many stand for bytes that are not UTF-8 is not agreed upon anywhere.
 */
export function comparable(answer: DriverAnswer | undefined): unknown {
  if (answer?.error) return { error: answer.error.code };
  const event = answer?.event as ToldEvent;
  const problems = event.problems.map(({ field, code }) => `${field}: ${code}`).sort();
  const fields = Object.fromEntries(Object.entries(event.fields).filter(([, value]) => value !== null));
  return plain({ type: event.type, fields, extra: event.extra, problems });
}

function plain(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[\p{Surrogate}\ufffd]+/gu, "\ufffd");
  // Node writes null for a number that no double can hold; and zero has two signs.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return new Map(
    Object.entries(value)
      .map(([key, item]): [unknown, unknown] => [plain(key), plain(item)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}
