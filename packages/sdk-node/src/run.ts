import { type Hook, HookInputError, isHostLine, join, stackOf } from "@xcodex/hooks-sdk-core";
import { type ReadOptions, withDefaults } from "./options.ts";
import { eventIn } from "./read-event.ts";
import { type ServeOptions, serveFrom } from "./serve.ts";
import { writeStderr } from "./stderr.ts";
import { readInto, Stdin } from "./stdin.ts";
import { reserveStdout } from "./stdout.ts";

/** How a program runs that can be both: the hook of one event and a host. */
export interface RunOptions extends ReadOptions, ServeOptions {}

/**
 * Runs a hook however it was started: once for the one event on stdin, or as a host when the first line is a line for a host. So
 * the same program works in every delivery mode, and only the configuration says which.
 *
 * Never rejects. Exit code 0 when the hook is done; 1, and why on stderr, when there is no event, the hook throws or it can never
 * be done; 2 after `block`.
 */
export async function run(hook: Hook, options: RunOptions = {}): Promise<void> {
  const stdin = new Stdin();
  // For good, not only until the hook has returned: what it starts may print later.
  const stdout = reserveStdout();
  process.once("beforeExit", exitUnfinished);
  try {
    await runWith(stdin, hook, options, stdout.release);
  } catch (error) {
    writeStderr(error instanceof HookInputError ? `${error.code}: ${error.message}\n` : `${stackOf(error)}\n`);
    // As after an uncaught exception: what the hook has left open does not keep it alive.
    process.exit(1);
  } finally {
    process.off("beforeExit", exitUnfinished);
    stdin.close();
  }
}

/** Nothing is left that could finish the hook. Ending with 0 would say that it had looked at the event. */
function exitUnfinished(): never {
  writeStderr(
    "Cannot finish the hook: the promise that it returned is pending and nothing is left that could settle it. Await only what ends.\n",
  );
  process.exit(1);
}

async function runWith(stdin: Stdin, hook: Hook, options: RunOptions, release: () => void): Promise<void> {
  const limits = withDefaults(options);
  const parts = await readFirstLine(stdin, limits, isToldToBeHost(options));
  if (isHostLine(firstLine(parts))) {
    stdin.stopDeadline();
    // `serve` takes stdout over, and needs the real one for its replies.
    release();
    return serveFrom(resume(parts, stdin), hook, options);
  }
  await readInto(parts, stdin, limits.maxBytes);
  // The deadline is for the input, and its timer would keep a hook that is stuck alive.
  stdin.stopDeadline();
  await hook(await eventIn(join(parts), limits));
}

/** A host may have been started long before its first event. What it reads decides what it is; this only makes it patient. */
function isToldToBeHost(options: RunOptions): boolean {
  return (options.replies ?? process.env.XCODEX_HOOKS_REPLIES) !== undefined;
}

/** Reads until the first line that is not blank is complete, or to the end of the input. */
async function readFirstLine(stdin: Stdin, limits: Required<ReadOptions>, patient: boolean): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let begun = false;
  if (!patient) stdin.startDeadline(limits.timeoutMs);
  await readInto(parts, stdin, limits.maxBytes, (part) => {
    stdin.startDeadline(limits.timeoutMs);
    const start = begun ? 0 : part.findIndex((byte) => !BLANK.has(byte));
    begun ||= start !== -1;
    return begun && part.indexOf(NEWLINE, start) !== -1;
  });
  return parts;
}

const NEWLINE = 10;
/** Space, tab, carriage return, line feed, and the bytes of a byte order mark. */
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, NEWLINE, 0xef, 0xbb, 0xbf]);

function firstLine(parts: readonly Uint8Array[]): string {
  const bytes = join(parts);
  const start = Math.max(
    0,
    bytes.findIndex((byte) => !BLANK.has(byte)),
  );
  const end = bytes.indexOf(NEWLINE, start);
  return new TextDecoder().decode(bytes.subarray(start, end === -1 ? bytes.length : end));
}

async function* resume(parts: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
  yield* rest;
}
