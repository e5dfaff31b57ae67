import { endHost, startHost } from "./block.ts";
import { Input } from "./input.ts";
import { splitLines } from "./lines.ts";
import { REPLIES_VARIABLE, type ServeOptions, withDefaults } from "./options.ts";
import { payloadFiles } from "./payload-file.ts";
import type { Platform, ReservedStdout } from "./platform.ts";
import { type Hook, serveLines, stackOf } from "./serve-lines.ts";

/** Serves as a long-lived host until stdin ends. */
export async function serve(platform: Platform, hook: Hook, options: ServeOptions): Promise<void> {
  const input = new Input(platform);
  const stdout = platform.reserveStdout();
  try {
    await serveFrom(input, platform, hook, options, stdout);
  } finally {
    stdout.release();
    input.close();
  }
}

/** {@link serve} over an input of which a part may have been read already. */
export async function serveFrom(
  chunks: AsyncIterable<Uint8Array>,
  platform: Platform,
  hook: Hook,
  options: ServeOptions,
  stdout: ReservedStdout,
): Promise<void> {
  const { maxBytes, maxPayloadFileBytes } = withDefaults(options);
  const replies = options.replies ?? platform.env(REPLIES_VARIABLE) === "1";
  const log = (message: string): void => platform.writeStderr(`xcodex-hooks: ${message}\n`);
  const scopes = await startHost(platform);
  // What a hook throws after it has returned (a timer, a promise nobody awaits) would end the host and with it every later event.
  const endStray = platform.catchStray((error) => log(stackOf(error)));
  try {
    await serveLines(splitLines(chunks, maxBytes), {
      hook,
      onDropped: options.onDropped,
      files: payloadFiles(platform.files, maxPayloadFileBytes),
      reply: replies ? stdout.write : undefined,
      log,
      within: (scope, run) => scopes.run(scope, run),
    });
  } finally {
    endStray();
    endHost();
  }
}
