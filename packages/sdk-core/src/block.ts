/** The reason given when a hook blocks without one: Codex takes exit 2 without a word on stderr for a failure. */
const NO_REASON = "Blocked by a hook.";

/** Thrown by `block` in a host to leave the hook at once; never seen by anyone who does not catch everything. */
export class BlockSignal extends Error {
  override readonly name: string = "BlockSignal";
}

/** What one run of a hook in a host has decided so far. */
export interface BlockScope {
  /** False once the hook has returned: it is too late to block then. */
  open: boolean;
  /** Why the event is blocked; undefined when it is not. */
  reason: string | undefined;
}

/** A reason that says something. */
export function reasonOf(reason: unknown): string {
  const text = typeof reason === "string" ? reason : String(reason ?? "");
  return text.trim() === "" ? NO_REASON : text;
}

/**
 * Blocks the event that a host's hook is looking at. The decision is kept in the scope before anything is thrown: a hook that
 * catches everything has blocked all the same.
 */
export function blockIn(scope: BlockScope | undefined, reason: unknown): never {
  if (!scope?.open) {
    throw new Error("Cannot block the event: its hook has returned already. Await everything that may block.");
  }
  scope.reason ??= reasonOf(reason);
  throw new BlockSignal(scope.reason);
}
