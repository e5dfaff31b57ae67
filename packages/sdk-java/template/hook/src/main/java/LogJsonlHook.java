import dev.xcodex.hooks.Hook;
import dev.xcodex.hooks.HookEvent;
import dev.xcodex.hooks.Hooks;
import dev.xcodex.hooks.Json;
import dev.xcodex.hooks.ToolCallFinishedEvent;
import dev.xcodex.hooks.ToolCallStartedEvent;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A hook to start from: appends every event as one line of JSON to CODEX_HOME/hooks.jsonl.
 *
 * <p>Build it, and try it by hand (CODEX_HOME is ~/.codex unless it is set):
 *
 * <pre>
 * cd ~/.codex/hooks/templates/java
 * mvn -q package
 * echo '{"hook_event_name":"SessionStart","session_id":"s-1","cwd":"/"}' | java -jar hook/target/log_jsonl.jar
 * </pre>
 *
 * <p>See what to put into CODEX_HOME/config.toml, to run it for one kind of event or as one
 * long-lived host for all of them, which starts Java only once:
 *
 * <pre>
 * java -jar hook/target/log_jsonl.jar --config
 * </pre>
 */
public final class LogJsonlHook implements Hook {
  public static void main(String[] args) throws URISyntaxException {
    if (args.length > 0 && args[0].equals("--config")) {
      System.out.println(config());
      return;
    }
    // Not a lambda: the first one of a program costs milliseconds, and this program is started for
    // every event.
    Hooks.run(new LogJsonlHook());
  }

  @Override
  public void handle(HookEvent event) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>(event.fields());
    line.put("extra", event.extra());
    append(Json.write(line) + "\n");
    // The class tells which event it is, and so which fields it has.
    if (event instanceof ToolCallFinishedEvent finished) {
      String took =
          finished.durationMs() == null ? "an unknown time" : finished.durationMs() + " ms";
      System.err.println(event.xcodexEventType() + ": " + finished.toolName() + " took " + took);
    } else if (event instanceof ToolCallStartedEvent started) {
      // Your own rule, with ToolAliases imported above. It stops the agent where a hook may do so:
      // with `mode = "sync"`, or in a host with `replies = true`.
      // if (ToolAliases.WEB_FETCH.equals(started.toolAlias())) {
      //   throw Hooks.block("No web today: " + started.toolName());
      // }
    }
  }

  /**
   * One write at the end of the file, so that hooks which run at the same time never mix their
   * lines.
   */
  private static void append(String line) throws IOException {
    Path home = home();
    // Looked at first: Java 17 will not have it that the folder is there and a link.
    if (!Files.isDirectory(home)) {
      Files.createDirectories(home, onlyForMe("rwx------"));
    }
    Set<OpenOption> append = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try (SeekableByteChannel file =
        Files.newByteChannel(home.resolve("hooks.jsonl"), append, onlyForMe("rw-------"))) {
      file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static Path home() {
    String home = System.getenv("CODEX_HOME");
    return home == null || home.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".codex")
        : Path.of(home);
  }

  /** Only you may read it: it holds what your agent sees and does. */
  private static FileAttribute<?>[] onlyForMe(String permissions) {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  /** What to put into config.toml. */
  private static String config() throws URISyntaxException {
    URI jar = LogJsonlHook.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    List<String> words =
        List.of("java", "-XX:TieredStopAtLevel=1", "-jar", Path.of(jar).toString());
    String argv = Json.write(words);
    return """
        # Into CODEX_HOME/config.toml. For one kind of event:
        [[hooks.command.tool_call_finished]]
        hooks = [{ argv = %1$s }]

        # Or for all of them, as one long-lived host; `replies` lets it block:
        # [hooks.host]
        # enabled = true
        # command = %1$s
        # replies = true"""
        .formatted(argv);
  }
}
