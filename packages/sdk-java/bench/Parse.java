import dev.xcodex.hooks.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses the payload in a file again and again: prints the nanoseconds per parse. */
final class Parse {
  public static void main(String[] args) throws IOException {
    byte[] payload = Files.readAllBytes(Path.of(args[0]));
    int rounds = Integer.parseInt(args[1]);
    int warmUp = rounds / 10;
    long start = 0;
    for (int round = 0; round < rounds; round++) {
      if (round == warmUp) {
        start = System.nanoTime();
      }
      Hooks.parseEvent(payload);
    }
    System.out.println((System.nanoTime() - start) / (rounds - warmUp));
  }
}
