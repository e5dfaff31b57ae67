/**
 * The events of coding agents and everything that can be said about them: types, facts, wires. No runtime dependencies.
 *
 * @packageDocumentation
 */
export { AGENTS, type AgentSigns } from "./agents.ts";
export { type AgentInfo, type HookEventBase, SCHEMA_VERSION } from "./base.ts";
export { type Canonical, canonical } from "./canonical.ts";
export {
  type AnyEvent,
  CATALOGUE,
  defaultName,
  eventNames,
  type Found,
  findEvent,
  findRetired,
  type HookEvent,
  type HookEventInput,
  type HookEventType,
  OUTSIDE_THE_CATALOGUE,
} from "./catalogue.ts";
export { type CompleteOptions, completeEvent } from "./complete.ts";
export type { HookStdinEnvelope } from "./envelope.ts";
export * from "./events/index.ts";
export type { Alias, CodexKey, EnvSource, EventFacts, EventOf } from "./facts.ts";
export { BASE_FIELDS, EVENT_FIELDS, type FieldSpec, type FieldType } from "./generated/fields.ts";
export type { HostDroppedLine, HostLine, HostReply } from "./host-line.ts";
export { type SeedFact, seedFacts } from "./seed-facts.ts";
export type { LifecycleFields } from "./shared/lifecycle.ts";
export type { ReadAccess, SandboxPolicy } from "./shared/sandbox-policy.ts";
export type { TokenUsage } from "./shared/token-usage.ts";
export type { ToolCallFields } from "./shared/tool-call.ts";
export { isToolOfKind, matchCandidates, TOOL_ALIASES, TOOL_KINDS, type ToolKind, toolAliases } from "./tools.ts";
export { valueAt } from "./value-at.ts";
export type { Wire, WireName } from "./wires/wire.ts";
export { findWire, WIRES } from "./wires.ts";
