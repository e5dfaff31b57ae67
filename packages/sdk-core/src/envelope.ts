import { HookInputError } from "./errors.ts";
import { type JsonObject, parseObject } from "./json.ts";

/** How payload files are read: what a runtime other than the web's has to bring along. */
export interface PayloadFiles {
  readonly isAbsolute: (path: string) => boolean;
  /**
   * The bytes of a regular file. Must not follow a link in the last part of the path, and must not wait for a pipe.
   *
   * @throws HookInputError `payload_file_missing`, `payload_file_not_regular`, `payload_file_too_large`, `payload_file_unreadable`
   */
  readonly read: (path: string) => Uint8Array | Promise<Uint8Array>;
  /** SHA-256 in lowercase hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string | Promise<string>;
}

/** Keys that a payload has and an envelope has not, on the wires that have envelopes. */
const SESSION_KEYS = ["session_id", "session-id", "thread_id", "thread-id"];

/** The path in an envelope; undefined when the object is a payload (seeds 001 and 002, "Payload delivery"). */
function payloadPath(object: Readonly<JsonObject>): string | undefined {
  if (SESSION_KEYS.some((key) => Object.hasOwn(object, key))) return undefined;
  const path = either(object, "payload_path");
  return typeof path === "string" ? path : undefined;
}

/** A field of an envelope in either spelling. */
function either(object: Readonly<JsonObject>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : object[key.replaceAll("_", "-")];
}

/**
 * The object itself, when it is a payload.
 *
 * @throws HookInputError `unexpected_envelope`
 */
export function asPayload(object: JsonObject, source: string): JsonObject {
  const path = payloadPath(object);
  if (path === undefined) return object;
  throw new HookInputError(
    "unexpected_envelope",
    `Cannot read an event from ${source}: it is an envelope that names the file ${JSON.stringify(path)}. Read the payload, not the envelope.`,
    { field: "payload_path" },
  );
}

/**
 * The payload: the object itself or, when it is an envelope, the object in its file. Length and hash are compared when the
 * envelope has them; old senders give neither.
 *
 * @throws HookInputError the codes that start with `payload_`, `unexpected_envelope` for a file that holds another envelope,
 * and `no_input`, `not_json`, `not_object` for what is in the file
 */
export async function followEnvelope(object: JsonObject, files: PayloadFiles): Promise<JsonObject> {
  const path = payloadPath(object);
  if (path === undefined) return object;
  if (!files.isAbsolute(path)) {
    throw new HookInputError(
      "payload_path_relative",
      `Cannot read the payload file ${JSON.stringify(path)}: its path is not absolute. Write the whole path into the envelope.`,
      { field: "payload_path" },
    );
  }
  const bytes = await files.read(path);
  await compare(bytes, object, path, files);
  const source = `the payload file ${JSON.stringify(path)}`;
  return asPayload(parseObject(bytes, source), source);
}

async function compare(bytes: Uint8Array, envelope: JsonObject, path: string, files: PayloadFiles): Promise<void> {
  const length = either(envelope, "payload_bytes");
  if (isPromised(length) && length !== bytes.length) throw mismatch("payload_bytes", path, bytes.length, length);
  const promised = either(envelope, "payload_sha256");
  if (!isPromised(promised)) return;
  const sha256 = await files.sha256(bytes);
  if (typeof promised !== "string" || promised.toLowerCase() !== sha256)
    throw mismatch("payload_sha256", path, sha256, promised);
}

function isPromised(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function mismatch(field: string, path: string, is: unknown, promised: unknown): HookInputError {
  return new HookInputError(
    "payload_file_mismatch",
    `Cannot trust the payload file ${JSON.stringify(path)}: its ${field === "payload_bytes" ? "length" : "SHA-256"} is ${is}, and the envelope says ${JSON.stringify(promised)}. Something else wrote to it.`,
    { field },
  );
}
