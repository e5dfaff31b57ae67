package dev.xcodex.hooks;

/**
 * What a hook was given cannot be turned into an event at all. The message says what to do. Wrong
 * or missing fields never throw: they are listed in {@link HookEvent#problems()}.
 */
public final class HookInputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Which kind it is. */
  private final Code code;

  /**
   * Makes one.
   *
   * @param code which kind it is
   * @param message what is wrong with the value quoted, and what to do
   * @param cause what led here; null when nothing was thrown
   */
  public HookInputException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * Which kind it is.
   *
   * @return the code; stable, unlike the message
   */
  public Code code() {
    return code;
  }

  /** Everything that can be wrong. The text of a code is the same in every language. */
  public enum Code {
    /** There is nothing to read: the input is empty or blank, or it is a terminal. */
    NO_INPUT("no_input"),
    /** The input is not one JSON document. */
    NOT_JSON("not_json"),
    /** The input is JSON, but not an object. */
    NOT_OBJECT("not_object"),
    /** The input is longer than the cap. */
    INPUT_TOO_LARGE("input_too_large"),
    /** The input did not end in time. */
    INPUT_TIMEOUT("input_timeout"),
    /** The input failed while it was being read. */
    INPUT_UNREADABLE("input_unreadable"),
    /** There is an envelope where the payload itself should be. */
    UNEXPECTED_ENVELOPE("unexpected_envelope"),
    /** The envelope's path is not absolute. */
    PAYLOAD_PATH_RELATIVE("payload_path_relative"),
    /** The payload file does not exist. */
    PAYLOAD_FILE_MISSING("payload_file_missing"),
    /** The payload file is a link, a folder, a pipe or a device. */
    PAYLOAD_FILE_NOT_REGULAR("payload_file_not_regular"),
    /** The payload file is longer than the cap. */
    PAYLOAD_FILE_TOO_LARGE("payload_file_too_large"),
    /** The payload file does not have the length or the hash that the envelope promises. */
    PAYLOAD_FILE_MISMATCH("payload_file_mismatch"),
    /** The payload file exists and cannot be read. */
    PAYLOAD_FILE_UNREADABLE("payload_file_unreadable");

    private final String text;

    Code(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
