package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JSON in and out. That what is no JSON is refused is what the vectors and the fuzz corpus are for.
 */
class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,-2.5,true,false,null,\"x\"],\"\":{}}",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "123456789012345678901234567890",
        "1e400",
        "-1E+99999999999",
        "0.1",
        "\"\\u0000\\n\\\"\\\\ é 漢 😀\"",
        "\"\\ud800 \\udc00\"",
        "[]",
        "[[[[{\"a\":[]}]]]]"
      })
  void whatIsParsedIsWrittenAsItWas(String json) {
    assertEquals(json, Json.write(Json.parse(json)));
  }

  @Test
  void numbersAreOfThePlainestTypeThatHoldsThem() {
    assertEquals(
        List.of(1L, Long.MAX_VALUE, BigInteger.ONE.shiftLeft(63), 1.0, 100.0, -0.0),
        Json.parse("[1,9223372036854775807,9223372036854775808,1.0,1e2,-0]"));
  }

  @Test
  void aNumberBeyondADoubleIsANumber() {
    Number number = (Number) Json.parse("1e400");
    assertEquals("1e400", number.toString());
    assertEquals(Double.POSITIVE_INFINITY, number.doubleValue());
    assertEquals(number, Json.parse("1e400"));
  }

  @Test
  void aMillionDigitsAreNoWorkWorthMentioning() {
    String digits = "9".repeat(1_000_000);
    assertEquals(digits, Json.write(Json.parse(digits)));
  }

  @Test
  void nestingHasALimitThatIsNotThatOfTheStack() {
    assertEquals(1000, Json.write(Json.parse("[".repeat(500) + "]".repeat(500))).length());
    assertTrue(
        refusal("[".repeat(100_000) + "]".repeat(100_000)).contains("more than 1000 levels deep"));
    assertTrue(refusal("{\"a\":".repeat(100_000)).contains("more than 1000 levels deep"));
  }

  @Test
  void whatIsParsedCannotBeChanged() {
    Map<?, ?> object = (Map<?, ?>) Json.parse("{\"a\":[1]}");
    assertThrows(UnsupportedOperationException.class, object::clear);
    assertThrows(UnsupportedOperationException.class, ((List<?>) object.get("a"))::clear);
  }

  @Test
  void whatCannotBeWrittenIsRefusedByName() {
    assertEquals("[null,null]", Json.write(List.of(Double.NaN, Float.NEGATIVE_INFINITY)));
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> Json.write(Map.of("a", Thread.currentThread())));
    assertEquals(
        "Cannot write a java.lang.Thread as JSON. Make it a map or a string.",
        refused.getMessage());
  }

  @Test
  void errorsSayWhatAndWhere() {
    assertEquals("unexpected \"x\" at position 6", refusal("{\"a\": x}"));
    assertEquals("unexpected \"😀\" at position 0", refusal("😀"));
    assertEquals("it looks cut off at position 4", refusal("[1, "));
    assertEquals("it looks cut off at position 3", refusal("\"ab"));
    assertEquals("it ends at position 1", refusal("-"));
  }

  private static String refusal(String json) {
    return assertThrows(IllegalArgumentException.class, () -> Json.parse(json)).getMessage();
  }
}
