import { SCHEMA_VERSION } from "./base.ts";
import { canonical } from "./canonical.ts";
import { type AnyEvent, defaultName } from "./catalogue.ts";
import { toolAliases } from "./tools.ts";

/** What a payload does not say and its sender knows. */
export interface CompleteOptions {
  /** Name of the agent, for payloads that do not say it. */
  readonly agent?: string;
  /** Name of the event, for payloads that do not say it. */
  readonly event?: string;
  /** Makes an `event_id`; a random UUID by default. */
  readonly newId?: () => string;
  /** The time now, in milliseconds since 1970; the clock's by default. */
  readonly now?: () => number;
}

/** Where the web's own random UUIDs are: every runtime that the SDKs and the dispatcher support has them. */
const { crypto } = globalThis as unknown as { crypto: { randomUUID: () => string } };

/**
 * An event with every base field filled in, from whatever an agent handed over: the start of the dispatcher's pipeline. Fields
 * that nobody describes pass through untouched; values that are there are never changed. Never throws.
 */
export function completeEvent(payload: object, options: CompleteOptions = {}): AnyEvent {
  const { found, type, agent, fields } = canonical(payload as Record<string, unknown>, options.event);
  const event = fields as AnyEvent;
  event.schema_version ??= SCHEMA_VERSION;
  event.event_id ??= (options.newId ?? (() => crypto.randomUUID()))();
  event.timestamp ??= new Date((options.now ?? Date.now)()).toISOString();
  event.session_id ??= "";
  event.cwd ??= "";
  event.xcodex_event_type = type;
  event.hook_event_name = found ? defaultName(found.facts) : type;
  event.transcript_path ??= "";
  event.permission_mode ??= "default";
  const name = options.agent ?? agent;
  if (name !== undefined && event.agent === undefined) event.agent = { name };
  if (found?.facts.matches_on.includes("tool_alias")) addToolAlias(event);
  return event;
}

function addToolAlias(event: AnyEvent): void {
  if (event.tool_alias !== undefined || typeof event.tool_name !== "string") return;
  const [alias] = toolAliases(event.tool_name);
  if (alias !== undefined) event.tool_alias = alias;
}
