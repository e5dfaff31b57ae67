import { constants } from "node:os";
import { createDispatcher, type Dispatcher, type DispatcherOptions, insideHook } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";

/** Exit code of a program that a signal stopped, as shells count. */
const SIGNALLED = 128;

/**
 * Runs hooks from this process and leaves none behind. A signal stops the hooks that run and aborts `signal`, whose reason is
 * the exit code; what is done until then can still be shown. A second signal ends the program at once.
 */
export async function withDispatcher<T>(
  options: DispatcherOptions,
  context: Context,
  use: (dispatcher: Dispatcher, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const dispatcher = await createDispatcher({
    inProcess: true,
    env: context.env,
    noHooks: context.noHooks,
    ...options,
  });
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    // An exit kills the groups of hooks that still run; dying of the signal itself would leave them.
    if (stop.signal.aborted) process.exit(SIGNALLED + constants.signals[name]);
    stop.abort(SIGNALLED + constants.signals[name]);
    void dispatcher.close(0);
  };
  const names: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of names) process.on(name, onSignal);
  try {
    return await use(dispatcher, stop.signal);
  } finally {
    await dispatcher.close();
    for (const name of names) process.off(name, onSignal);
  }
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

/** The exit code that a signal asked for, or the one that the verb came to. */
export function exitCode(signal: AbortSignal, code: number): number {
  return signal.aborted ? (signal.reason as number) : code;
}
