package dev.xcodex.hooks;

import java.util.List;
import java.util.Map;

/**
 * A field of an event: its name on the wire, the type its value has to have, and whether it has to
 * be there.
 */
record Field(String name, Kind kind, boolean required) {

  /**
   * Whether it is there at all. Null is how some agents say "absent"; only where anything may stand
   * it is a value.
   */
  boolean isThere(Map<String, Object> fields) {
    return kind == Kind.ANY ? fields.containsKey(name) : fields.get(name) != null;
  }

  /** The types a field can have. Objects and arrays are checked one level deep. */
  enum Kind {
    STRING("a string"),
    INTEGER("an integer"),
    NUMBER("a number"),
    BOOLEAN("a boolean"),
    OBJECT("an object"),
    ARRAY("an array"),
    STRINGS("an array of strings"),
    ANY("anything");

    /** For messages. */
    final String words;

    Kind(String words) {
      this.words = words;
    }

    // No switch in here: one over an enum is a class more to load at every start.

    boolean fits(Object value) {
      if (this == STRING) return value instanceof String;
      if (this == INTEGER) return value instanceof Number number && isInteger(number);
      if (this == NUMBER)
        return value instanceof Number number && Double.isFinite(number.doubleValue());
      if (this == BOOLEAN) return value instanceof Boolean;
      if (this == OBJECT) return value instanceof Map;
      if (this == ARRAY) return value instanceof List;
      if (this == STRINGS) return value instanceof List<?> items && areStrings(items);
      return true;
    }

    /** What stands in for a required field. */
    Object empty() {
      if (this == STRING) return "";
      if (this == INTEGER) return 0L;
      if (this == NUMBER) return 0.0;
      if (this == BOOLEAN) return false;
      if (this == OBJECT) return Map.of();
      if (this == ARRAY || this == STRINGS) return List.of();
      return null;
    }

    private static final double MAX_SAFE_INTEGER = 9007199254740991.0;

    private static boolean isInteger(Number number) {
      double value = number.doubleValue();
      return value == (long) value && Math.abs(value) <= MAX_SAFE_INTEGER;
    }

    private static boolean areStrings(List<?> items) {
      for (Object item : items) {
        if (!(item instanceof String)) return false;
      }
      return true;
    }
  }
}
