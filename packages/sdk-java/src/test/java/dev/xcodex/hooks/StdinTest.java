package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.xcodex.hooks.Program.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What vectors cannot say about stdin: when it comes, in which pieces, and what it is. */
class StdinTest {
  private static final String EVENT = "{\"hook_event_name\":\"Stop\",\"session_id\":\"añ\"}";

  @Test
  void anInputMayComeLateAndInPiecesThatCutCharacters() throws Exception {
    try (Program program = Program.start("read")) {
      program.awaitReady();
      for (byte b : EVENT.getBytes(StandardCharsets.UTF_8)) {
        program.write(new byte[] {b});
      }
      program.process.getOutputStream().close();
      assertEquals(0, program.end().code());
    }
  }

  @Test
  void anInputThatDoesNotEndInTimeIsAnErrorAndTheProcessEndsAllTheSame() throws Exception {
    try (Program program = Program.start("run in 300 ms")) {
      program.write(EVENT.getBytes(StandardCharsets.UTF_8));
      Ended ended = program.end();
      assertEquals(1, ended.code());
      assertEquals(
          "input_timeout: Cannot read an event from stdin: it did not end within 300 ms."
              + " Close the input after the event, or raise timeoutMillis.\n",
          ended.err());
    }
  }

  @Test
  void readEventThrowsWhenTheInputDoesNotEndInTime() throws Exception {
    try (Program program = Program.start("read in 300 ms")) {
      assertTrue(program.end().err().contains("HookInputException: Cannot read an event"));
    }
  }

  @Test
  void withRepliesTheDeadlineRunsFromTheFirstByte() throws Exception {
    try (Program program = Program.start("run in 300 ms with replies")) {
      program.awaitReady();
      assertFalse(program.endsWithin(900), "it waits for its first line");
      program.write("{".getBytes(StandardCharsets.UTF_8));
      assertTrue(program.end().err().startsWith("input_timeout: "));
    }
  }

  @Test
  void aHostHasNoDeadline() throws Exception {
    try (Program program = Program.start("run in 300 ms")) {
      program.write(
          ("{\"type\":\"event\",\"seq\":1,\"event\":" + EVENT + "}\n")
              .getBytes(StandardCharsets.UTF_8));
      program.awaitReady();
      assertTrue(program.line().startsWith("event a"));
      assertFalse(program.endsWithin(900), "it waits for the next line");
      program.process.getOutputStream().close();
      assertEquals(0, program.end().code());
    }
  }

  @Test
  void anInputBeyondTheCapIsAnErrorWithoutReadingOn() throws Exception {
    try (Program program = Program.start("read at most 1000 bytes")) {
      program.write(" ".repeat(1001).getBytes(StandardCharsets.UTF_8));
      // The input is still open: whoever reads on waits for ever.
      assertTrue(program.end().err().contains("it is longer than 1000 bytes"));
    }
  }

  @Test
  void anInputAsLongAsTheCapIsRead() throws Exception {
    String padding = " ".repeat(1000 - EVENT.getBytes(StandardCharsets.UTF_8).length);
    assertEquals(0, Program.run("read at most 1000 bytes", EVENT, padding).code());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aClosedStdinIsNoInput() throws Exception {
    Ended ended = byShell("exec \"$@\" <&-", "run");
    assertEquals(1, ended.code());
    assertTrue(ended.err().startsWith("no_input: "), ended.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFolderIsUnreadable() throws Exception {
    Ended ended = byShell("exec \"$@\" < /", "run");
    assertTrue(ended.err().startsWith("input_unreadable: "), ended.err());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aTerminalIsNoInput() throws Exception {
    // `script` makes a terminal, and hands over one command as a text.
    String inTerminal = "script -qec \"$(printf \"'%s' \" \"$@\") 2>&1 >/dev/null\" /dev/null >&2";
    Ended ended = byShell(inTerminal, "run");
    assertTrue(
        ended.err().contains("no_input: Cannot read an event from stdin: it is a terminal"),
        ended.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSlowWriterIsNoErrorWhenSomebodyHasMadeStdinNonBlocking() throws Exception {
    String flags = "use Fcntl; fcntl(STDIN, F_SETFL, O_RDONLY | O_NONBLOCK); exec @ARGV;";
    try (Program program = Program.start(List.of("perl", "-e", flags), "run")) {
      program.awaitReady();
      assertFalse(program.endsWithin(200), "it waits");
      program.write(EVENT.substring(0, 9).getBytes(StandardCharsets.UTF_8));
      assertFalse(program.endsWithin(200), "it waits for the rest");
      program.write(EVENT.substring(9).getBytes(StandardCharsets.UTF_8));
      program.process.getOutputStream().close();
      Ended ended = program.end();
      assertEquals(0, ended.code(), ended.err());
    }
  }

  @Test
  void stdinIsNotTouchedByWhatDoesNotReadIt() throws Exception {
    assertTrue(Program.run("read nothing", "12345").err().endsWith("left 5\n"));
  }

  private static Ended byShell(String script, String name)
      throws IOException, InterruptedException {
    try (Program program = Program.start(List.of("sh", "-c", script, "sh"), name)) {
      return program.end();
    }
  }
}
