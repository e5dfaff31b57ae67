import type { HookEvent, HookEventBase } from "@xcodex/hooks-schema";

/** Something about one field that is not as the catalogue says. The event is usable all the same. */
export interface Problem {
  /** Our name of the field, for example `duration_ms`. */
  readonly field: string;
  /** `wrong_type`: it was there with a value of another type, and is left out. `missing`: it has to be there and is not. */
  readonly code: "wrong_type" | "missing";
  /** What is wrong, with the value quoted. For people: its wording may change. */
  readonly message: string;
}

/** What reading adds to an event (DESIGN section 8). */
export interface Reading {
  /** Fields that the catalogue does not describe for this event, values untouched. Never a second copy of a typed field. */
  readonly extra: Readonly<Record<string, unknown>>;
  /**
   * The payload exactly as it was parsed, whatever its wire. Not enumerable: `JSON.stringify(event)` and `{ ...event }` do not
   * carry everything twice.
   */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Fields that were wrong or missing; empty when all is well. */
  readonly problems: readonly Problem[];
}

/** An event of the catalogue, as read. */
export type KnownEvent = HookEvent & Reading;

/**
 * The name of an event outside the catalogue: at run time simply the string that was sent. The ending is only in the type. It makes
 * the type one that no canonical type matches and that TypeScript takes for a literal, so that comparing `xcodex_event_type` with
 * a canonical type narrows to exactly that event; with plain `string`, or with `string` and a brand, nothing narrows.
 */
export type UnknownEventType = `${string} (outside the catalogue)`;

/** An event outside the catalogue: its base fields are checked, everything else is in `extra`. */
export interface UnknownEvent extends HookEventBase, Reading {
  /** Name of the event as it was sent: `xcodex_event_type`, else `type`, else `hook_event_name`; "" when there is none. */
  xcodex_event_type: UnknownEventType;
}

/** What every reader returns: a union told apart by `xcodex_event_type`; an `UnknownEvent` is what is left in `default`. */
export type ReadEvent = KnownEvent | UnknownEvent;
