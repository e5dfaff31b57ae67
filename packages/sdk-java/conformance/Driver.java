import dev.xcodex.hooks.HookEvent;
import dev.xcodex.hooks.HookInputException;
import dev.xcodex.hooks.HookOptions;
import dev.xcodex.hooks.Hooks;
import dev.xcodex.hooks.Json;
import dev.xcodex.hooks.Problem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The conformance driver of the Java SDK (conformance/PROTOCOL.md, section 8). Without an argument
 * it answers requests, one JSON line each; with {@code serve} or {@code run} it is a hook.
 */
final class Driver {
  private static int count = 0;

  public static void main(String[] args) throws IOException {
    HookOptions options =
        HookOptions.DEFAULTS.withOnDropped(line -> note(Map.of("dropped", line.raw())));
    switch (args.length == 0 ? "" : args[0]) {
      case "serve" -> Hooks.serve(Driver::hook, options);
      case "run" -> Hooks.run(Driver::hook, options);
      default -> answerAll();
    }
  }

  private static void answerAll() throws IOException {
    String requests = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      for (String line : requests.split("\n")) {
        out.write(
            (Json.write(answer(object(Json.parse(line)))) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static Map<String, Object> answer(Map<String, Object> request) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", request.get("id"));
    try {
      answer.put("event", written(read(request)));
    } catch (HookInputException e) {
      answer.put("error", Map.of("code", e.code().toString(), "message", e.getMessage()));
    }
    return answer;
  }

  private static HookEvent read(Map<String, Object> request) {
    byte[] input =
        request.get("input") instanceof String text
            ? text.getBytes(StandardCharsets.UTF_8)
            : Base64.getDecoder().decode((String) request.get("input_base64"));
    if (request.get("kind").equals("event")) {
      return request.get("input") instanceof String text
          ? Hooks.parseEvent(text)
          : Hooks.parseEvent(input);
    }
    HookOptions options = HookOptions.DEFAULTS;
    if (request.get("options") instanceof Map<?, ?> said
        && said.get("max_payload_file_bytes") instanceof Number bytes) {
      options = options.withMaxPayloadFileBytes(bytes.intValue());
    }
    return Hooks.readEvent(input, options);
  }

  private static Map<String, Object> written(HookEvent event) {
    List<Object> problems = new ArrayList<>();
    for (Problem problem : event.problems()) {
      problems.add(
          Map.of(
              "field",
              problem.field(),
              "code",
              problem.code().toString(),
              "message",
              problem.message()));
    }
    return Map.of(
        "type",
        event.xcodexEventType(),
        "fields",
        event.fields(),
        "extra",
        event.extra(),
        "problems",
        problems);
  }

  private static void hook(HookEvent event) throws Exception {
    note(Map.of("event", written(event)));
    count++;
    String steps = System.getenv().getOrDefault("CONFORMANCE_HOOK", "[]");
    for (Object item : (List<?>) Json.parse(steps)) {
      Map<String, Object> step = object(item);
      if (((Number) step.get("on")).intValue() == count) {
        take(step.get("do"), (String) step.get("text"));
      }
    }
  }

  private static void take(Object what, String text) throws Exception {
    if (what.equals("print")) {
      System.out.println(text);
    } else if (what.equals("throw")) {
      throw new Exception(text);
    } else if (what.equals("block")) {
      throw Hooks.block(text);
    }
  }

  private static void note(Object what) {
    try {
      Path file = Path.of(System.getenv("CONFORMANCE_OUT"));
      Files.writeString(file, Json.write(what) + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object json) {
    return (Map<String, Object>) json;
  }
}
