import type { AnyEvent } from "../catalogue.ts";

/** Name of a wire, as configured with `payload =` or `wire =`. */
export type WireName = "xcodex" | "kebab" | "lifecycle" | "codex";

/** How an event is spelled for a hook. */
export interface Wire {
  readonly name: WireName;
  /**
   * The event as an object with the wire's keys, in the wire's order. Pure.
   *
   * @param hookEventName what the hook calls the event
   * @param context what the agent says of itself, for the wire that has a place for it
   */
  readonly encode: (
    event: AnyEvent,
    hookEventName: string,
    context?: Readonly<Record<string, unknown>>,
  ) => Record<string, unknown>;
  /**
   * The envelope of a payload that is too large for stdin, without its last three keys, and how those are spelled. Undefined
   * when the wire has no envelope: its hooks read the payload on stdin whatever its size.
   */
  readonly envelope?: {
    readonly head: (event: AnyEvent, hookEventName: string) => Record<string, unknown>;
    readonly keys: { readonly path: string; readonly bytes: string; readonly sha256: string };
  };
}
