import { type AnyEvent, findWire, type Wire } from "@xcodex/hooks-schema";
import type { Hook, Payload, PayloadBook, Plan } from "../contracts.ts";
import { HooksError } from "../errors.ts";

/**
 * Encodes the payloads of a plan, once per wire and `hook_event_name`.
 *
 * @throws HooksError `not_encodable` when the event holds something that JSON cannot say (a cycle, a BigInt)
 */
export function payloadBook(plan: Plan): PayloadBook {
  const payloads: Payload[] = [];
  const indexes = new Map<string, number>();
  for (const hook of plan.hooks) {
    const key = keyOf(hook);
    if (indexes.has(key)) continue;
    indexes.set(key, payloads.push(encode(plan.event, hook)) - 1);
  }
  return { payloads, indexOf: (hook) => indexes.get(keyOf(hook)) ?? 0 };
}

function keyOf(hook: Hook): string {
  return `${hook.wire} ${hook.hook_event_name}`;
}

function encode(event: AnyEvent, hook: Hook): Payload {
  const wire = findWire(hook.wire);
  if (!wire) throw new HooksError("not_encodable", `Cannot encode an event for ${hook.id}: no wire "${hook.wire}".`);
  const json = toJson(wire, event, hook.hook_event_name);
  if (!wire.envelope) return { json };
  return { json, envelope: { head: wire.envelope.head(event, hook.hook_event_name), keys: wire.envelope.keys } };
}

function toJson(wire: Wire, event: AnyEvent, name: string): string {
  try {
    return JSON.stringify(wire.encode(event, name));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new HooksError(
      "not_encodable",
      `Cannot encode event ${event.event_id} (${event.xcodex_event_type}) as JSON: ${why}. Emit plain data only.`,
      { cause },
    );
  }
}
