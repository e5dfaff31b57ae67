import { AsyncLocalStorage } from "node:async_hooks";
import { type BlockScope, blockIn, reasonOf } from "@xcodex/hooks-sdk-core";
import { writeStderr } from "./stderr.ts";

/** How many hosts are being served in this process. */
let hosts = 0;
let scopes: AsyncLocalStorage<BlockScope> | undefined;

/** While the process serves as a host, `block` is a reply and not the end of it. */
export function startHost(): { within: <T>(scope: BlockScope, run: () => T) => T; end: () => void } {
  scopes ??= new AsyncLocalStorage<BlockScope>();
  const storage = scopes;
  hosts++;
  return { within: (scope, run) => storage.run(scope, run), end: () => void hosts-- };
}

/**
 * Stops what the agent is about to do, and does not return.
 *
 * As the hook of one event the reason goes to stderr and the process exits with code 2, at once: that is what xcodex, Codex, Claude
 * Code and Gemini CLI alike understand. In a host it becomes the reply to the event, and the host goes on with the next one.
 *
 * @param reason why, for the agent and its user; a blank one becomes "Blocked by a hook."
 */
export function block(reason: string): never {
  if (hosts > 0) blockIn(scopes?.getStore(), reason);
  writeStderr(`${reasonOf(reason)}\n`);
  process.exit(2);
}
