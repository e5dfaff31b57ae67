package dev.xcodex.hooks;

/** A hook: it is called with one event and may {@link Hooks#block block} it. */
@FunctionalInterface
public interface Hook {
  /**
   * Looks at an event.
   *
   * @param event one event; which one it is, its class says
   * @throws Exception whatever goes wrong: it is logged with its stack
   */
  void handle(HookEvent event) throws Exception;
}
