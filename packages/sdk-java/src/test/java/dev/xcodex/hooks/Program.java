package dev.xcodex.hooks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One of {@link Programs}, started as a process. It says {@code ready} before it does anything. */
final class Program implements AutoCloseable {
  /** How long anything may take before it counts as stuck. Two cores may be busy with others. */
  private static final int PATIENCE_SECONDS = 60;

  final Process process;
  private final BufferedReader err;
  private final CompletableFuture<String> out;

  private Program(List<String> command) throws IOException {
    process = new ProcessBuilder(command).start();
    err = process.errorReader(StandardCharsets.UTF_8);
    out = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()));
  }

  static Program start(String name) throws IOException {
    return start(List.of(), name);
  }

  /** Started by another program, which comes first: {@code sh -c 'exec "$@" <&-' sh}. */
  static Program start(List<String> by, String name) throws IOException {
    List<String> command = new ArrayList<>(by);
    command.addAll(List.of(java(), "-Xmx48m", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(List.of(Programs.class.getName(), name));
    Program program = new Program(command);
    return program;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Runs to the end with that input; what it said and how it ended. */
  static Ended run(String name, String... input) throws IOException, InterruptedException {
    try (Program program = start(name)) {
      for (String piece : input) {
        program.write(piece.getBytes(StandardCharsets.UTF_8));
      }
      program.process.getOutputStream().close();
      return program.end();
    }
  }

  void write(byte[] bytes) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(bytes);
    in.flush();
  }

  /** The next line on stderr. */
  String line() throws IOException {
    return err.readLine();
  }

  void awaitReady() throws IOException {
    String line = line();
    assertTrue("ready".equals(line), line);
  }

  boolean endsWithin(int millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  Ended end() throws IOException, InterruptedException {
    StringBuilder said = new StringBuilder();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.append(line).append('\n');
    }
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the process is stuck");
    return new Ended(process.exitValue(), out.join(), said.toString().replaceFirst("^ready\n", ""));
  }

  private static String readAll(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** How a program ended. */
  record Ended(int code, String out, String err) {}
}
