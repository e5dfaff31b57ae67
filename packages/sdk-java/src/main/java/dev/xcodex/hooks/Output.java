package dev.xcodex.hooks;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes to stdout or stderr itself, in UTF-8 whatever the locale, also where somebody has made it
 * non-blocking.
 */
final class Output {
  /** The one that is for people. A reader that is this much behind, in milliseconds, is gone. */
  private static final Output STDERR = new Output(FileDescriptor.err, 2000);

  /** The one that is for replies: somebody waits for each. */
  static final Output STDOUT = new Output(FileDescriptor.out, Long.MAX_VALUE / 2);

  private final FileChannel channel;
  private final long patienceMillis;

  private Output(FileDescriptor file, long patienceMillis) {
    channel = new FileOutputStream(file).getChannel();
    this.patienceMillis = patienceMillis;
  }

  /** Returns when all of it is out, or when nobody is there to read it. */
  synchronized void writeLine(String text) {
    ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
    long giveUpAt = Stdin.now() + patienceMillis;
    // A channel closes itself when its thread is interrupted.
    boolean interrupted = Thread.interrupted();
    try {
      while (bytes.hasRemaining() && Stdin.now() < giveUpAt) {
        if (channel.write(bytes) == 0) {
          Stdin.pause();
        }
      }
    } catch (IOException e) {
      // The reader is gone, and there is nobody left to tell.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says something to the person who looks after the hook. */
  static void say(String message) {
    STDERR.writeLine(message);
  }

  /** What to say of something that was thrown, whatever it is. */
  static String stackOf(Throwable thrown) {
    try {
      StringWriter stack = new StringWriter();
      thrown.printStackTrace(new PrintWriter(stack));
      return stack.toString().stripTrailing();
    } catch (Throwable e) {
      // Its own text throws, and a host has to outlive that.
      return thrown.getClass().getName();
    }
  }
}
