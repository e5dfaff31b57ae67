package dev.xcodex.hooks;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as RFC 8259 has it, because Java brings none along. Values are {@code Map<String, Object>}
 * (in the order they were written), {@code List<Object>}, {@code String}, {@code Number}, {@code
 * Boolean} and {@code null}. What is parsed cannot be changed; copy it to change it.
 */
public final class Json {
  /** How deep arrays and objects may lie in each other. Every level takes some of the stack. */
  private static final int MAX_DEPTH = 1000;

  /** The longest number that becomes a {@link BigInteger}: making one of a long text takes long. */
  private static final int MAX_INTEGER_DIGITS = 400;

  private Json() {}

  /**
   * Parses exactly one JSON document, with white space around it.
   *
   * <p>An integer is a {@code Long}, or a {@code BigInteger} when it does not fit; every other
   * number is a {@code Double}. A number beyond a double ({@code 1e400}) is a {@code Number} whose
   * {@code toString} is what was written. Of two keys of the same name the last one counts.
   *
   * @param text the document, at most 1000 levels deep
   * @return the value
   * @throws IllegalArgumentException when it is no JSON; the message says why and where
   */
  public static Object parse(String text) {
    return new Parser(text).document();
  }

  /**
   * Writes a value as JSON on one line. It can be sent as UTF-8 whatever it holds: half a surrogate
   * pair is written as an escape.
   *
   * @param value maps, iterables, strings, numbers, booleans and null, in each other; NaN and
   *     infinity become {@code null}
   * @return the JSON
   * @throws IllegalArgumentException for a value of any other type
   */
  public static String write(Object value) {
    StringBuilder json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  private static void write(Object value, StringBuilder json) {
    if (value == null || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof CharSequence text) {
      writeString(text, json);
    } else if (value instanceof Number number) {
      json.append(isNoNumber(number) ? "null" : number.toString());
    } else if (value instanceof Map<?, ?> map) {
      writeObject(map, json);
    } else if (value instanceof Iterable<?> items) {
      writeArray(items, json);
    } else {
      throw new IllegalArgumentException(
          "Cannot write a " + value.getClass().getName() + " as JSON. Make it a map or a string.");
    }
  }

  private static boolean isNoNumber(Number number) {
    return (number instanceof Double || number instanceof Float)
        && !Double.isFinite(number.doubleValue());
  }

  private static void writeObject(Map<?, ?> map, StringBuilder json) {
    json.append('{');
    String comma = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.append(comma);
      writeString(String.valueOf(entry.getKey()), json);
      json.append(':');
      write(entry.getValue(), json);
      comma = ",";
    }
    json.append('}');
  }

  private static void writeArray(Iterable<?> items, StringBuilder json) {
    json.append('[');
    String comma = "";
    for (Object item : items) {
      json.append(comma);
      write(item, json);
      comma = ",";
    }
    json.append(']');
  }

  private static void writeString(CharSequence text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c == '\n') {
        json.append("\\n");
      } else if (c < ' ' || isHalf(text, i)) {
        json.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          json.append(Character.forDigit((c >> shift) & 15, 16));
        }
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /** Whether the character is one half of a surrogate pair whose other half is not beside it. */
  private static boolean isHalf(CharSequence text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  /** A number that no double can hold, as it was written. */
  private static final class Huge extends Number {
    private static final long serialVersionUID = 1;
    private final String text;

    private Huge(String text) {
      this.text = text;
    }

    /**
     * Its type is not Huge: whoever calls this does not make the class load before it is needed.
     */
    static Number of(String text) {
      return new Huge(text);
    }

    @Override
    public int intValue() {
      return (int) doubleValue();
    }

    @Override
    public long longValue() {
      return (long) doubleValue();
    }

    @Override
    public float floatValue() {
      return (float) doubleValue();
    }

    @Override
    public double doubleValue() {
      return Double.parseDouble(text);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Huge huge && huge.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class Parser {
    private final String text;
    private int at;
    private int depth;

    Parser(String text) {
      this.text = text;
    }

    Object document() {
      Object value = value();
      if (peek() != END) {
        throw unexpected();
      }
      return value;
    }

    /** What {@link #peek} sees after the last character. No character of a JSON token is 0. */
    private static final char END = 0;

    /** The next character that is not white space; where it is may be the end. */
    private char peek() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
          // A real NUL is refused by every caller but the one that asks for the end.
          return c == END ? '\1' : c;
        }
        at++;
      }
      return END;
    }

    private Object value() {
      char c = peek();
      switch (c) {
        case '{':
          return object();
        case '[':
          return array();
        case '"':
          return string();
        case 't':
          return literal("true", Boolean.TRUE);
        case 'f':
          return literal("false", Boolean.FALSE);
        case 'n':
          return literal("null", null);
        default:
          return number();
      }
    }

    private Map<String, Object> object() {
      enter();
      Map<String, Object> map = new LinkedHashMap<>();
      while (peek() != '}' || !map.isEmpty()) {
        if (peek() != '"') {
          throw unexpected();
        }
        String key = string();
        expect(':');
        map.put(key, value());
        if (peek() != ',') {
          break;
        }
        at++;
      }
      expect('}');
      depth--;
      return Collections.unmodifiableMap(map);
    }

    private List<Object> array() {
      enter();
      List<Object> list = new ArrayList<>();
      while (peek() != ']' || !list.isEmpty()) {
        list.add(value());
        if (peek() != ',') {
          break;
        }
        at++;
      }
      expect(']');
      depth--;
      return Collections.unmodifiableList(list);
    }

    private void enter() {
      at++;
      if (++depth > MAX_DEPTH) {
        throw new IllegalArgumentException(
            "it is nested more than " + MAX_DEPTH + " levels deep at position " + at);
      }
    }

    private void expect(char expected) {
      if (peek() != expected) {
        throw unexpected();
      }
      at++;
    }

    private Object literal(String word, Object value) {
      for (int i = 0; i < word.length(); i++, at++) {
        if (at == text.length() || text.charAt(at) != word.charAt(i)) {
          throw unexpected();
        }
      }
      return value;
    }

    private String string() {
      int start = ++at;
      for (; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          return text.substring(start, at++);
        }
        if (c == '\\') {
          return stringWithEscapes(start);
        }
        if (c < ' ') {
          throw unexpected();
        }
      }
      throw cutOff();
    }

    private String stringWithEscapes(int start) {
      StringBuilder string = new StringBuilder().append(text, start, at);
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return string.toString();
        }
        if (c < ' ') {
          throw unexpected();
        }
        at++;
        string.append(c == '\\' ? escaped() : c);
      }
      throw cutOff();
    }

    private char escaped() {
      if (at == text.length()) {
        throw cutOff();
      }
      char c = text.charAt(at++);
      switch (c) {
        case '"':
        case '\\':
        case '/':
          return c;
        case 'b':
          return '\b';
        case 'f':
          return '\f';
        case 'n':
          return '\n';
        case 'r':
          return '\r';
        case 't':
          return '\t';
        case 'u':
          return hexadecimal();
        default:
          at--;
          throw unexpected();
      }
    }

    private char hexadecimal() {
      int code = 0;
      for (int i = 0; i < 4; i++, at++) {
        if (at == text.length()) {
          throw cutOff();
        }
        char c = text.charAt(at);
        // Character.digit takes the digits of every script.
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          throw unexpected();
        }
        code = code * 16 + digit;
      }
      return (char) code;
    }

    private Number number() {
      int start = at;
      skip('-');
      if (!skip('0')) {
        digits();
      }
      int integerEnd = at;
      if (skip('.')) {
        digits();
      }
      if (skip('e') || skip('E')) {
        if (!skip('+')) {
          skip('-');
        }
        digits();
      }
      return numberOf(text.substring(start, at), at == integerEnd);
    }

    private boolean skip(char c) {
      if (at == text.length() || text.charAt(at) != c) {
        return false;
      }
      at++;
      return true;
    }

    private void digits() {
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == start) {
        throw unexpected();
      }
    }

    private static Number numberOf(String number, boolean isInteger) {
      if (isInteger && !number.equals("-0") && number.length() <= MAX_INTEGER_DIGITS) {
        if (number.length() < 19) {
          return Long.parseLong(number);
        }
        BigInteger integer = new BigInteger(number);
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
      }
      double value = Double.parseDouble(number);
      return Double.isInfinite(value) ? Huge.of(number) : (Number) value;
    }

    private IllegalArgumentException unexpected() {
      if (at >= text.length()) {
        return depth > 0 ? cutOff() : new IllegalArgumentException("it ends at position " + at);
      }
      String found = write(text.substring(at, text.offsetByCodePoints(at, 1)));
      return new IllegalArgumentException("unexpected " + found + " at position " + at);
    }

    private IllegalArgumentException cutOff() {
      return new IllegalArgumentException("it looks cut off at position " + text.length());
    }
  }
}
