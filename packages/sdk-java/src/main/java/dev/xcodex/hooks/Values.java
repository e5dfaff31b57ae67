package dev.xcodex.hooks;

import java.util.List;
import java.util.Map;

/**
 * Values of an object by the type they should have; null when there is none of that type. Never
 * throws.
 */
final class Values {
  private Values() {}

  static String string(Map<String, Object> object, String key) {
    return object.get(key) instanceof String text ? text : null;
  }

  static Long integer(Map<String, Object> object, String key) {
    Object value = object.get(key);
    if (value instanceof Long integer) {
      return integer;
    }
    return Field.Kind.INTEGER.fits(value) ? ((Number) value).longValue() : null;
  }

  static Double number(Map<String, Object> object, String key) {
    Object value = object.get(key);
    return Field.Kind.NUMBER.fits(value) ? ((Number) value).doubleValue() : null;
  }

  static Boolean bool(Map<String, Object> object, String key) {
    return object.get(key) instanceof Boolean flag ? flag : null;
  }

  @SuppressWarnings("unchecked") // what was parsed from JSON has no other keys
  static Map<String, Object> object(Map<String, Object> object, String key) {
    return object.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
  }

  @SuppressWarnings(
      "unchecked") // a list of anything is one of objects, as long as nobody adds to it
  static List<Object> list(Map<String, Object> object, String key) {
    return object.get(key) instanceof List<?> items ? (List<Object>) items : null;
  }

  @SuppressWarnings("unchecked") // looked at, item by item
  static List<String> strings(Map<String, Object> object, String key) {
    Object value = object.get(key);
    return Field.Kind.STRINGS.fits(value) ? (List<String>) value : null;
  }
}
