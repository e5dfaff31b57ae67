import { followEnvelope } from "./envelope.ts";
import type { ReadEvent } from "./event.ts";
import { Input, readInto } from "./input.ts";
import { parseObject } from "./json.ts";
import { join } from "./lines.ts";
import { type ReadEventOptions, type ReadOptions, withDefaults } from "./options.ts";
import { payloadFiles } from "./payload-file.ts";
import type { Platform } from "./platform.ts";
import { toEvent } from "./to-event.ts";

/**
 * Reads the one event on stdin, and follows an envelope to the payload's file.
 *
 * @throws HookInputError when there is no event to be had
 */
export async function readEvent(platform: Platform, options: ReadEventOptions): Promise<ReadEvent> {
  const limits = withDefaults(options);
  if (options.input !== undefined) return eventIn(options.input, platform, limits);
  const input = new Input(platform);
  try {
    const parts: Uint8Array[] = [];
    input.startDeadline(limits.timeoutMs);
    await readInto(parts, input, limits.maxBytes);
    return await eventIn(join(parts), platform, limits);
  } finally {
    input.close();
  }
}

/** The event in the whole of an input. The cap on its length is for those who read it. */
export async function eventIn(
  input: string | Uint8Array,
  platform: Platform,
  limits: Required<ReadOptions>,
): Promise<ReadEvent> {
  const object = parseObject(input, "stdin");
  return toEvent(await followEnvelope(object, payloadFiles(platform.files, limits.maxPayloadFileBytes)));
}
