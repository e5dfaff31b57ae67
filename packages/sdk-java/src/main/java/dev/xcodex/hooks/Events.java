package dev.xcodex.hooks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From a payload to an event: section 3 of {@code conformance/PROTOCOL.md}. No event is named in
 * here.
 */
final class Events {
  private Events() {}

  /** Base fields that follow from the event itself: never missing. */
  private static final List<String> DERIVED = List.of("xcodex_event_type", "hook_event_name");

  /**
   * Base fields that only the dispatcher fills in: not to be expected in a payload that comes
   * straight from an agent.
   */
  private static final List<String> FROM_THE_DISPATCHER =
      List.of("schema_version", "event_id", "timestamp", "permission_mode", "transcript_path");

  /**
   * A payload of any wire and any agent as a typed event. Its shape never throws: what is wrong is
   * listed.
   */
  static HookEvent toEvent(Map<String, Object> payload) {
    boolean isLifecycle = !isKebab(payload) && Lifecycle.isOf(payload);
    Map<String, Object> said = isLifecycle ? Lifecycle.flat(payload) : flat(payload);
    Catalogue.Name name = identify(said);
    String type = name == null ? nameOfUnknown(said) : name.type();
    Facts facts = name == null ? UnknownEvent.FACTS : Catalogue.facts(type);
    if (isLifecycle) {
      Lifecycle.addOwnWords(said, payload, facts);
    }
    addOtherSpellings(said, facts);
    if (name != null) {
      addImplied(said, name);
    }
    List<Problem> problems = new ArrayList<>();
    Map<String, Object> fields = typedFields(said, facts, isLifecycle, problems);
    // On the lifecycle wire the name is how a hook is configured, and tells nothing of the agent.
    derive(fields, said, type, isLifecycle ? null : name, facts);
    for (Field field : facts.fields) {
      said.remove(field.name());
    }
    return Catalogue.event(
        type,
        new Reading(
            Collections.unmodifiableMap(fields),
            Collections.unmodifiableMap(said),
            payload,
            Collections.unmodifiableList(problems)));
  }

  private static Map<String, Object> flat(Map<String, Object> payload) {
    return isKebab(payload) ? fromKebab(payload) : new LinkedHashMap<>(payload);
  }

  private static boolean isKebab(Map<String, Object> payload) {
    return payload.containsKey("schema-version")
        || (payload.containsKey("event-id") && payload.containsKey("type"));
  }

  private static Map<String, Object> fromKebab(Map<String, Object> payload) {
    Map<String, Object> said = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : payload.entrySet()) {
      // Of a key in both spellings the one with underscores counts, wherever it stands; the other
      // one stays as it is.
      String snake = entry.getKey().replace('-', '_');
      said.put(payload.containsKey(snake) ? entry.getKey() : snake, entry.getValue());
    }
    if (!said.containsKey("xcodex_event_type") && said.get("type") instanceof String) {
      said.put("xcodex_event_type", said.remove("type"));
    }
    return said;
  }

  private static final String[] NAMED_BY = {"xcodex_event_type", "type", "hook_event_name"};

  /**
   * The name by which the payload's event is in the catalogue; null when it is an unknown event.
   */
  private static Catalogue.Name identify(Map<String, Object> said) {
    for (String key : NAMED_BY) {
      Catalogue.Name found = find(said.get(key));
      if (found != null) {
        // `PostToolUseFailure` says more than the canonical type beside it.
        Catalogue.Name hookName = find(said.get("hook_event_name"));
        return hookName != null && hookName.isAlias() && hookName.type().equals(found.type())
            ? hookName
            : found;
      }
    }
    return null;
  }

  private static Catalogue.Name find(Object name) {
    if (!(name instanceof String text)) {
      return null;
    }
    Catalogue.Name found = Catalogue.name(text);
    return found == null ? Catalogue.name(trimmed(text)) : found;
  }

  /** Without the white space of JSON around it; {@code strip} takes more for white space. */
  private static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (start < end && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
  }

  private static String nameOfUnknown(Map<String, Object> said) {
    for (String key : NAMED_BY) {
      if (said.get(key) instanceof String text && !text.isEmpty()) {
        return text;
      }
    }
    return "";
  }

  private static void addOtherSpellings(Map<String, Object> said, Facts facts) {
    for (Facts.Spelling spelling : facts.spellings) {
      Object value = said.containsKey(spelling.name()) ? null : at(said, spelling.path());
      if (value != null) {
        said.put(spelling.name(), value);
      }
    }
  }

  private static Object at(Map<String, Object> object, String[] path) {
    Object value = object;
    for (String key : path) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  private static void addImplied(Map<String, Object> said, Catalogue.Name name) {
    for (Map.Entry<String, Object> implied : name.implies().entrySet()) {
      if (said.get(implied.getKey()) == null) {
        said.put(implied.getKey(), implied.getValue());
      }
    }
  }

  private static Map<String, Object> typedFields(
      Map<String, Object> said, Facts facts, boolean isLifecycle, List<Problem> problems) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Field field : facts.fields) {
      Object value = said.get(field.name());
      boolean isThere = field.isThere(said);
      if (isThere && field.kind().fits(value)) {
        fields.put(
            field.name(),
            field.kind() == Field.Kind.INTEGER ? ((Number) value).longValue() : value);
        continue;
      }
      Object standIn = standIn(field);
      if (isThere) {
        problems.add(wrongType(field, value));
      } else if (field.required() && isExpected(field.name(), said, isLifecycle)) {
        problems.add(missing(field, standIn));
      }
      if (field.required()) {
        fields.put(field.name(), standIn);
      }
    }
    return fields;
  }

  private static boolean isExpected(String field, Map<String, Object> said, boolean isLifecycle) {
    // Codex says null for "there is no transcript".
    boolean isNoTranscript = field.equals("transcript_path") && said.containsKey(field);
    boolean isForeign = !said.containsKey("schema_version");
    // That wire has no place for it.
    boolean isNoFolder = isLifecycle && field.equals("cwd");
    return !DERIVED.contains(field)
        && !isNoTranscript
        && !isNoFolder
        && !(isForeign && FROM_THE_DISPATCHER.contains(field));
  }

  private static Object standIn(Field field) {
    if (field.name().equals("schema_version")) {
      return Catalogue.SCHEMA_VERSION;
    }
    return field.name().equals("permission_mode") ? "default" : field.kind().empty();
  }

  private static Problem wrongType(Field field, Object value) {
    String message =
        "Cannot use field \""
            + field.name()
            + "\": it should be "
            + field.kind().words
            + " and is "
            + Payloads.describe(value);
    return new Problem(
        field.name(), Problem.Code.WRONG_TYPE, message + ". Look in raw() for all of it.");
  }

  private static Problem missing(Field field, Object standIn) {
    String message = "Cannot find field \"" + field.name() + "\": the payload does not have it. ";
    return new Problem(
        field.name(), Problem.Code.MISSING, message + Json.write(standIn) + " stands in for it.");
  }

  /** Fields that can be said even when the payload does not, or not in a way that can be used. */
  private static void derive(
      Map<String, Object> fields,
      Map<String, Object> said,
      String type,
      Catalogue.Name name,
      Facts facts) {
    fields.put("xcodex_event_type", type);
    if (!(said.get("hook_event_name") instanceof String)) {
      fields.put("hook_event_name", facts.defaultName == null ? type : facts.defaultName);
    }
    String agent = fields.containsKey("agent") ? null : agentOf(said, name);
    if (agent != null) {
      fields.put("agent", Map.of("name", agent));
    }
    if (facts.has("tool_alias")
        && !fields.containsKey("tool_alias")
        && fields.get("tool_name") instanceof String tool) {
      String alias = Catalogue.toolAlias(tool);
      if (alias != null) {
        fields.put("tool_alias", alias);
      }
    }
  }

  /**
   * The agent that a payload comes from, when it has no usable {@code agent} and is none of ours.
   */
  private static String agentOf(Map<String, Object> said, Catalogue.Name name) {
    if (said.containsKey("schema_version")) {
      return null;
    }
    if (name != null && name.agent() != null) {
      return name.agent();
    }
    if (!(said.get("transcript_path") instanceof String path)) {
      return null;
    }
    for (String[] agent : Catalogue.AGENTS) {
      if (path.replace('\\', '/').contains(agent[1])) {
        return agent[0];
      }
    }
    return null;
  }
}
