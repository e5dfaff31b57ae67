import type { PayloadFiles } from "./envelope.ts";
import { HookInputError, type InputCode } from "./errors.ts";

/** What is known of a file. */
export interface FileStat {
  /** Whether it is a regular file, and no link, folder, pipe or device. */
  readonly isFile: boolean;
  /** Length in bytes. */
  readonly size: number;
  /** Says which file it is: the same for the same file, under whatever path. */
  readonly id: string;
}

/** A file that is open for reading. */
export interface OpenFile {
  readonly stat: () => FileStat;
  /** Reads on; how many bytes there were, 0 at the end. */
  readonly read: (into: Uint8Array) => number;
  readonly close: () => void;
}

/** As much of a runtime's file system as payload files take. What goes wrong has a `code` such as `ENOENT`. */
export interface FileSystem {
  readonly isAbsolute: (path: string) => boolean;
  /** What is at a path. Does not follow a link. */
  readonly look: (path: string) => FileStat;
  /** Opens what was looked at. Must not wait for the other end of a pipe. */
  readonly open: (path: string) => OpenFile | Promise<OpenFile>;
  /** SHA-256 in lowercase hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string | Promise<string>;
}

/** Payload files of at most `maxBytes`. */
export function payloadFiles(fs: FileSystem, maxBytes: number): PayloadFiles {
  return { isAbsolute: fs.isAbsolute, read: (path) => read(path, fs, maxBytes), sha256: fs.sha256 };
}

async function read(path: string, fs: FileSystem, maxBytes: number): Promise<Uint8Array> {
  try {
    // Opening a device may already do something, so it is looked at first; what counts is what was opened.
    const seen = fs.look(path);
    mustBeFile(seen, path);
    const file = await fs.open(path);
    try {
      return readOpened(file, seen, path, maxBytes);
    } finally {
      file.close();
    }
  } catch (error) {
    throw error instanceof HookInputError ? error : asInputError(error, path);
  }
}

function readOpened(file: OpenFile, seen: FileStat, path: string, maxBytes: number): Uint8Array {
  const stat = file.stat();
  mustBeFile(stat, path);
  // Where opening follows links, one that was put there meanwhile leads to another file.
  if (stat.id !== seen.id) {
    throw failure("payload_file_not_regular", path, "something else was put in its place while it was opened");
  }
  if (stat.size > maxBytes) throw tooLarge(path, stat.size, maxBytes);
  // One byte more than it has: a file that is still growing is noticed.
  const bytes = new Uint8Array(stat.size + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = file.read(bytes.subarray(length));
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
  throw new HookInputError(
    "payload_file_mismatch",
    `Cannot trust the payload file ${JSON.stringify(path)}: it grew while it was read. Write it before the envelope is sent.`,
    { field: "payload_path" },
  );
}

function mustBeFile(stat: FileStat, path: string): void {
  if (!stat.isFile) throw failure("payload_file_not_regular", path, "it is not a regular file");
}

function asInputError(error: unknown, path: string): HookInputError {
  const [code, state] = whatItSays(error as { readonly code?: string; readonly message: string });
  return failure(code, path, state, error);
}

/** What the file system says, in our codes. */
function whatItSays(error: { readonly code?: string; readonly message: string }): readonly [InputCode, string] {
  switch (error.code) {
    case "ENOENT":
      return ["payload_file_missing", "it does not exist"];
    case "ENOTDIR":
      return ["payload_file_missing", "a part of its path is not a folder"];
    case "ELOOP":
      return ["payload_file_not_regular", "it is a link"];
    case "ENXIO":
      return ["payload_file_not_regular", "it is a socket or a device"];
    default:
      return ["payload_file_unreadable", error.message];
  }
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
