import { HookInputError } from "./errors.ts";
import { Input, readInto } from "./input.ts";
import { join } from "./lines.ts";
import { REPLIES_VARIABLE, type ReadOptions, type RunOptions, withDefaults } from "./options.ts";
import type { Platform, ReservedStdout } from "./platform.ts";
import { eventIn } from "./read-event.ts";
import { serveFrom } from "./serve.ts";
import { type Hook, isHostLine, stackOf } from "./serve-lines.ts";

/** Runs a hook however it was started: once for the one event on stdin, or as a host. Never rejects. */
export async function run(platform: Platform, hook: Hook, options: RunOptions): Promise<void> {
  const input = new Input(platform);
  // For good, not only until the hook has returned: what it starts may print later.
  const stdout = platform.reserveStdout();
  const forgetIdle = platform.onIdle(() => exitUnfinished(platform));
  try {
    await runWith(input, platform, hook, options, stdout);
  } catch (error) {
    platform.writeStderr(error instanceof HookInputError ? `${error.code}: ${error.message}\n` : `${stackOf(error)}\n`);
    // As after an uncaught exception: what the hook has left open does not keep it alive.
    platform.exit(1);
  } finally {
    forgetIdle();
    input.close();
  }
}

/** Nothing is left that could finish the hook. Ending with 0 would say that it had looked at the event. */
function exitUnfinished(platform: Platform): void {
  platform.writeStderr(
    "Cannot finish the hook: the promise that it returned is pending and nothing is left that could settle it. Await only what ends.\n",
  );
  platform.exit(1);
}

async function runWith(
  input: Input,
  platform: Platform,
  hook: Hook,
  options: RunOptions,
  stdout: ReservedStdout,
): Promise<void> {
  const limits = withDefaults(options);
  const parts = await readFirstLine(input, limits, isToldToBeHost(platform, options));
  if (isHostLine(firstLine(parts))) {
    input.stopDeadline();
    return serveFrom(resume(parts, input), platform, hook, options, stdout);
  }
  await readInto(parts, input, limits.maxBytes);
  // The deadline is for the input, and its timer would keep a hook that is stuck alive.
  input.stopDeadline();
  await hook(await eventIn(join(parts), platform, limits));
}

/** A host may have been started long before its first event. What it reads decides what it is; this only makes it patient. */
function isToldToBeHost(platform: Platform, options: RunOptions): boolean {
  return (options.replies ?? platform.env(REPLIES_VARIABLE)) !== undefined;
}

/** Reads until the first line that is not blank is complete, or to the end of the input. */
async function readFirstLine(input: Input, limits: Required<ReadOptions>, patient: boolean): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let begun = false;
  if (!patient) input.startDeadline(limits.timeoutMs);
  await readInto(parts, input, limits.maxBytes, (part) => {
    input.startDeadline(limits.timeoutMs);
    const start = begun ? 0 : part.findIndex((byte) => !isBlank(byte));
    begun ||= start !== -1;
    return begun && part.indexOf(NEWLINE, start) !== -1;
  });
  return parts;
}

const NEWLINE = 10;

/** Whether a byte is a space, a tab, a carriage return, a line feed or one of a byte order mark. */
function isBlank(byte: number): boolean {
  switch (byte) {
    case 0x20:
    case 0x09:
    case 0x0d:
    case NEWLINE:
    case 0xef:
    case 0xbb:
    case 0xbf:
      return true;
    default:
      return false;
  }
}

function firstLine(parts: readonly Uint8Array[]): string {
  const bytes = join(parts);
  const start = Math.max(
    0,
    bytes.findIndex((byte) => !isBlank(byte)),
  );
  const end = bytes.indexOf(NEWLINE, start);
  return new TextDecoder().decode(bytes.subarray(start, end === -1 ? bytes.length : end));
}

async function* resume(parts: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
  yield* rest;
}
