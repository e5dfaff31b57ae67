import { constants } from "node:os";

/** Exit code of a program that a signal stopped, as shells count. */
const SIGNALLED = 128;

/**
 * Does something that a signal stops. The first one aborts `signal`, whose reason is the exit code; what is done until then can still be
 * put in order. A second one ends the program at once.
 */
export async function untilSignal<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    // An exit still runs what is to be run then, for example to kill hooks; dying of the signal itself would not.
    if (stop.signal.aborted) process.exit(SIGNALLED + constants.signals[name]);
    stop.abort(SIGNALLED + constants.signals[name]);
  };
  const names: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of names) process.on(name, onSignal);
  try {
    return await use(stop.signal);
  } finally {
    for (const name of names) process.off(name, onSignal);
  }
}

/** The exit code that a signal asked for, or the one that the verb came to. */
export function exitCode(signal: AbortSignal, code: number): number {
  return signal.aborted ? (signal.reason as number) : code;
}

/** Whether it was Ctrl-C that stopped: for what goes on until then, that is the way to end well. */
export function interrupted(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === SIGNALLED + constants.signals.SIGINT;
}
