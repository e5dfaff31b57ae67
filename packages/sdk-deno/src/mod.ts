/**
 * Write a typed hook for a coding agent: read the event, look at it, block it or let it go on. Works as the hook of one event and
 * as a long-lived host, under xcodex, Codex, Claude Code and Gemini CLI. For Deno.
 *
 * @module
 */
import * as core from "@xcodex/hooks-sdk-core";
import { deno } from "./deno.ts";

export type * from "@xcodex/hooks-schema";
export {
  type Hook,
  HookInputError,
  INPUT_CODES,
  type InputCode,
  type KnownEvent,
  type OnDropped,
  type Problem,
  parseEvent,
  type ReadEvent,
  type ReadEventOptions,
  type Reading,
  type ReadOptions,
  type RunOptions,
  type ServeOptions,
  type UnknownEvent,
  type UnknownEventType,
} from "@xcodex/hooks-sdk-core";

/**
 * Runs a hook however it was started: once for the one event on stdin, or as a host when the first line is a line for a host. So
 * the same program works in every delivery mode, and only the configuration says which.
 *
 * Never rejects. Exit code 0 when the hook is done; 1, and why on stderr, when there is no event, the hook throws or it can never
 * be done; 2 after `block`.
 */
export function run(hook: core.Hook, options: core.RunOptions = {}): Promise<void> {
  return core.run(deno, hook, options);
}

/**
 * Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the payload's file.
 *
 * @throws HookInputError when there is no event to be had: nothing there, not JSON, too large, too late, no good payload file
 */
export function readEvent(options: core.ReadEventOptions = {}): Promise<core.ReadEvent> {
  return core.readEvent(deno, options);
}

/**
 * Serves as a long-lived host: calls the hook for every event line on stdin, one after the other, and resolves after the last
 * one. Bad lines and hooks that throw are logged to stderr and end nothing.
 */
export function serve(hook: core.Hook, options: core.ServeOptions = {}): Promise<void> {
  return core.serve(deno, hook, options);
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
  return core.block(deno, reason);
}
