import { type Hook, type OnDropped, serveLines, splitLines, stackOf } from "@xcodex/hooks-sdk-core";
import { startHost } from "./block.ts";
import { type ReadOptions, withDefaults } from "./options.ts";
import { payloadFiles } from "./payload-file.ts";
import { writeStderr } from "./stderr.ts";
import { Stdin } from "./stdin.ts";
import { reserveStdout } from "./stdout.ts";

/** How a host serves. */
export interface ServeOptions extends Omit<ReadOptions, "timeoutMs"> {
  /**
   * Whether somebody reads replies. By default what the dispatcher says: it sets `XCODEX_HOOKS_REPLIES=1` for hosts with
   * `replies = true`.
   */
  readonly replies?: boolean;
  /** Called when events were dropped on the way here. */
  readonly onDropped?: OnDropped;
}

/**
 * Serves as a long-lived host: calls the hook for every event line on stdin, one after the other, and resolves after the last
 * one. Bad lines and hooks that throw are logged to stderr and end nothing.
 */
export async function serve(hook: Hook, options: ServeOptions = {}): Promise<void> {
  const stdin = new Stdin();
  try {
    await serveFrom(stdin, hook, options);
  } finally {
    stdin.close();
  }
}

/** {@link serve} over an input of which a part may have been read already. */
export async function serveFrom(chunks: AsyncIterable<Uint8Array>, hook: Hook, options: ServeOptions): Promise<void> {
  const { maxBytes, maxPayloadFileBytes } = withDefaults(options);
  const replies = options.replies ?? process.env.XCODEX_HOOKS_REPLIES === "1";
  const stdout = reserveStdout();
  const host = startHost();
  const stray = catchStray();
  try {
    await serveLines(splitLines(chunks, maxBytes), {
      hook,
      onDropped: options.onDropped,
      files: payloadFiles(maxPayloadFileBytes),
      reply: replies ? stdout.write : undefined,
      log,
      within: host.within,
    });
  } finally {
    stray.end();
    host.end();
    stdout.release();
  }
}

function log(message: string): void {
  writeStderr(`xcodex-hooks: ${message}\n`);
}

/**
 * What a hook throws after it has returned (a timer, a promise nobody awaits) would end the host and with it every later event.
 * A program with a say of its own in this keeps it.
 */
function catchStray(): { end: () => void } {
  const logStray = (error: unknown): void => log(stackOf(error));
  const events = (["uncaughtException", "unhandledRejection"] as const).filter(
    (event) => process.listenerCount(event) === 0,
  );
  for (const event of events) process.on(event, logStray);
  return { end: () => events.forEach((event) => void process.off(event, logStray)) };
}
