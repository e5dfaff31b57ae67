import type { OnDropped } from "./serve-lines.ts";

/** How stdin is read. */
export interface ReadOptions {
  /** How long the input may take to end, in milliseconds. Default 30000; `Infinity` waits for ever. */
  readonly timeoutMs?: number;
  /** The longest input, in bytes; of a host the longest line. Default 64 MiB. */
  readonly maxBytes?: number;
  /** The longest payload file, in bytes. Default 64 MiB. */
  readonly maxPayloadFileBytes?: number;
}

/** How one event is read. */
export interface ReadEventOptions extends ReadOptions {
  /** The input itself, for programs that have read it already. Stdin is not touched then. */
  readonly input?: string | Uint8Array;
}

/** How a host serves. */
export interface ServeOptions extends Omit<ReadOptions, "timeoutMs"> {
  /**
   * Whether somebody reads replies. By default what the dispatcher says: it sets `XCODEX_HOOKS_REPLIES=1` for hosts with
   * `replies = true`.
   */
  readonly replies?: boolean;
  /** Called when events were dropped on the way here. */
  readonly onDropped?: OnDropped;
}

/** How a program runs that can be both: the hook of one event and a host. */
export interface RunOptions extends ReadOptions, ServeOptions {}

/** Variable with which the dispatcher says whether it reads the replies of a host. */
export const REPLIES_VARIABLE = "XCODEX_HOOKS_REPLIES";

const MIB = 1024 * 1024;

/** The options with every default filled in. */
export function withDefaults(options: ReadOptions): Required<ReadOptions> {
  return {
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBytes: options.maxBytes ?? 64 * MIB,
    maxPayloadFileBytes: options.maxPayloadFileBytes ?? 64 * MIB,
  };
}
