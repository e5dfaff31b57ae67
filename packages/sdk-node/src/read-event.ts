import { followEnvelope, join, parseObject, type ReadEvent, toEvent } from "@xcodex/hooks-sdk-core";
import { type ReadOptions, withDefaults } from "./options.ts";
import { payloadFiles } from "./payload-file.ts";
import { readInto, Stdin } from "./stdin.ts";

/** How one event is read. */
export interface ReadEventOptions extends ReadOptions {
  /** The input itself, for programs that have read it already. Stdin is not touched then. */
  readonly input?: string | Uint8Array;
}

/**
 * Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the payload's file.
 *
 * @throws HookInputError when there is no event to be had: nothing there, not JSON, too large, too late, no good payload file
 */
export async function readEvent(options: ReadEventOptions = {}): Promise<ReadEvent> {
  const limits = withDefaults(options);
  if (options.input !== undefined) return eventIn(options.input, limits);
  const stdin = new Stdin();
  try {
    const parts: Uint8Array[] = [];
    stdin.startDeadline(limits.timeoutMs);
    await readInto(parts, stdin, limits.maxBytes);
    return await eventIn(join(parts), limits);
  } finally {
    stdin.close();
  }
}

/** The event in the whole of an input. The cap on its length is for those who read it. */
export async function eventIn(input: string | Uint8Array, limits: Required<ReadOptions>): Promise<ReadEvent> {
  const object = parseObject(input, "stdin");
  return toEvent(await followEnvelope(object, payloadFiles(limits.maxPayloadFileBytes)));
}
