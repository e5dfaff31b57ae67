package dev.xcodex.hooks;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How events are read and a host serves. Start from {@link #DEFAULTS}: {@code
 * HookOptions.DEFAULTS.withTimeout(Duration.ofSeconds(5))}. An option that a function has no use
 * for is not looked at.
 *
 * @param timeoutMillis how long the input may take to end, in milliseconds; {@code Long.MAX_VALUE}
 *     waits for ever. Default 30 seconds. Of a host only until its first line is there
 * @param maxBytes the longest input, in bytes; of a host the longest line. Default 64 MiB
 * @param maxPayloadFileBytes the longest payload file, in bytes. Default 64 MiB
 * @param replies whether somebody reads the replies of a host; null, the default, lets the
 *     dispatcher say: it sets {@code XCODEX_HOOKS_REPLIES=1} for hosts with {@code replies = true}
 * @param onDropped called when events were dropped on the way to a host; null, the default, for
 *     nothing
 */
public record HookOptions(
    long timeoutMillis,
    int maxBytes,
    int maxPayloadFileBytes,
    Boolean replies,
    Consumer<HostDroppedLine> onDropped) {
  private static final int MIB = 1024 * 1024;

  /** Every option as it is when nobody says otherwise. */
  public static final HookOptions DEFAULTS =
      new HookOptions(30_000, 64 * MIB, 64 * MIB, null, null);

  /**
   * With another deadline for the input.
   *
   * @param timeout how long the input may take to end
   * @return new options
   */
  public HookOptions withTimeout(Duration timeout) {
    return new HookOptions(timeout.toMillis(), maxBytes, maxPayloadFileBytes, replies, onDropped);
  }

  /**
   * Without a deadline: the input may take as long as it likes.
   *
   * @return new options
   */
  public HookOptions withoutTimeout() {
    return new HookOptions(Long.MAX_VALUE, maxBytes, maxPayloadFileBytes, replies, onDropped);
  }

  /**
   * With another cap on the input.
   *
   * @param bytes the longest input; of a host the longest line
   * @return new options
   */
  public HookOptions withMaxBytes(int bytes) {
    return new HookOptions(timeoutMillis, bytes, maxPayloadFileBytes, replies, onDropped);
  }

  /**
   * With another cap on payload files.
   *
   * @param bytes the longest payload file
   * @return new options
   */
  public HookOptions withMaxPayloadFileBytes(int bytes) {
    return new HookOptions(timeoutMillis, maxBytes, bytes, replies, onDropped);
  }

  /**
   * With replies or without, whatever the environment says.
   *
   * @param on whether every event line is answered on stdout
   * @return new options
   */
  public HookOptions withReplies(boolean on) {
    return new HookOptions(timeoutMillis, maxBytes, maxPayloadFileBytes, on, onDropped);
  }

  /**
   * With something to call when events were dropped.
   *
   * @param action called with every line {@code events-dropped}
   * @return new options
   */
  public HookOptions withOnDropped(Consumer<HostDroppedLine> action) {
    return new HookOptions(timeoutMillis, maxBytes, maxPayloadFileBytes, replies, action);
  }
}
