/**
 * Parse, normalise, reply, serve: what the JavaScript SDKs share. Needs nothing but the web's standard APIs; streams, files and
 * exit codes are brought along by the SDK of a runtime.
 *
 * @packageDocumentation
 */
export { type BlockScope, BlockSignal, blockIn, reasonOf } from "./block.ts";
export { asPayload, followEnvelope, type PayloadFiles } from "./envelope.ts";
export { HookInputError, INPUT_CODES, type InputCode } from "./errors.ts";
export type { KnownEvent, Problem, ReadEvent, Reading, UnknownEvent, UnknownEventType } from "./event.ts";
export { isObject, type JsonObject, parseObject } from "./json.ts";
export { join, type Line, splitLines } from "./lines.ts";
export { parseEvent } from "./parse-event.ts";
export { type Hook, type HostIo, isHostLine, type OnDropped, serveLines, stackOf } from "./serve.ts";
export { toEvent } from "./to-event.ts";
