package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.xcodex.hooks.Program.Ended;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What becomes of a process that is the hook of one event. */
class RunTest {
  private static final String EVENT =
      "{\"hook_event_name\":\"Stop\",\"session_id\":\"a\",\"cwd\":\"%s\"}";

  @Test
  void aHookThatIsDoneEndsWith0() throws Exception {
    assertEquals(new Ended(0, "", "event a\n"), Program.run("run", EVENT));
  }

  @Test
  void whatAHookPrintsGoesToStderr() throws Exception {
    assertEquals(new Ended(0, "", "printed\n"), Program.run("run and print", EVENT));
  }

  @Test
  void aHookThatThrowsEndsWith1AndItsStackThoughAThreadOfItsIsStillAlive() throws Exception {
    Ended ended = Program.run("run and throw", EVENT);
    assertEquals(1, ended.code());
    assertTrue(
        ended.err().startsWith("java.lang.IllegalStateException: thrown by the hook\n\tat "));
    assertTrue(ended.err().contains("Programs.throwBesideThread(Programs.java:"));
  }

  @Test
  void aHookThatThrowsWhatCannotBeToldEndsWith1() throws Exception {
    assertEquals(
        new Ended(1, "", "dev.xcodex.hooks.Programs$1\n"),
        Program.run("run and throw what cannot be told", EVENT));
  }

  @Test
  void theCapIsForWhatComesWithTheFirstLineToo() throws Exception {
    Ended ended = Program.run("run with lines of 1000 bytes", "{\n" + " ".repeat(1000) + "}");
    assertEquals(1, ended.code());
    assertTrue(ended.err().startsWith("input_too_large: "), ended.err());
  }

  @Test
  void noEventEndsWith1AndOneLine() throws Exception {
    Ended ended = Program.run("run", "{\"a\":");
    assertEquals(1, ended.code());
    assertEquals(
        "not_json: Cannot read an event from stdin as JSON: it looks cut off at position 5."
            + " Check that its sender writes exactly one JSON object, all of it, and then closes the input.\n",
        ended.err());
  }

  @Test
  void blockEndsWith2AtOnceWhateverCatchesAndWhateverShutdownHooksDo() throws Exception {
    assertEquals(new Ended(2, "", "stopped\n"), Program.run("block", EVENT));
  }

  @Test
  void aLongReasonIsOutBeforeTheProcessEnds() throws Exception {
    String reason = "é".repeat(1_000_000);
    Ended ended = Program.run("block with", EVENT.formatted(reason));
    assertEquals(2, ended.code());
    assertEquals(reason + "\n", ended.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void blockEndsWith2ThoughStderrIsClosed() throws Exception {
    try (Program program = Program.start(List.of("sh", "-c", "exec \"$@\" 2>&-", "sh"), "block")) {
      program.write(EVENT.getBytes(StandardCharsets.UTF_8));
      program.process.getOutputStream().close();
      assertEquals(2, program.end().code());
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLongReasonIsOutThoughSomebodyHasMadeStderrNonBlocking() throws Exception {
    String flags = "use Fcntl; fcntl(STDERR, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV;";
    String reason = "é".repeat(1_000_000);
    try (Program program = Program.start(List.of("perl", "-e", flags), "block with")) {
      program.write(EVENT.formatted(reason).getBytes(StandardCharsets.UTF_8));
      program.process.getOutputStream().close();
      assertEquals(new Ended(2, "", reason + "\n"), program.end());
    }
  }
}
