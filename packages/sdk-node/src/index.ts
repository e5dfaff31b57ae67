/**
 * Write a typed hook for a coding agent: read the event, look at it, block it or let it go on. Works as the hook of one event and
 * as a long-lived host, under xcodex, Codex, Claude Code and Gemini CLI.
 *
 * @packageDocumentation
 */
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
  type Reading,
  type UnknownEvent,
  type UnknownEventType,
} from "@xcodex/hooks-sdk-core";
export { block } from "./block.ts";
export type { ReadOptions } from "./options.ts";
export { type ReadEventOptions, readEvent } from "./read-event.ts";
export { type RunOptions, run } from "./run.ts";
export { type ServeOptions, serve } from "./serve.ts";
