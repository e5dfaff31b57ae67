import type { HookEventBase } from "./base.ts";

/** One line that a long-lived host reads on stdin (seed 001, "Payload samples"; DESIGN section 7). */
export interface HostLine {
  /**
   * Version of the payload schema.
   * @TJS-type integer
   * @minimum 1
   * @examples [1]
   */
  schema_version: number;
  /**
   * What the line is: `event`, or `hook-event` for hosts of the Rust original. Skip lines of a type you do not know.
   * @examples ["event"]
   */
  type: string;
  /**
   * Number of the line, from 1 per session. A gap means that events were dropped.
   * @TJS-type integer
   * @minimum 1
   * @examples [7]
   */
  seq: number;
  /** The event, the same object that an external hook reads. */
  event: HookEventBase;
}

/** The line that tells a host what it did not get. */
export interface HostDroppedLine {
  /**
   * Version of the payload schema.
   * @TJS-type integer
   * @minimum 1
   * @examples [1]
   */
  schema_version: number;
  /**
   * What the line is.
   * @examples ["events-dropped"]
   */
  type: "events-dropped";
  /**
   * Number of the first event that was dropped.
   * @TJS-type integer
   * @examples [7]
   */
  from_seq: number;
  /**
   * Number of the last one.
   * @TJS-type integer
   * @examples [9]
   */
  to_seq: number;
  /**
   * How many they were.
   * @TJS-type integer
   * @examples [3]
   */
  count: number;
  /**
   * Why.
   * @examples ["queue full"]
   */
  reason: string;
}

/** One line that a host answers on stdout for an event that may be gated, when `replies = true`. */
export interface HostReply {
  /**
   * Number of the line that is answered.
   * @TJS-type integer
   * @minimum 1
   * @examples [7]
   */
  seq: number;
  /**
   * `block` stops the agent; anything else lets it go on.
   * @examples ["block"]
   */
  decision?: string;
  /**
   * Why, for the agent and its user.
   * @examples ["rm -rf outside the project"]
   */
  reason?: string;
}
