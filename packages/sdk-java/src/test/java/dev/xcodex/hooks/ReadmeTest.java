package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README are files, and its console says what really happens. */
class ReadmeTest {
  private static final Pattern FENCE =
      Pattern.compile("```(\\S+)(?: (\\S+))?([^\n]*)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theExamplesDoWhatTheReadmeSays() throws Exception {
    String jar = folder.resolve("xcodex-hooks.jar").toString();
    ToolProvider.findFirst("jar")
        .orElseThrow()
        .run(System.out, System.err, "-cf", jar, "-C", "target/classes", ".");
    int commands = 0;
    for (Matcher fence = FENCE.matcher(Files.readString(Path.of("README.md"))); fence.find(); ) {
      String text = fence.group(4);
      if (fence.group(2) != null) {
        Files.writeString(folder.resolve(fence.group(2)), text);
      }
      if (fence.group(3).contains("Java 21")) {
        assertEquals("", Compiler.compile(text, folder));
      }
      if (fence.group(1).equals("console")) {
        commands += play(text);
      }
    }
    assertTrue(commands > 5, "commands were found");
  }

  /** Runs the commands of a console and compares what they say. */
  private int play(String console) throws IOException, InterruptedException {
    String[] commands = console.split("(?m)^\\$ ");
    for (String command : List.of(commands).subList(1, commands.length)) {
      int end = command.indexOf('\n');
      assertEquals(command.substring(end + 1), run(command.substring(0, end)), command);
    }
    return commands.length - 1;
  }

  private String run(String command) throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).directory(folder.toFile());
    shell.redirectErrorStream(true);
    String bin = Path.of(Program.java()).getParent().toString();
    shell.environment().merge("PATH", bin, (path, first) -> first + ":" + path);
    Process process = shell.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
