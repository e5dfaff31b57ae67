import { performance } from "node:perf_hooks";

/** Failures in a row that open a breaker (DESIGN section 6). */
export const FAILURES_TO_OPEN: number = 3;

/** How long a breaker stays open, in milliseconds. */
export const OPEN_MS: number = 30_000;

/**
 * A circuit breaker: after three failures in a row nothing is tried for 30 seconds, then one try decides whether all goes on or
 * another 30 seconds begin. One per host, in-process hook and MCP server.
 */
export interface Breaker {
  /**
   * Whether to try now. When the time of an open breaker is over the first who asks is the probe, and hears true; the others hear
   * false until the probe has ended.
   */
  readonly allows: () => boolean;
  /** A try went well: the breaker is closed. Returns whether that changed anything. */
  readonly succeeded: () => boolean;
  /** A try failed. Returns true when this opened the breaker. */
  readonly failed: () => boolean;
  /** Milliseconds until it may be tried again; 0 when now. */
  readonly opensIn: () => number;
}

/** Makes a closed breaker. `openMs` and `now` (milliseconds) are for tests. */
export function createBreaker(options: { readonly openMs?: number; readonly now?: () => number } = {}): Breaker {
  const { openMs = OPEN_MS, now = () => performance.now() } = options;
  let failures = 0;
  let openUntil: number | undefined;
  let probing = false;
  return {
    allows: () => {
      if (openUntil === undefined) return true;
      if (probing || now() < openUntil) return false;
      probing = true;
      return true;
    },
    succeeded: () => {
      const wasOpen = openUntil !== undefined;
      failures = 0;
      openUntil = undefined;
      probing = false;
      return wasOpen;
    },
    failed: () => {
      failures += 1;
      const opens = probing || (openUntil === undefined && failures >= FAILURES_TO_OPEN);
      probing = false;
      if (opens) openUntil = now() + openMs;
      return opens;
    },
    opensIn: () => (openUntil === undefined ? 0 : Math.max(0, openUntil - now())),
  };
}
