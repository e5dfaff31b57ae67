package dev.xcodex.hooks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lifecycle wire in our words: section 3.1 of {@code conformance/PROTOCOL.md}. No event is
 * named in here.
 */
final class Lifecycle {
  private Lifecycle() {}

  /** Keys by which every other payload says what it is. */
  private static final List<String> NAMED_BY =
      List.of("xcodex_event_type", "hook_event_name", "type");

  /** Whether a payload that is not of the kebab wire is of this one. */
  static boolean isOf(Map<String, Object> payload) {
    if (!(payload.get("event") instanceof Map<?, ?> event)
        || !(event.get("type") instanceof String)) {
      return false;
    }
    for (String key : NAMED_BY) {
      if (payload.containsKey(key)) {
        return false;
      }
    }
    return true;
  }

  /**
   * What can be said before it is known which event it is: what stands in {@code event} and beside
   * it in one object, the fields of every event under our names.
   */
  static Map<String, Object> flat(Map<String, Object> payload) {
    Map<String, Object> said = new LinkedHashMap<>(payload);
    said.remove("event");
    // A context that is no object says nothing about the agent: a field like any other.
    if (payload.get("context") instanceof Map) {
      said.remove("context");
    }
    said.putAll(Values.object(payload, "event"));
    fromCamelCase(said, UnknownEvent.FACTS);
    rename(said, "type", "hook_event_name");
    return said;
  }

  /** The event's own fields, the keys of seed 003, and what the agent says of itself. */
  static void addOwnWords(Map<String, Object> said, Map<String, Object> payload, Facts facts) {
    fromCamelCase(said, facts);
    addSeedKeys(said, facts);
    Map<String, Object> context = Values.object(payload, "context");
    if (context != null) {
      addContext(said, new LinkedHashMap<>(context), facts);
    }
  }

  private static void fromCamelCase(Map<String, Object> said, Facts facts) {
    for (Field field : facts.fields) {
      rename(said, camelCase(field.name()), field.name());
    }
  }

  private static void addSeedKeys(Map<String, Object> said, Facts facts) {
    Map<String, Map<String, Object>> made = new LinkedHashMap<>();
    for (Facts.LifecycleKey key : facts.lifecycle) {
      if (key.inside() == null) {
        rename(said, key.key(), key.field());
        continue;
      }
      // What is in a field that was sent has been said.
      boolean wasSent = said.containsKey(key.field()) && !made.containsKey(key.field());
      if (wasSent || !said.containsKey(key.key())) {
        continue;
      }
      Map<String, Object> object =
          made.computeIfAbsent(key.field(), field -> new LinkedHashMap<>());
      object.put(key.inside(), said.remove(key.key()));
      said.put(key.field(), Collections.unmodifiableMap(object));
    }
  }

  private static void addContext(
      Map<String, Object> said, Map<String, Object> context, Facts facts) {
    for (String field : List.of("model", "provider")) {
      if (context.containsKey(field)) {
        Object value = context.remove(field);
        if (!said.containsKey(field)) {
          said.put(field, value);
        }
      }
    }
    for (String name : List.of("context", "agent_context")) {
      if (!context.isEmpty() && !said.containsKey(name) && !facts.has(name)) {
        said.put(name, Collections.unmodifiableMap(context));
        return;
      }
    }
  }

  /** Of two spellings of one field the one in our words counts; the other one stays as it is. */
  private static void rename(Map<String, Object> said, String key, String field) {
    if (said.containsKey(key) && !said.containsKey(field)) {
      said.put(field, said.remove(key));
    }
  }

  /** A field's name on this wire: {@code toolInput} for {@code tool_input}. */
  private static String camelCase(String field) {
    StringBuilder name = new StringBuilder();
    boolean isFirst = false;
    for (char letter : field.toCharArray()) {
      if (letter == '_') {
        isFirst = true;
      } else {
        name.append(isFirst ? Character.toUpperCase(letter) : letter);
        isFirst = false;
      }
    }
    return name.toString();
  }
}
