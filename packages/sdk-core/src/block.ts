import type { Platform, Scopes } from "./platform.ts";

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

/** How many hosts are being served in this process. While there are any, `block` is a reply and not the end of the process. */
let hosts = 0;
let scopes: Scopes | undefined;

/** One more host. */
export async function startHost(platform: Platform): Promise<Scopes> {
  scopes ??= await platform.scopes();
  hosts++;
  return scopes;
}

/** One host less. */
export function endHost(): void {
  hosts--;
}

/** Stops what the agent is about to do: in a host by the reply to the event, otherwise by reason and exit code 2, at once. */
export function block(platform: Platform, reason: unknown): never {
  const scope = scopes?.getStore();
  // What a host's hook has left running belongs to that hook, also when the host is done.
  if (hosts > 0 || scope) blockIn(scope, reason);
  platform.writeStderr(`${reasonOf(reason)}\n`);
  return platform.exit(2);
}

/**
 * Blocks the event that a host's hook is looking at. The decision is kept in the scope before anything is thrown: a hook that
 * catches everything has blocked all the same.
 */
function blockIn(scope: BlockScope | undefined, reason: unknown): never {
  if (!scope?.open) {
    throw new Error("Cannot block the event: its hook has returned already. Await everything that may block.");
  }
  scope.reason ??= reasonOf(reason);
  throw new BlockSignal(scope.reason);
}

/** A reason that says something, whatever it is: not to know why is no reason to let it pass. */
function reasonOf(reason: unknown): string {
  try {
    const text = String(reason ?? "");
    return text.trim() === "" ? NO_REASON : text;
  } catch {
    // An object without a text: `Object.create(null)`, or one from JSON with a key `toString`.
    return NO_REASON;
  }
}
