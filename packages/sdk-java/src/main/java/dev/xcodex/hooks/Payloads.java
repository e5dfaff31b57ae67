package dev.xcodex.hooks;

import dev.xcodex.hooks.HookInputException.Code;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** From bytes to a payload: sections 1 and 2 of {@code conformance/PROTOCOL.md}. */
final class Payloads {
  private Payloads() {}

  static String textOf(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked") // what was parsed from JSON has no other keys
  static Map<String, Object> parseObject(String input, String source) {
    String text = input.startsWith("\uFEFF") ? input.substring(1) : input;
    if (isMadeOf(" \t\r\n", text)) {
      throw cannotRead(
          Code.NO_INPUT,
          source,
          "it is empty. Run the hook from an agent or pipe an event into it");
    }
    Object value;
    try {
      value = Json.parse(text);
    } catch (IllegalArgumentException e) {
      String remedy =
          ". Check that its sender writes exactly one JSON object, all of it, and then closes the input";
      throw cannotRead(Code.NOT_JSON, source + " as JSON", e.getMessage() + remedy);
    }
    if (value instanceof Map) {
      return (Map<String, Object>) value;
    }
    throw cannotRead(
        Code.NOT_OBJECT,
        source,
        "it is " + describe(value) + ", not an object. Send one JSON object per event");
  }

  /**
   * Used for white space, of which JSON has less than Java: other invisible characters are not
   * "nothing".
   */
  static boolean isMadeOf(String characters, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A value in a few words, for messages: {@code the string "12"}, {@code an array}, {@code null}.
   */
  static String describe(Object value) {
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    if (value instanceof String text) {
      return "the string " + quote(text);
    }
    String kind =
        value instanceof Boolean ? "the boolean " : value instanceof Number ? "the number " : "";
    return kind + cut(String.valueOf(value));
  }

  private static String quote(String text) {
    return cut(Json.write(text));
  }

  private static String cut(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  static HookInputException cannotRead(Code code, String source, String why) {
    return new HookInputException(
        code, "Cannot read an event from " + source + ": " + why + ".", null);
  }

  /** Keys that a payload has and an envelope has not. */
  private static final String[] SESSION_KEYS = {
    "session_id", "session-id", "thread_id", "thread-id"
  };

  /** The path in an envelope; null when the object is a payload. */
  private static String payloadPath(Map<String, Object> object) {
    for (String key : SESSION_KEYS) {
      if (object.containsKey(key)) {
        return null;
      }
    }
    return either(object, "payload_path") instanceof String path ? path : null;
  }

  /** A field of an envelope in either spelling. */
  private static Object either(Map<String, Object> envelope, String key) {
    return envelope.get(envelope.containsKey(key) ? key : key.replace('_', '-'));
  }

  static Map<String, Object> asPayload(Map<String, Object> object, String source) {
    String path = payloadPath(object);
    if (path == null) {
      return object;
    }
    String why =
        "it is an envelope that names the file "
            + Json.write(path)
            + ". Read the payload, not the envelope";
    throw cannotRead(Code.UNEXPECTED_ENVELOPE, source, why);
  }

  /** The payload: the object itself or, when it is an envelope, the object in its file. */
  static Map<String, Object> followEnvelope(Map<String, Object> object, int maxBytes) {
    String path = payloadPath(object);
    if (path == null) {
      return object;
    }
    if (!new File(path).isAbsolute()) {
      String why = "its path is not absolute. Write the whole path into the envelope";
      throw badFile(Code.PAYLOAD_PATH_RELATIVE, path, why, null);
    }
    byte[] bytes = PayloadFile.read(path, maxBytes);
    PayloadFile.compare(bytes, object, path);
    String source = "the payload file " + Json.write(path);
    return asPayload(parseObject(textOf(bytes), source), source);
  }

  private static HookInputException badFile(Code code, String path, String why, Throwable cause) {
    String message = "Cannot read the payload file " + Json.write(path) + ": " + why + ".";
    return new HookInputException(code, message, cause);
  }

  /** Files, which most events come without. */
  private static final class PayloadFile {
    static byte[] read(String name, int maxBytes) {
      // Java would drop the slash at the end, which says that a folder should be there.
      String kept = name.endsWith("/") ? name + "." : name;
      try {
        Path path = Path.of(kept);
        // Java cannot open without waiting for the other end of a pipe, so it is looked at first. A
        // link that takes the file's place in the meantime is refused by opening; a pipe that does
        // would make the reader wait.
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isRegularFile()) {
          throw badFile(
              Code.PAYLOAD_FILE_NOT_REGULAR,
              name,
              "it is not a regular file. Write the payload into one",
              null);
        }
        try (SeekableByteChannel file =
            Files.newByteChannel(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
          return readOpened(file, name, maxBytes);
        }
      } catch (InvalidPathException e) {
        throw badFile(Code.PAYLOAD_FILE_UNREADABLE, name, unspellable(name), e);
      } catch (IOException e) {
        boolean missing = e instanceof NoSuchFileException || isBelowFile(kept);
        Code code = missing ? Code.PAYLOAD_FILE_MISSING : Code.PAYLOAD_FILE_UNREADABLE;
        String state = missing ? "it does not exist" : stateOf(e);
        String remedy = ". Read it while the hook runs, as the user the agent runs as";
        throw badFile(code, name, state + remedy, e);
      }
    }

    private static String unspellable(String name) {
      return name.indexOf('\0') >= 0
          ? "no file can have that name. Write the file's own path into the envelope"
          : "Java cannot spell its path in this locale. Set LC_ALL for the hook, to C.UTF-8 perhaps";
    }

    private static String stateOf(IOException e) {
      if (e instanceof AccessDeniedException) {
        return "permission is denied";
      }
      boolean hasReason = e instanceof FileSystemException file && file.getReason() != null;
      return hasReason ? ((FileSystemException) e).getReason() : String.valueOf(e.getMessage());
    }

    private static byte[] readOpened(SeekableByteChannel file, String name, int maxBytes)
        throws IOException {
      long size = file.size();
      if (size > maxBytes) {
        String why =
            "it has " + size + " bytes, more than " + maxBytes + ". Raise maxPayloadFileBytes";
        throw badFile(Code.PAYLOAD_FILE_TOO_LARGE, name, why, null);
      }
      // One byte more than it has: a file that is still growing is noticed.
      ByteBuffer bytes = ByteBuffer.allocate((int) size + 1);
      while (file.read(bytes) >= 0) {
        if (!bytes.hasRemaining()) {
          throw mismatch(name, "it grew while it was read. Write it before the envelope is sent");
        }
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /**
     * Whether a part of the path is no folder. What the system says to that is a text in its user's
     * language.
     */
    private static boolean isBelowFile(String name) {
      for (File part = new File(name).getParentFile(); part != null; part = part.getParentFile()) {
        if (part.exists()) {
          return !part.isDirectory();
        }
      }
      return false;
    }

    /** Old senders promise neither. */
    static void compare(byte[] bytes, Map<String, Object> envelope, String path) {
      Object length = either(envelope, "payload_bytes");
      if (length != null
          && !(length instanceof Number number && number.doubleValue() == bytes.length)) {
        throw differs(path, "length", bytes.length, length);
      }
      Object hash = either(envelope, "payload_sha256");
      if (hash == null) {
        return;
      }
      String sha256 = sha256(bytes);
      if (!(hash instanceof String promised && promised.equalsIgnoreCase(sha256))) {
        throw differs(path, "SHA-256", sha256, hash);
      }
    }

    private static String sha256(byte[] bytes) {
      try {
        StringBuilder text = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
          text.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return text.toString();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(
            "Cannot hash the payload file: this Java has no SHA-256. Use one that has.", e);
      }
    }

    private static HookInputException differs(
        String path, String what, Object is, Object promised) {
      String says = cut(Json.write(promised)) + ". Something else wrote to it";
      return mismatch(path, "its " + what + " is " + is + ", and the envelope says " + says);
    }

    private static HookInputException mismatch(String path, String why) {
      String message = "Cannot trust the payload file " + Json.write(path) + ": " + why + ".";
      return new HookInputException(Code.PAYLOAD_FILE_MISMATCH, message, null);
    }
  }
}
