import type { HostDroppedLine, HostReply } from "@xcodex/hooks-schema";
import { type BlockScope, BlockSignal } from "./block.ts";
import { followEnvelope, type PayloadFiles } from "./envelope.ts";
import { HookInputError } from "./errors.ts";
import type { ReadEvent } from "./event.ts";
import { describe, isObject, type JsonObject, parseObject } from "./json.ts";
import type { Line } from "./lines.ts";
import { toEvent } from "./to-event.ts";

/** A hook: what it returns is awaited and otherwise ignored. */
export type Hook = (event: ReadEvent) => unknown;

/** Called when the dispatcher had to drop events. */
export type OnDropped = (line: HostDroppedLine) => unknown;

/** What a host is connected to. */
export interface HostIo {
  readonly hook: Hook;
  readonly onDropped: OnDropped | undefined;
  readonly files: PayloadFiles;
  /** Writes one line, line break included, and resolves when it is out. Undefined when nobody reads replies. */
  readonly reply: ((line: string) => Promise<void>) | undefined;
  /** Says something to the person who looks after the hook. */
  readonly log: (message: string) => void;
  /** Runs a function so that `block` finds the scope, however deep and however late it is called. */
  readonly within: <T>(scope: BlockScope, run: () => T) => T;
}

/**
 * Handles the lines of a host, one after the other (DESIGN section 7), until there are no more. Neither a bad line nor a hook
 * that throws ends it: both are logged.
 */
export async function serveLines(lines: AsyncIterable<Line>, io: HostIo): Promise<void> {
  const unknownTypes = new Set<string>();
  let number = 0;
  for await (const line of lines) {
    number++;
    try {
      await handle(line, io, unknownTypes);
    } catch (error) {
      io.log(`line ${number} skipped: ${reasonFor(error)}`);
    }
  }
}

function reasonFor(error: unknown): string {
  return error instanceof HookInputError ? `${error.code}: ${error.message}` : stackOf(error);
}

/** What to log of something that was thrown, whatever it is. */
export function stackOf(error: unknown): string {
  try {
    return error instanceof Error
      ? String(error.stack ?? `${error.name}: ${error.message}`)
      : `the hook threw ${describe(error)}`;
  } catch {
    return "the hook threw something that cannot be shown";
  }
}

async function handle(line: Line, io: HostIo, unknownTypes: Set<string>): Promise<void> {
  if ("tooLong" in line) {
    throw new HookInputError(
      "input_too_large",
      `Cannot read a line of ${line.tooLong} bytes: it is longer than the cap. Raise maxBytes.`,
    );
  }
  if (!/[^ \t\r\n\uFEFF]/.test(line.text)) return;
  const object = parseObject(line.text, "the line");
  switch (object.type) {
    case "event":
    case "hook-event":
      return handleEvent(object, io);
    case "events-dropped":
      return isolated(io, () => io.onDropped?.(object as unknown as HostDroppedLine));
    default:
      noteType(object.type, io, unknownTypes);
  }
}

/** Lines of other types may come one day and are skipped; the first of each is worth a word, or a mix-up stays unseen. */
function noteType(type: unknown, io: HostIo, known: Set<string>): void {
  const name = type === undefined ? "a line without a type" : `lines of the type ${describe(type)}`;
  if (known.has(name)) return;
  known.add(name);
  io.log(`${name} skipped: a host reads lines of the types "event" and "hook-event"`);
}

async function handleEvent(line: JsonObject, io: HostIo): Promise<void> {
  const scope: BlockScope = { open: true, reason: undefined };
  try {
    const event = await eventOf(line, io);
    await isolated(io, () => io.within(scope, () => io.hook(event)));
  } finally {
    scope.open = false;
    // An event that could not be read is answered too: somebody may be waiting.
    await answer(line.seq, scope.reason, io);
  }
}

async function eventOf(line: JsonObject, io: HostIo): Promise<ReadEvent> {
  if (!isObject(line.event)) {
    throw new HookInputError(
      "not_object",
      `Cannot read an event from the line: "event" is ${describe(line.event)}, not an object. Send the event there.`,
    );
  }
  return toEvent(await followEnvelope(line.event, io.files));
}

/** Runs what the author wrote; what it throws is logged and goes no further. */
async function isolated(io: HostIo, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof BlockSignal)) io.log(stackOf(error));
  }
}

async function answer(seq: unknown, reason: string | undefined, io: HostIo): Promise<void> {
  if (!io.reply) {
    if (reason !== undefined) {
      io.log("Cannot block the event: nobody reads the replies of this host. Set `replies = true` under [hooks.host].");
    }
    return;
  }
  if (typeof seq !== "number") return;
  const reply: HostReply = reason === undefined ? { seq } : { seq, decision: "block", reason };
  await io.reply(`${JSON.stringify(reply)}\n`);
}

/**
 * Whether a text is a line for a host: the first line decides whether a program that can do both is one (DESIGN section 8,
 * `run`). Never throws.
 */
export function isHostLine(text: string): boolean {
  // Most first lines are payloads, and large: look before parsing.
  if (!/"type"\s*:\s*"(?:event|hook-event|events-dropped)"/.test(text)) return false;
  let line: unknown;
  try {
    line = parseObject(text, "the line");
  } catch {
    return false;
  }
  if (!isObject(line)) return false;
  if (line.type === "events-dropped") return typeof line.from_seq === "number";
  return (line.type === "event" || line.type === "hook-event") && typeof line.seq === "number" && isObject(line.event);
}
