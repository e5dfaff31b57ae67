/** How one hand-over went. `ok` and the `count` of all failures together are the events that were handed over. */
export interface Report {
  /** The number that the hand-over got from `deliver`. */
  readonly ticket: number;
  /** Events that the script took. */
  readonly ok: number;
  /** In the order of the events. */
  readonly failed: readonly Failure[];
}

/** Events that did not go well, all for one reason. */
export interface Failure {
  /**
   * - `load`: the script is missing, cannot be read or compiled, raises while it is imported, or has no function to call; or Python itself
   *   does not start
   * - `exception`: the function raised, whatever it was (`SystemExit` too), or it is `async`
   * - `timeout`: the function, or loading the script, took too long
   * - `json`: what was handed over cannot be read
   */
  readonly kind: "load" | "exception" | "timeout" | "json";
  /** Place of the first event concerned within the hand-over, from 0. */
  readonly index: number;
  /** Events concerned. A batch that raises: all of it. */
  readonly count: number;
  /** `ValueError: …`, one line. */
  readonly error: string;
  /** Innermost file of the user that the exception went through; where a syntax error is; where a call stood that took too long. */
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** As Python prints it, at most 16 KiB of it, its end kept; empty when there is none. */
  readonly traceback: string;
}
