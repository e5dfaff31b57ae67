package dev.xcodex.hooks;

import dev.xcodex.hooks.Field.Kind;
import java.util.ArrayList;
import java.util.List;

/** What the reader knows of one event. The generated records hold theirs. */
final class Facts {
  /**
   * {@code hook_event_name} when the payload says none; null for an unknown event, which has only
   * its type.
   */
  final String defaultName;

  /** The fields of every event first, then its own. */
  final List<Field> fields = new ArrayList<>();

  /** How others spell its fields, in the order they are tried. */
  final List<Spelling> spellings = new ArrayList<>();

  /** Keys of the lifecycle wire that are not simply a field's name in camelCase. */
  final List<LifecycleKey> lifecycle = new ArrayList<>();

  /**
   * Facts of an unknown event. Fields and spellings are added when the record's class is loaded,
   * and never after.
   */
  Facts() {
    defaultName = null;
  }

  /** Facts of an event of the catalogue, which start with those that every event has. */
  Facts(String defaultName, Facts base) {
    this.defaultName = defaultName;
    fields.addAll(base.fields);
    spellings.addAll(base.spellings);
  }

  Facts required(String name, Kind kind) {
    fields.add(new Field(name, kind, true));
    return this;
  }

  Facts optional(String name, Kind kind) {
    fields.add(new Field(name, kind, false));
    return this;
  }

  /** Another spelling of a field: a key, and one in the object there when it is a path. */
  Facts spelled(String name, String... path) {
    spellings.add(new Spelling(name, path));
    return this;
  }

  /**
   * A key of the lifecycle wire, and the field and the key in its object where the value belongs.
   */
  Facts lifecycle(String key, String field, String inside) {
    lifecycle.add(new LifecycleKey(key, field, inside));
    return this;
  }

  boolean has(String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Our name of a field and a path under which others have it. */
  record Spelling(String name, String[] path) {}

  /**
   * A key of the lifecycle wire and the field that its value is; where {@code inside} is not null,
   * it is what stands under that key in the field's object.
   */
  record LifecycleKey(String key, String field, String inside) {}
}
