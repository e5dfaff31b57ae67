/**
 * Delivers the events of a coding agent to the hooks its user configured.
 *
 * @packageDocumentation
 */
export { resolveCodexHome } from "./config/home.ts";
export type { InprocModule } from "./config/inproc-option.ts";
export { jsonErrorAt } from "./config/json-position.ts";
export { type LoadOptions, loadConfig } from "./config/load.ts";
export { nearest } from "./config/nearest.ts";
export { formatProblem } from "./config/problems.ts";
export type * from "./contracts.ts";
export { EVERY_EVENT } from "./contracts.ts";
export { payloadBook } from "./deliver/book.ts";
export {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type DispatchOptions,
  type EventInput,
  insideHook,
} from "./dispatcher.ts";
export { CONFIG_CODES, HooksError, RUN_CODES } from "./errors.ts";
export {
  type ExplainedDelivery,
  type ExplainedHook,
  type ExplainedRule,
  type ExplainOptions,
  type Explanation,
  explain,
} from "./explain.ts";
export { findProgram, type ProgramSearch, pathOf } from "./launcher/platform.ts";
export { type HooksPaths, hooksPaths } from "./paths.ts";
export { planFor } from "./plan/plan.ts";
export { shownConfig } from "./redact/shown.ts";
