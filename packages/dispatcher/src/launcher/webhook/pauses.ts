/** How long to wait before the next try. Times in milliseconds. */

/** Before the second try, at most. Every further try waits up to twice as long as the one before. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Exponential back-off: half of it for certain, half at random, so that hooks that failed together do not come back together.
 *
 * @param tries how many there have been, from 1
 */
export function backOff(tries: number): number {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return most / 2 + (Math.random() * most) / 2;
}

/** What `Retry-After` asks for, in seconds or as a date of HTTP; nothing when it is neither. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // `Date.parse` alone takes nearly anything.
  const at = /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Waits; at most until the signal says that nobody waits any more. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) return settle();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      settle();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
