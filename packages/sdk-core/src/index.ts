/**
 * Parse, normalise, reply, serve: what the JavaScript SDKs share. Needs nothing but the web's standard APIs; streams, files and
 * exit codes are brought along by the SDK of a runtime, as a {@link Platform}.
 *
 * @packageDocumentation
 * @module
 */
export { type BlockScope, block } from "./block.ts";
export { HookInputError, INPUT_CODES, type InputCode } from "./errors.ts";
export type { KnownEvent, Problem, ReadEvent, Reading, UnknownEvent, UnknownEventType } from "./event.ts";
export { type Line, splitLines } from "./lines.ts";
export type { ReadEventOptions, ReadOptions, RunOptions, ServeOptions } from "./options.ts";
export { parseEvent } from "./parse-event.ts";
export type { FileStat, FileSystem, OpenFile } from "./payload-file.ts";
export type { Pieces, Platform, ReservedStdout, Scopes } from "./platform.ts";
export { readEvent } from "./read-event.ts";
export { run } from "./run.ts";
export { serve } from "./serve.ts";
export { type Hook, isHostLine, type OnDropped } from "./serve-lines.ts";
export { toEvent } from "./to-event.ts";
