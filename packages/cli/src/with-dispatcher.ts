import { createDispatcher, type Dispatcher, type DispatcherOptions, insideHook } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { loadOptions } from "./load-options.ts";
import { untilSignal } from "./signals.ts";

export { exitCode } from "./signals.ts";

/**
 * Runs hooks from this process and leaves none behind. A signal stops the hooks that run and aborts `signal`, whose reason is
 * the exit code; what is done until then can still be shown. A second signal ends the program at once (`untilSignal`).
 */
export async function withDispatcher<T>(
  options: DispatcherOptions,
  context: Context,
  use: (dispatcher: Dispatcher, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const dispatcher = await createDispatcher({
    inProcess: true,
    ...loadOptions(context),
    context: context.agentContext,
    ...options,
  });
  return untilSignal(async (signal) => {
    signal.addEventListener("abort", () => void dispatcher.close(0));
    try {
      return await use(dispatcher, signal);
    } finally {
      await dispatcher.close();
    }
  });
}

/**
 * For verbs whose whole point is that hooks run: inside a hook a dispatcher runs none (DESIGN section 6), and then "0 hooks" would be
 * said of hooks that are fine.
 *
 * @param what what cannot be done, for the error: `test external hooks`
 * @throws CliError `inside_a_hook`
 */
export function needNoHookAround(what: string, { env, noHooks }: Context): void {
  if (noHooks || !insideHook(env)) return;
  throw new CliError(
    "inside_a_hook",
    `Cannot ${what}: this is inside a hook already, where none is started. Unset XCODEX_HOOKS_DEPTH if it is not.`,
  );
}
