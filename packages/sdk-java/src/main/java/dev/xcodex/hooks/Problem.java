package dev.xcodex.hooks;

/**
 * Something about one field that is not as the catalogue says. The event is usable all the same.
 *
 * @param field the field's name on the wire, for example {@code duration_ms}
 * @param code what kind of problem it is
 * @param message what is wrong, with the value quoted; for people, its wording may change
 */
public record Problem(String field, Code code, String message) {
  /** Kinds of problems. The text of a code is the same in every language: {@code wrong_type}. */
  public enum Code {
    /** The field was there with a value of another type, and is left out. */
    WRONG_TYPE("wrong_type"),
    /** The field has to be there and is not. */
    MISSING("missing");

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
