package dev.xcodex.hooks;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Hooks that the tests start as processes: the first argument is the name of one. */
final class Programs {
  private static final CountDownLatch SECOND_EVENT = new CountDownLatch(1);
  private static final CountDownLatch TOO_LATE = new CountDownLatch(1);

  public static void main(String[] args) throws Exception {
    System.err.println("ready");
    switch (args[0]) {
      case "read" -> tell(Hooks.readEvent());
      case "read in 300 ms" -> tell(Hooks.readEvent(in300Ms()));
      case "read at most 1000 bytes" ->
          tell(Hooks.readEvent(HookOptions.DEFAULTS.withMaxBytes(1000)));
      case "read nothing" -> readNothing();
      case "run" -> Hooks.run(Programs::tell);
      case "run in 300 ms" -> Hooks.run(Programs::tell, in300Ms());
      case "run in 300 ms with replies" -> Hooks.run(Programs::tell, in300Ms().withReplies(true));
      case "run with lines of 1000 bytes" ->
          Hooks.run(Programs::tell, HookOptions.DEFAULTS.withMaxBytes(1000));
      case "run and throw" -> Hooks.run(Programs::throwBesideThread);
      case "run and throw what cannot be told" -> Hooks.run(Programs::throwUnspeakable);
      case "run and block later" -> Hooks.run(Programs::blockWhenTheHostIsDone);
      case "run and print" -> Hooks.run(event -> System.out.println("printed"));
      case "block" -> Hooks.run(Programs::blockWhateverIsCaught);
      case "block with" -> Hooks.run(event -> Hooks.block(event.cwd()));
      case "serve" -> Hooks.serve(Programs::tell);
      case "serve short lines" ->
          Hooks.serve(Programs::tell, HookOptions.DEFAULTS.withMaxBytes(100_000));
      case "serve and print" -> serveAndPrint();
      case "host" -> Hooks.serve(Programs::misbehave, HookOptions.DEFAULTS.withReplies(true));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static HookOptions in300Ms() {
    return HookOptions.DEFAULTS.withTimeout(Duration.ofMillis(300));
  }

  private static void tell(HookEvent event) {
    System.err.println("event " + event.sessionId());
  }

  private static void readNothing() throws IOException {
    System.err.println("parsed " + Hooks.parseEvent("{}").sessionId().length());
    System.err.println("left " + System.in.readAllBytes().length);
  }

  private static void throwBesideThread(HookEvent event) {
    new Thread(Programs::waitForEver).start();
    throw new IllegalStateException("thrown by the hook");
  }

  private static void throwUnspeakable(HookEvent event) {
    throw new IllegalStateException() {
      private static final long serialVersionUID = 1;

      @Override
      public String getMessage() {
        throw new StackOverflowError();
      }
    };
  }

  private static void blockWhenTheHostIsDone(HookEvent event) {
    Thread host = Thread.currentThread();
    new Thread(() -> blockAfter(host)).start();
  }

  private static void blockAfter(Thread host) {
    try {
      host.join();
      Hooks.block("too late");
    } catch (IllegalStateException | InterruptedException e) {
      System.err.println(e.getMessage());
    }
  }

  private static void blockWhateverIsCaught(HookEvent event) {
    Runtime.getRuntime().addShutdownHook(new Thread(Programs::waitForEver));
    try {
      Hooks.block("stopped");
    } catch (Throwable caught) {
      System.err.println("caught");
    } finally {
      System.err.println("went on");
    }
  }

  private static void serveAndPrint() {
    Hooks.serve(event -> System.out.println("printed by the hook"));
    System.out.println("printed afterwards");
  }

  /** What the hook does stands in the session's id. */
  private static void misbehave(HookEvent event) throws Exception {
    tell(event);
    switch (event.sessionId()) {
      case "catches everything" -> catchEverything();
      case "blocks twice" -> blockTwice();
      case "blocks in a thread" -> blockInThread();
      case "starts a thread that blocks later" -> new Thread(Programs::blockLater).start();
      case "waits for that thread" -> {
        SECOND_EVENT.countDown();
        TOO_LATE.await();
      }
      case "interrupts itself" -> Thread.currentThread().interrupt();
      case "never ends to call itself" -> callItself(0);
      default -> System.out.println("printed");
    }
  }

  private static void catchEverything() {
    try {
      throw Hooks.block("first");
    } catch (Throwable caught) {
      System.err.println("caught");
    }
  }

  private static void blockTwice() {
    catchEverything();
    throw Hooks.block("second");
  }

  private static void blockInThread() throws InterruptedException {
    Thread thread = new Thread(Programs::catchEverything);
    thread.start();
    thread.join();
  }

  private static void blockLater() {
    try {
      SECOND_EVENT.await();
      Hooks.block("too late");
    } catch (IllegalStateException | InterruptedException e) {
      System.err.println(e.getMessage());
    } finally {
      TOO_LATE.countDown();
    }
  }

  private static int callItself(int depth) {
    return callItself(depth + 1) + 1;
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
