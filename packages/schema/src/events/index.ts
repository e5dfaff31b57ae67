/**
 * The registry: one line per event, and nothing else to do when an event is added. Every file exports the event's type and,
 * as its only value, its facts.
 */
export * from "./agent-turn-complete.ts";
export * from "./approval-requested.ts";
export * from "./error-occurred.ts";
export * from "./model-request-started.ts";
export * from "./model-response-completed.ts";
export * from "./notification.ts";
export * from "./pre-compact.ts";
export * from "./session-end.ts";
export * from "./session-start.ts";
export * from "./subagent-start.ts";
export * from "./subagent-stop.ts";
export * from "./tool-call-finished.ts";
export * from "./tool-call-started.ts";
export * from "./user-prompt-submit.ts";
