import type { Delivery, InprocHook } from "../../contracts.ts";

/** Events that wait for one target at most. */
export const MOST_WAITING = 1_024;

/** The way to one target: what wants to get there waits in line. */
export interface Lane {
  /** Takes an event, or drops it. The reply comes later, or now when it is dropped. Never throws. */
  readonly take: (hook: InprocHook, delivery: Delivery) => void;
  /** Takes nothing any more. Settles when everything that was taken is done. Never rejects. */
  readonly close: () => Promise<void>;
  /** Gives up what has not begun, and returns how many events were not done. */
  readonly giveUp: () => number;
  /** Events dropped over the whole life. */
  readonly dropped: () => number;
}
