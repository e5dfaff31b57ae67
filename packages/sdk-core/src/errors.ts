/**
 * The one catalogue of everything that can be wrong with what a hook is given: code → what it means. Codes are stable and the
 * same in every language; texts are not. `conformance/PROTOCOL.md` lists the same codes.
 */
export const INPUT_CODES = {
  no_input: "There is nothing to read: the input is empty or blank, or it is a terminal.",
  not_json: "The input is not one JSON document.",
  not_object: "The input is JSON, but not an object.",
  input_too_large: "The input is longer than the cap.",
  input_timeout: "The input did not end in time.",
  input_unreadable: "The input failed while it was being read.",
  unexpected_envelope: "There is an envelope where the payload itself should be.",
  payload_path_relative: "The envelope's path is not absolute.",
  payload_file_missing: "The payload file does not exist.",
  payload_file_not_regular: "The payload file is a link, a folder, a pipe or a device.",
  payload_file_too_large: "The payload file is longer than the cap.",
  payload_file_mismatch: "The payload file does not have the length or the hash that the envelope promises.",
  payload_file_unreadable: "The payload file exists and cannot be read.",
} as const;

/** Code of a {@link HookInputError}. */
export type InputCode = keyof typeof INPUT_CODES;

/**
 * What a hook was given cannot be turned into an event at all. Wrong or missing fields never throw: they are listed in
 * `problems` of the event (DESIGN section 8).
 */
export class HookInputError extends Error {
  /** `HookInputError`, for those who have only a text of it. */
  override readonly name: string = "HookInputError";
  /** Stable code: one of {@link INPUT_CODES}. */
  readonly code: InputCode;
  /** The field of the envelope that led here, where one did: `payload_path`, `payload_bytes` or `payload_sha256`. */
  readonly field: string | undefined;

  /**
   * @param code what is wrong
   * @param message what is wrong and what to do about it, for people
   * @param options the field that led here, and the error behind this one
   */
  constructor(code: InputCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }
}
