import dev.xcodex.hooks.Hook;
import dev.xcodex.hooks.HookEvent;
import dev.xcodex.hooks.Hooks;

/** A hook that does nothing with its event. */
final class DoNothing implements Hook {
  public static void main(String[] args) {
    Hooks.run(new DoNothing());
  }

  @Override
  public void handle(HookEvent event) {}
}
