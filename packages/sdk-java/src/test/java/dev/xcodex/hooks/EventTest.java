package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How an event looks in Java. */
class EventTest {
  @Test
  void everyEventOfTheCatalogueIsARecordOfItsOwn() throws IllegalAccessException {
    Set<Class<?>> seen = new java.util.HashSet<>();
    for (Field constant : EventTypes.class.getFields()) {
      String type = (String) constant.get(null);
      HookEvent event = Hooks.parseEvent("{\"xcodex_event_type\":\"" + type + "\"}");
      assertEquals(type, event.xcodexEventType());
      assertFalse(event instanceof UnknownEvent, type);
      assertTrue(event.getClass().isRecord());
      seen.add(event.getClass());
    }
    seen.add(UnknownEvent.class);
    assertEquals(Set.of(HookEvent.class.getPermittedSubclasses()), seen);
  }

  @Test
  void fieldsAreTyped() {
    HookEvent event =
        Hooks.parseEvent(
            "{\"hook_event_name\":\"PostToolUse\",\"tool_name\":\"shell\",\"duration_ms\":12.0,\"success\":true}");
    ToolCallFinishedEvent finished = assertInstanceOf(ToolCallFinishedEvent.class, event);
    assertEquals("shell", finished.toolName());
    assertEquals(ToolAliases.BASH, finished.toolAlias());
    assertEquals(12L, finished.durationMs());
    assertEquals(true, finished.success());
    assertNull(finished.exitCode());
  }

  @Test
  void whatIsMissingOrWrongIsListedAndNeverThrown() {
    HookEvent event =
        Hooks.parseEvent("{\"type\":\"error-occurred\",\"error\":1,\"schema_version\":\"1\"}");
    assertEquals("", ((ErrorOccurredEvent) event).error());
    assertEquals(1, event.schemaVersion());
    Set<String> problems = new TreeSet<>();
    for (Problem problem : event.problems()) {
      problems.add(problem.field() + " " + problem.code());
    }
    assertTrue(
        problems.containsAll(
            List.of("error wrong_type", "schema_version wrong_type", "cwd missing")));
    assertEquals(
        "Cannot use field \"error\": it should be a string and is the number 1. Look in raw() for all of it.",
        event.problems().stream()
            .filter(problem -> problem.field().equals("error"))
            .findFirst()
            .orElseThrow()
            .message());
  }

  @Test
  void onlyFieldsTellJsonsNullFromAbsent() {
    HookEvent with = Hooks.parseEvent("{\"type\":\"session-end\",\"tool_input\":null}");
    HookEvent without = Hooks.parseEvent("{\"type\":\"session-end\"}");
    assertNull(((SessionEndEvent) with).toolInput());
    assertTrue(with.fields().containsKey("tool_input"));
    assertFalse(without.fields().containsKey("tool_input"));
  }

  @Test
  void whatIsInsideAnObjectIsTakenAsItComes() {
    HookEvent event =
        Hooks.parseEvent(
            "{\"type\":\"model-response-completed\",\"token_usage\":{\"input_tokens\":\"many\",\"total_tokens\":9007199254740993,\"new\":1}}");
    TokenUsage usage = ((ModelResponseCompletedEvent) event).tokenUsage();
    assertNull(usage.inputTokens());
    assertEquals(9007199254740993L, usage.totalTokens());
    assertEquals(1L, usage.raw().get("new"));
    assertEquals(event.fields().get("token_usage"), usage.raw());
    assertFalse(event.problems().toString().contains("token_usage"));
  }

  @Test
  void integersOf64BitsSurviveWhereNobodyChecksThem() {
    HookEvent event =
        Hooks.parseEvent(
            "{\"xcodex_event_type\":\"x\",\"big\":9223372036854775807,\"huge\":1e400}");
    assertEquals("{\"big\":9223372036854775807,\"huge\":1e400}", Json.write(event.extra()));
  }

  @Test
  void rawIsThePayloadUntouchedAndNotPartOfTheText() {
    HookEvent event = Hooks.parseEvent("{\"schema-version\":1,\"type\":\"session-end\"}");
    assertEquals(Map.of("schema-version", 1L, "type", "session-end"), event.raw());
    assertFalse(event.toString().contains("schema-version"));
    assertTrue(
        event.toString().startsWith("SessionEndEvent {\"schema_version\":1,"), event.toString());
  }

  @Test
  void aParsedObjectIsReadAsWell() {
    HookEvent event =
        Hooks.parseEvent(
            Map.of("type", "tool-call-finished", "tool_name", "x", "attempt", 3, "mutating", true));
    assertEquals(3L, ((ToolCallFinishedEvent) event).attempt());
    assertEquals(3L, event.fields().get("attempt"));
  }

  @Test
  void anEventCannotBeChanged() {
    HookEvent event = Hooks.parseEvent("{}");
    assertThrows(UnsupportedOperationException.class, event.fields()::clear);
    assertThrows(UnsupportedOperationException.class, event.extra()::clear);
    assertThrows(UnsupportedOperationException.class, event.problems()::clear);
    assertThrows(
        UnsupportedOperationException.class,
        Hooks.parseEvent(new java.util.HashMap<>()).raw()::clear);
  }

  @Test
  void anEnvelopeIsFollowedByReadEventOnly() {
    String envelope = "{\"payload_path\":\"relative\"}";
    assertEquals(
        HookInputException.Code.UNEXPECTED_ENVELOPE,
        assertThrows(HookInputException.class, () -> Hooks.parseEvent(envelope)).code());
    assertEquals(
        HookInputException.Code.PAYLOAD_PATH_RELATIVE,
        assertThrows(
                HookInputException.class,
                () -> Hooks.readEvent(envelope.getBytes(), HookOptions.DEFAULTS))
            .code());
  }
}
