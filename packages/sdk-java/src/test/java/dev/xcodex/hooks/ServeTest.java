package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.xcodex.hooks.Program.Ended;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a host, whatever its hooks do. */
class ServeTest {
  @TempDir Path folder;

  @Test
  void aHookThatCatchesEverythingHasBlockedAllTheSame() throws Exception {
    assertEquals(
        "{\"seq\":1,\"decision\":\"block\",\"reason\":\"first\"}\n",
        host("catches everything").out());
  }

  @Test
  void theFirstReasonCounts() throws Exception {
    assertEquals(
        "{\"seq\":1,\"decision\":\"block\",\"reason\":\"first\"}\n", host("blocks twice").out());
  }

  @Test
  void threadsThatAHookStartsBlockItsEvent() throws Exception {
    assertEquals(
        "{\"seq\":1,\"decision\":\"block\",\"reason\":\"first\"}\n",
        host("blocks in a thread").out());
  }

  @Test
  void aBlockThatComesTooLateIsAnErrorAndBlocksNoOtherEvent() throws Exception {
    Ended ended = host("starts a thread that blocks later", "waits for that thread");
    assertEquals("{\"seq\":1}\n{\"seq\":2}\n", ended.out());
    assertTrue(
        ended.err().contains("Cannot block the event: this thread belongs to no hook"),
        ended.err());
  }

  @Test
  void aHookThatLeavesItsThreadInterruptedDisturbsNoOther() throws Exception {
    Ended ended = host("interrupts itself", "b");
    assertEquals("{\"seq\":1}\n{\"seq\":2}\n", ended.out());
    assertTrue(ended.err().contains("event b\n"), ended.err());
  }

  @Test
  void norDoesItKeepTheNextPayloadFileFromBeingRead() throws Exception {
    Path file = Files.writeString(folder.resolve("payload.json"), "{\"session_id\":\"b\"}");
    String envelope = "{\"payload_path\":%s}".formatted(Json.write(file.toString()));
    Ended ended =
        Program.run(
            "host",
            line(1, "interrupts itself"),
            "{\"type\":\"event\",\"event\":" + envelope + "}");
    assertTrue(ended.err().contains("event b\n"), ended.err());
  }

  @Test
  void aCapIsForEachLineAndNotForAllThatIsThereWhenItStarts() throws Exception {
    Ended ended = Program.run("run with lines of 1000 bytes", line(1, "a").repeat(20));
    assertEquals(new Ended(0, "", "event a\n".repeat(20)), ended);
  }

  @Test
  void whatCannotBeToldEndsNothing() throws Exception {
    Ended ended = Program.run("run and throw what cannot be told", line(1, "a"), line(2, "b"));
    assertEquals(new Ended(0, "", "xcodex-hooks: dev.xcodex.hooks.Programs$1\n".repeat(2)), ended);
  }

  @Test
  void aBlockIsTooLateWhenTheHostIsDoneToo() throws Exception {
    Ended ended = Program.run("run and block later", line(1, "a"));
    assertEquals(0, ended.code());
    assertTrue(ended.err().startsWith("Cannot block the event: this thread"), ended.err());
  }

  @Test
  void anErrorOfTheMachineItselfIsLoggedWithItsStackAndEndsNothing() throws Exception {
    Ended ended = host("never ends to call itself", "b");
    assertEquals("{\"seq\":1}\n{\"seq\":2}\n", ended.out());
    assertTrue(ended.err().contains("xcodex-hooks: java.lang.StackOverflowError\n\tat dev.xcodex"));
    assertTrue(ended.err().contains("event b\n"));
  }

  @Test
  void stdoutIsForRepliesWhileItServesAndForEverybodyAfterwards() throws Exception {
    Ended ended = Program.run("serve and print", line(1, "a"));
    assertEquals(new Ended(0, "printed afterwards\n", "printed by the hook\n"), ended);
  }

  @Test
  void aReaderOfRepliesThatIsGoneEndsNothing() throws Exception {
    try (Program program = Program.start("host")) {
      program.awaitReady();
      program.process.getInputStream().close();
      for (int seq = 1; seq <= 3; seq++) {
        program.write(line(seq, "s" + seq).getBytes(StandardCharsets.UTF_8));
        assertEquals("event s" + seq, program.line());
        assertEquals("printed", program.line());
      }
      program.process.getOutputStream().close();
      assertEquals(new Ended(0, "", ""), program.end());
    }
  }

  @Test
  void anEventIsHandledAsSoonAsItsLineIsThere() throws Exception {
    try (Program program = Program.start("serve")) {
      program.awaitReady();
      program.write(line(1, "a").getBytes(StandardCharsets.UTF_8));
      assertEquals("event a", program.line());
      program.write(line(2, "b").substring(0, 30).getBytes(StandardCharsets.UTF_8));
      program.write(line(2, "b").substring(30).getBytes(StandardCharsets.UTF_8));
      assertEquals("event b", program.line());
    }
  }

  @Test
  void aLineLongerThanMemoryIsSkipped() throws Exception {
    try (Program program = Program.start("serve short lines")) {
      byte[] piece = new byte[1024 * 1024];
      for (int i = 0; i < 100; i++) {
        program.write(piece);
      }
      program.write(("\n" + line(2, "after")).getBytes(StandardCharsets.UTF_8));
      program.process.getOutputStream().close();
      Ended ended = program.end();
      assertEquals(0, ended.code());
      assertTrue(
          ended
              .err()
              .startsWith(
                  "xcodex-hooks: line 1 skipped: input_too_large: Cannot read a line of 104857600 bytes"),
          ended.err());
      assertTrue(ended.err().endsWith("event after\n"), ended.err());
      assertFalse(ended.err().contains("OutOfMemoryError"));
    }
  }

  private static Ended host(String... sessions) throws Exception {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < sessions.length; i++) {
      input.append(line(i + 1, sessions[i]));
    }
    Ended ended = Program.run("host", input.toString());
    assertEquals(0, ended.code(), ended.err());
    return ended;
  }

  private static String line(int seq, String session) {
    return "{\"type\":\"event\",\"seq\":%d,\"event\":{\"hook_event_name\":\"Stop\",\"session_id\":\"%s\"}}\n"
        .formatted(seq, session);
  }
}
