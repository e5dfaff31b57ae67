package dev.xcodex.hooks;

import dev.xcodex.hooks.HookInputException.Code;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Standard input: section 4 of {@code conformance/PROTOCOL.md}, and the lines of section 6. It is
 * not touched before the first piece is asked for.
 */
final class Stdin {
  /** The longest piece: as much as a pipe holds. Java sets aside memory of that size for it. */
  private static final int PIECE = 64 * 1024;

  private final FileInputStream in = new FileInputStream(FileDescriptor.in);
  private final HookOptions options;

  /** What was read and is still of use: the bytes from {@link #start} to {@link #end}. */
  private byte[] bytes = new byte[16 * 1024];

  private int start;
  private int end;
  private boolean begun;
  private boolean ended;

  /** The millisecond of {@link #now} after which it is too late; 0 before the first wait. */
  private long giveUpAt;

  /** Where the line of {@link #nextLine} ends, and where the one after it starts. */
  private int lineEnd;

  private int next;

  /** How much of a line that is too long is no longer there. */
  private long forgotten;

  Stdin(HookOptions options) {
    this.options = options;
  }

  /** Waits for the next piece; false when there are no more. Afterwards {@link #start} is 0. */
  boolean more() {
    if (!begun && isTerminal()) {
      String why = "it is a terminal. Run the hook from an agent or pipe an event into it";
      throw Payloads.cannotRead(Code.NO_INPUT, "stdin", why);
    }
    moveToFront();
    if (end == bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(2L * end, Integer.MAX_VALUE - 8));
    }
    int count = ended ? -1 : readPiece();
    ended = count < 0 || (!begun && isClosed(count));
    begun = true;
    end += ended ? 0 : count;
    return !ended;
  }

  private void moveToFront() {
    if (start > 0) {
      end -= start;
      System.arraycopy(bytes, start, bytes, 0, end);
      start = 0;
    }
  }

  private int readPiece() {
    try {
      int space = Math.min(bytes.length - end, PIECE);
      return in.getFD().valid() ? in.read(bytes, end, space) : -1;
    } catch (IOException e) {
      return readPatiently();
    }
  }

  /**
   * Reads where reading fails because somebody has made stdin non-blocking. Only a channel tells
   * that from other failures: by reading nothing. It closes itself when its thread is interrupted,
   * as the last hook may have left it.
   */
  private int readPatiently() {
    ByteBuffer space = ByteBuffer.wrap(bytes, end, bytes.length - end);
    try {
      while (true) {
        Thread.interrupted();
        int count = in.getChannel().read(space);
        if (count != 0) {
          return count;
        }
        pause();
      }
    } catch (IOException e) {
      String why = e.getMessage() + ". Give the hook a pipe or a file as its input";
      throw Payloads.cannotRead(Code.INPUT_UNREADABLE, "stdin", why);
    }
  }

  /** Linux says what stdin is. Java only knows whether stdin and stdout both are terminals. */
  private static boolean isTerminal() {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
    } catch (IOException | InvalidPathException e) {
      // From Java 22 on there is a console without a terminal as well.
      return Runtime.version().feature() < 22 && System.console() != null;
    }
  }

  /**
   * Whether stdin was closed when Java started. The first file that Java opens, its own modules, is
   * then in stdin's place; it starts with this number in either order of bytes.
   */
  private boolean isClosed(int count) {
    int magic = count < 4 ? 0 : ByteBuffer.wrap(bytes).getInt();
    return magic == 0xCAFEDADA || magic == 0xDADAFECA;
  }

  void readAll() {
    readInTime(false);
  }

  /** Reads until the first line that is not blank is complete, or to the end. */
  void readFirstLine() {
    readInTime(true);
  }

  /** A read cannot be given up, but waiting for it can: so another thread reads. */
  private void readInTime(boolean onlyFirstLine) {
    if (giveUpAt == 0) {
      long timeout = options.timeoutMillis();
      giveUpAt = timeout > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : now() + timeout;
    }
    Reader reader = new Reader(this, onlyFirstLine);
    reader.setDaemon(true);
    reader.start();
    if (!reader.isDoneBefore(giveUpAt)) {
      String why = "it did not end within " + options.timeoutMillis() + " ms. ";
      String remedy = "Close the input after the event, or raise timeoutMillis";
      throw Payloads.cannotRead(Code.INPUT_TIMEOUT, "stdin", why + remedy);
    }
  }

  private void read(boolean onlyFirstLine) {
    // The first line comes first: what is there beyond it may be lines, each with a cap of its own.
    while (!(onlyFirstLine && hasFirstLine())) {
      if (end > options.maxBytes()) {
        String why = "it is longer than " + options.maxBytes() + " bytes. ";
        String remedy = "Raise maxBytes, or send an envelope";
        throw Payloads.cannotRead(Code.INPUT_TOO_LARGE, "stdin", why + remedy);
      }
      if (!more()) {
        return;
      }
    }
  }

  byte[] all() {
    return Arrays.copyOf(bytes, end);
  }

  private int firstStart;
  private int firstEnd;

  private boolean hasFirstLine() {
    while (firstStart < end && isBlank(bytes[firstStart])) {
      firstStart++;
    }
    firstEnd = Math.max(firstEnd, firstStart);
    while (firstEnd < end && bytes[firstEnd] != '\n') {
      firstEnd++;
    }
    return firstEnd < end;
  }

  /** White space, and the bytes of a byte order mark. */
  private static boolean isBlank(byte b) {
    return " \t\r\n\u00ef\u00bb\u00bf".indexOf(b & 255) >= 0;
  }

  String firstLine() {
    return new String(bytes, firstStart, firstEnd - firstStart, StandardCharsets.UTF_8);
  }

  /** Goes to the next line; false when there are none left. The last one needs no end. */
  boolean nextLine() {
    start = next;
    forgotten = 0;
    int at = start;
    while (true) {
      while (at < end && bytes[at] != '\n') {
        at++;
      }
      if (at < end) {
        lineEnd = at;
        next = at + 1;
        return true;
      }
      if (end - start > options.maxBytes()) {
        forgotten += end - start;
        start = end;
      }
      at = end - start;
      if (!more()) {
        lineEnd = end;
        next = end;
        return forgotten + end > 0;
      }
    }
  }

  /** The line itself, without its end. */
  String line() {
    long length = forgotten + lineEnd - start;
    if (length > options.maxBytes()) {
      String message = "Cannot read a line of " + length + " bytes: it is longer than the cap. ";
      throw new HookInputException(Code.INPUT_TOO_LARGE, message + "Raise maxBytes.", null);
    }
    return new String(bytes, start, lineEnd - start, StandardCharsets.UTF_8);
  }

  /** Reads stdin while somebody else watches the clock. */
  private static final class Reader extends Thread {
    private final Stdin stdin;
    private final boolean onlyFirstLine;
    private Throwable failure;

    Reader(Stdin stdin, boolean onlyFirstLine) {
      super("xcodex-hooks-stdin");
      this.stdin = stdin;
      this.onlyFirstLine = onlyFirstLine;
    }

    @Override
    public void run() {
      try {
        stdin.read(onlyFirstLine);
      } catch (HookInputException | Error e) {
        failure = e;
      }
    }

    /** Waits; then throws what reading threw. */
    boolean isDoneBefore(long giveUpAt) {
      boolean interrupted = false;
      for (long left; isAlive() && (left = giveUpAt - now()) > 0; ) {
        try {
          join(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure instanceof HookInputException bad) {
        throw bad;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      return !isAlive();
    }
  }

  /** A clock that nobody sets, in milliseconds. */
  static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** Waits a little for the other end of a pipe. */
  static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      // Whoever wants the thread to end has to wait until the other end has read or written.
    }
  }
}
