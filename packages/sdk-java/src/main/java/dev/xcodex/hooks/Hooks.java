package dev.xcodex.hooks;

import dev.xcodex.hooks.HookInputException.Code;
import java.io.PrintStream;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the event that a coding agent hands to a hook, and answers it.
 *
 * <p>The rules are those of {@code conformance/PROTOCOL.md}: sections 5 and 6 are here, 1 and 2 in
 * {@code Payloads}, 3 in {@code Events}, 4 in {@code Stdin}. A hook is a program that is started
 * for every event, and starting Java takes long enough: so there are no lambdas, no regular
 * expressions and no streams in any of them, each of which would cost milliseconds, and what most
 * runs do not need is only loaded when they do.
 */
public final class Hooks {
  private Hooks() {}

  // ---- The functions ----

  /**
   * {@link #readEvent(HookOptions)} with the options' defaults.
   *
   * @return the event
   * @throws HookInputException when there is no event to be had
   */
  public static HookEvent readEvent() {
    return readEvent(HookOptions.DEFAULTS);
  }

  /**
   * Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the
   * payload's file.
   *
   * @param options the deadline and the caps
   * @return the event
   * @throws HookInputException when there is no event to be had: nothing there, not JSON, too
   *     large, too late, no good payload file
   */
  public static HookEvent readEvent(HookOptions options) {
    Stdin stdin = new Stdin(options);
    stdin.readAll();
    return readEvent(stdin.all(), options);
  }

  /**
   * The same for programs that have read their input already. Stdin is not touched.
   *
   * @param input all of the input, in UTF-8
   * @param options the cap on payload files
   * @return the event
   * @throws HookInputException when there is no event to be had
   */
  public static HookEvent readEvent(byte[] input, HookOptions options) {
    Map<String, Object> object = Payloads.parseObject(Payloads.textOf(input), "stdin");
    return Events.toEvent(Payloads.followEnvelope(object, options.maxPayloadFileBytes()));
  }

  /**
   * Turns the JSON of one event into a typed event. Every wire and the payloads of Codex, Claude
   * Code and Gemini CLI are understood. No file is read: an envelope is refused.
   *
   * @param json the payload
   * @return the event
   * @throws HookInputException {@code NO_INPUT}, {@code NOT_JSON}, {@code NOT_OBJECT}, {@code
   *     UNEXPECTED_ENVELOPE}
   */
  public static HookEvent parseEvent(String json) {
    return parseEvent(Payloads.parseObject(json, "the event"));
  }

  /**
   * Turns the JSON of one event into a typed event: see {@link #parseEvent(String)}.
   *
   * @param json the payload in UTF-8; what is none becomes U+FFFD
   * @return the event
   * @throws HookInputException {@code NO_INPUT}, {@code NOT_JSON}, {@code NOT_OBJECT}, {@code
   *     UNEXPECTED_ENVELOPE}
   */
  public static HookEvent parseEvent(byte[] json) {
    return parseEvent(Payloads.textOf(json));
  }

  /**
   * Turns the parsed JSON of one event into a typed event: see {@link #parseEvent(String)}. It
   * becomes the event's {@code raw}.
   *
   * @param json the payload: maps, lists, strings, numbers, booleans and null, in each other
   * @return the event
   * @throws HookInputException {@code UNEXPECTED_ENVELOPE}
   */
  public static HookEvent parseEvent(Map<String, ?> json) {
    return Events.toEvent(Payloads.asPayload(Collections.unmodifiableMap(json), "the event"));
  }

  /**
   * Stops what the agent is about to do, and does not return.
   *
   * <p>As the hook of one event the reason goes to stderr and the process ends with exit code 2, at
   * once, without shutdown hooks: that is what xcodex, Codex, Claude Code and Gemini CLI alike
   * understand. In a host it becomes the reply to the event, and the host goes on with the next
   * one.
   *
   * @param reason why, for the agent and its user; a blank one becomes "Blocked by a hook."
   * @return never: it has a type for {@code throw Hooks.block("…")}, which tells the compiler that
   *     nothing comes after
   * @throws IllegalStateException in a host, when the hook that the thread belongs to has returned
   *     already
   */
  public static Error block(String reason) {
    String said = reason == null || reason.isBlank() ? NO_REASON : reason;
    // What a host's hook has left running belongs to that hook, also when the host is done.
    if (HOSTS.get() > 0 || Scope.CURRENT.get() != null) {
      throw Scope.block(said);
    }
    Output.say(said);
    Runtime.getRuntime().halt(2);
    return null;
  }

  /**
   * {@link #serve(Hook, HookOptions)} with the options' defaults.
   *
   * @param hook called for every event
   * @throws HookInputException when stdin fails
   */
  public static void serve(Hook hook) {
    serve(hook, HookOptions.DEFAULTS);
  }

  /**
   * Serves as a long-lived host: calls the hook for every event line on stdin, one after the other,
   * and returns after the last one. Bad lines and hooks that throw are logged to stderr and end
   * nothing. What is printed to {@code System.out} in the meantime goes to stderr: stdout is for
   * replies.
   *
   * @param hook called for every event
   * @param options the caps, {@code replies} and {@code onDropped}
   * @throws HookInputException {@code NO_INPUT} for a terminal, {@code INPUT_UNREADABLE} when stdin
   *     fails
   */
  public static void serve(Hook hook, HookOptions options) {
    serve(hook, options, new Stdin(options));
  }

  /**
   * {@link #run(Hook, HookOptions)} with the options' defaults.
   *
   * @param hook called for every event
   */
  public static void run(Hook hook) {
    run(hook, HookOptions.DEFAULTS);
  }

  /**
   * Runs a hook however it was started: once for the one event on stdin, or as a host when the
   * first line is a line for a host. So the same program works in every delivery mode, and only the
   * configuration says which.
   *
   * <p>Returns when the hook is done. Otherwise the process ends: with exit code 1, and why on
   * stderr, when there is no event or the hook throws; with 2 after {@link #block}. What is printed
   * to {@code System.out} goes to stderr, for good.
   *
   * @param hook called for every event
   * @param options all of them count
   */
  public static void run(Hook hook, HookOptions options) {
    System.setOut(System.err);
    Stdin stdin = new Stdin(options);
    try {
      HookEvent event = readFirst(stdin, hook, options);
      if (event != null) {
        handleOne(hook, event);
      }
    } catch (HookInputException e) {
      Output.say(e.code() + ": " + e.getMessage());
      System.exit(1);
    }
  }

  /** The one event, or null when there were lines for a host and all of them are served. */
  private static HookEvent readFirst(Stdin stdin, Hook hook, HookOptions options) {
    // A host may be started long before its first event. What it reads decides what it is; this
    // only makes it patient.
    if (options.replies() != null || System.getenv(REPLIES) != null) {
      stdin.more();
    }
    stdin.readFirstLine();
    if (isHostLine(stdin.firstLine())) {
      serve(hook, options, stdin);
      return null;
    }
    stdin.readAll();
    return readEvent(stdin.all(), options);
  }

  private static void handleOne(Hook hook, HookEvent event) {
    try {
      hook.handle(event);
    } catch (Throwable thrown) {
      Output.say(Output.stackOf(thrown));
      System.exit(1);
    }
  }

  // ---- Block (section 5) ----

  private static final String NO_REASON = "Blocked by a hook.";

  /** How many hosts are being served in this process: while there are any, to block is to reply. */
  private static final AtomicInteger HOSTS = new AtomicInteger();

  /** What one run of a hook in a host has decided. The threads that the hook starts share it. */
  private static final class Scope {
    static final InheritableThreadLocal<Scope> CURRENT = new InheritableThreadLocal<>();

    private boolean isOpen = true;
    private String reason;

    /** Throws: the decision is kept before, so that a hook that catches everything has blocked. */
    static Error block(String reason) {
      Scope scope = CURRENT.get();
      if (scope == null || !scope.keep(reason)) {
        throw new IllegalStateException(
            "Cannot block the event: this thread belongs to no hook, or to one that has returned"
                + " already. Block in the hook's own thread, or wait there for those it starts.");
      }
      throw new Blocked();
    }

    private synchronized boolean keep(String reason) {
      if (isOpen && this.reason == null) {
        this.reason = reason;
      }
      return isOpen;
    }

    /** Why the event is blocked; null when it is not. From now on it is too late. */
    synchronized String close() {
      isOpen = false;
      return reason;
    }
  }

  /** Leaves the hook at once. */
  private static final class Blocked extends Error {
    private static final long serialVersionUID = 1;

    Blocked() {
      super("This event is blocked.", null, false, false);
    }
  }

  // ---- Serve and run (section 6) ----

  /** What the dispatcher sets for hosts that somebody reads. */
  private static final String REPLIES = "XCODEX_HOOKS_REPLIES";

  private static void serve(Hook hook, HookOptions options, Stdin stdin) {
    PrintStream out = System.out;
    System.setOut(System.err);
    HOSTS.incrementAndGet();
    try {
      new Host(hook, options).serve(stdin);
    } finally {
      HOSTS.decrementAndGet();
      System.setOut(out);
    }
  }

  private static final class Host {
    private final Hook hook;
    private final HookOptions options;
    private final boolean replies;
    private final Set<String> skippedTypes = new HashSet<>();

    Host(Hook hook, HookOptions options) {
      this.hook = hook;
      this.options = options;
      Boolean said = options.replies();
      this.replies = said == null ? "1".equals(System.getenv(REPLIES)) : said;
    }

    void serve(Stdin stdin) {
      for (long number = 1; stdin.nextLine(); number++) {
        try {
          handle(stdin.line());
        } catch (HookInputException e) {
          log("line " + number + " skipped: " + e.code() + ": " + e.getMessage());
        }
      }
    }

    private void handle(String text) {
      if (Payloads.isMadeOf(" \t\r\n\uFEFF", text)) {
        return;
      }
      Map<String, Object> line = Payloads.parseObject(text, "the line");
      Object type = line.get("type");
      if (isEventType(type)) {
        handleEvent(line);
      } else if (DROPPED.equals(type)) {
        handleDropped(line);
      } else {
        noteType(line);
      }
    }

    private void handleEvent(Map<String, Object> line) {
      Scope scope = new Scope();
      try {
        callHook(eventOf(line), scope);
      } finally {
        // An event that could not be read is answered too: somebody may be waiting.
        answer(line.get("seq"), scope.close());
      }
    }

    @SuppressWarnings("unchecked") // what was parsed from JSON has no other keys
    private HookEvent eventOf(Map<String, Object> line) {
      Object event = line.get("event");
      if (event instanceof Map) {
        return Events.toEvent(
            Payloads.followEnvelope((Map<String, Object>) event, options.maxPayloadFileBytes()));
      }
      String why =
          "\"event\" is " + Payloads.describe(event) + ", not an object. Send the event there";
      throw Payloads.cannotRead(Code.NOT_OBJECT, "the line", why);
    }

    private void callHook(HookEvent event, Scope scope) {
      Scope.CURRENT.set(scope);
      try {
        hook.handle(event);
      } catch (Blocked e) {
        // The scope knows.
      } catch (Throwable thrown) {
        log(Output.stackOf(thrown));
      } finally {
        Scope.CURRENT.remove();
        // Left interrupted, the thread could read no payload file, and the next hook could not
        // wait.
        Thread.interrupted();
      }
    }

    private void handleDropped(Map<String, Object> line) {
      if (options.onDropped() == null) {
        return;
      }
      try {
        options.onDropped().accept(HostDroppedLine.of(line));
      } catch (Throwable thrown) {
        log(Output.stackOf(thrown));
      }
    }

    /**
     * Lines of other types may come one day; the first of each is worth a word, or a mix-up stays
     * unseen.
     */
    private void noteType(Map<String, Object> line) {
      String what =
          line.containsKey("type")
              ? "lines of the type " + Payloads.describe(line.get("type"))
              : "a line without a type";
      if (skippedTypes.add(what)) {
        log(what + " skipped: a host reads lines of the types \"event\" and \"hook-event\"");
      }
    }

    private void answer(Object seq, String reason) {
      if (!replies && reason != null) {
        log(
            "Cannot block the event: nobody reads the replies of this host."
                + " Set `replies = true` under [hooks.host].");
      }
      if (!replies || !(seq instanceof Number)) {
        return;
      }
      Map<String, Object> reply = new LinkedHashMap<>();
      reply.put("seq", seq);
      if (reason != null) {
        reply.put("decision", "block");
        reply.put("reason", reason);
      }
      Output.STDOUT.writeLine(Json.write(reply));
    }

    private static void log(String message) {
      Output.say("xcodex-hooks: " + message);
    }
  }

  private static final String DROPPED = "events-dropped";

  private static boolean isEventType(Object type) {
    return "event".equals(type) || "hook-event".equals(type);
  }

  /** Whether a program that can be both is a host: its first line says so. */
  private static boolean isHostLine(String text) {
    // Most first lines are payloads, and large: look before parsing. An escape may hide the key.
    if (!text.contains("seq\"") && !text.contains("\\u00")) {
      return false;
    }
    Map<String, Object> line;
    try {
      line = Payloads.parseObject(text, "the line");
    } catch (HookInputException e) {
      return false;
    }
    if (DROPPED.equals(line.get("type"))) {
      return line.get("from_seq") instanceof Number;
    }
    return isEventType(line.get("type"))
        && line.get("seq") instanceof Number
        && line.get("event") instanceof Map;
  }
}
