package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler checks of a hook that tells events apart. */
class UnionTest {
  @TempDir Path output;

  @Test
  void aSwitchOverAllEventsNeedsNoDefault() {
    assertEquals("", compile(switchOver(HookEvent.class.getPermittedSubclasses().length)));
  }

  @Test
  void aSwitchThatForgetsAnEventIsRefused() {
    String said = compile(switchOver(HookEvent.class.getPermittedSubclasses().length - 1));
    assertTrue(said.contains("does not cover all possible input values"), said);
  }

  @Test
  void anEventIsNothingElse() {
    String said = compile("boolean test(HookEvent event) { return event instanceof Problem; }");
    assertTrue(said.contains("incompatible types"), said);
  }

  private static String switchOver(int count) {
    StringBuilder code = new StringBuilder("int test(HookEvent event) { return switch (event) {");
    for (Class<?> event : List.of(HookEvent.class.getPermittedSubclasses()).subList(0, count)) {
      code.append("case ").append(event.getSimpleName()).append(" e -> 1;\n");
    }
    return code.append("}; }").toString();
  }

  private String compile(String method) {
    return Compiler.compile("import dev.xcodex.hooks.*; class Test {" + method + "}", output);
  }
}
