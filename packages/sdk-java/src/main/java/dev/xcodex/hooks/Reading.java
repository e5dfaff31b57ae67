package dev.xcodex.hooks;

import java.util.List;
import java.util.Map;

/**
 * What reading adds to an event, beside its typed fields. Every event has these four itself: {@link
 * HookEvent#extra()} and the others.
 *
 * @param fields the typed fields under their names on the wire, as JSON values
 * @param extra fields that the catalogue does not describe for this event, values untouched
 * @param raw the payload exactly as it was parsed, whatever its wire
 * @param problems fields that were wrong or missing
 */
public record Reading(
    Map<String, Object> fields,
    Map<String, Object> extra,
    Map<String, Object> raw,
    List<Problem> problems) {
  /** Everything but {@code raw}, which says it all a second time. */
  @Override
  public String toString() {
    return Json.write(fields) + " extra " + Json.write(extra) + " problems " + problems;
  }
}
