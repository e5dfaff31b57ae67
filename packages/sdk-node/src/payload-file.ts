import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { HookInputError, type InputCode, type PayloadFiles } from "@xcodex/hooks-sdk-core";

/**
 * Never follow a link, never wait for the other end of a pipe, never become a terminal's process. Windows has none of the three
 * flags; there the check before opening has to do.
 */
const FLAGS =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Payload files of at most `maxBytes`, on Node's file system. */
export function payloadFiles(maxBytes: number): PayloadFiles {
  return { isAbsolute, read: (path) => read(path, maxBytes), sha256 };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  // Loaded when it is needed: most events come without a file.
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}

async function read(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    // Opening a device may already do something, so it is looked at first; what counts is what was opened.
    mustBeFile(await lstat(path), path);
    const file = await open(path, FLAGS);
    try {
      return await readOpened(file, path, maxBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof HookInputError ? error : asInputError(error as NodeJS.ErrnoException, path);
  }
}

async function readOpened(file: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const stat = await file.stat();
  mustBeFile(stat, path);
  if (stat.size > maxBytes) throw tooLarge(path, stat.size, maxBytes);
  // One byte more than it has: a file that is still growing is noticed.
  const bytes = new Uint8Array(stat.size + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
  }
  throw new HookInputError(
    "payload_file_mismatch",
    `Cannot trust the payload file ${JSON.stringify(path)}: it grew while it was read. Write it before the envelope is sent.`,
    { field: "payload_path" },
  );
}

function mustBeFile(stat: { isFile: () => boolean }, path: string): void {
  if (!stat.isFile()) throw failure("payload_file_not_regular", path, "it is not a regular file");
}

/** What the file system says, in our codes. */
const ERRORS: Readonly<Record<string, readonly [code: InputCode, state: string]>> = {
  ENOENT: ["payload_file_missing", "it does not exist"],
  ENOTDIR: ["payload_file_missing", "a part of its path is not a folder"],
  ELOOP: ["payload_file_not_regular", "it is a link"],
  ENXIO: ["payload_file_not_regular", "it is a socket or a device"],
};

function asInputError(error: NodeJS.ErrnoException, path: string): HookInputError {
  const [code, state] = ERRORS[error.code ?? ""] ?? ["payload_file_unreadable", error.message];
  return failure(code, path, state, error);
}

function failure(code: InputCode, path: string, state: string, cause?: unknown): HookInputError {
  return new HookInputError(
    code,
    `Cannot read the payload file ${JSON.stringify(path)}: ${state}. Read it while the hook runs, as the user the agent runs as.`,
    { field: "payload_path", cause },
  );
}

function tooLarge(path: string, size: number, maxBytes: number): HookInputError {
  return new HookInputError(
    "payload_file_too_large",
    `Cannot read the payload file ${JSON.stringify(path)}: it has ${size} bytes, more than ${maxBytes}. Raise maxPayloadFileBytes.`,
    { field: "payload_path" },
  );
}
