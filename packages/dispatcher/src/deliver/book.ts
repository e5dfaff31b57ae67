import { type AnyEvent, defaultName, findEvent, findWire, type Wire } from "@xcodex/hooks-schema";
import type { AgentContext, ByteSink, EncodedPayload, Hook, Payload, PayloadBook, Plan } from "../contracts.ts";
import { HooksError } from "../errors.ts";
import { EncodedJson } from "./encoded-json.ts";

/** The payloads of a plan, encoded once per wire and `hook_event_name`, and only for those who ask. */
export function payloadBook({ event, context }: Plan): PayloadBook {
  let first: Encoded | undefined;
  let others: Map<string, Encoded> | undefined;
  return {
    payloadOf: (hook) => {
      const name = nameFor(hook, event);
      // Mostly all hooks of an event read the same.
      if (first === undefined) {
        first = encode(event, hook, name, context);
        return first;
      }
      if (first.wire.name === hook.wire && first.name === name) return first;
      const key = `${hook.wire} ${name}`;
      others ??= new Map();
      const payload = others.get(key) ?? encode(event, hook, name, context);
      others.set(key, payload);
      return payload;
    },
  };
}

/** A payload whose envelope is made only for those who need one. */
class Encoded implements EncodedPayload {
  readonly wire: Wire;
  readonly name: string;
  readonly #encoded: EncodedJson;
  readonly #event: AnyEvent;

  constructor(wire: Wire, event: AnyEvent, name: string, context: AgentContext | undefined) {
    this.wire = wire;
    this.name = name;
    this.#encoded = encodedJson(wire, event, name, context);
    this.#event = event;
  }

  get json(): string {
    return this.#encoded.json;
  }

  writeTo(sink: ByteSink): void {
    this.#encoded.writeTo(sink);
  }

  get envelope(): Payload["envelope"] {
    const { envelope } = this.wire;
    return envelope && { head: envelope.head(this.#event, this.name), keys: envelope.keys };
  }
}

/** What a hook finds in `hook_event_name`. */
function nameFor(hook: Hook, event: AnyEvent): string {
  if (hook.hook_event_name !== undefined) return hook.hook_event_name;
  const found = findEvent(event.xcodex_event_type);
  return found ? defaultName(found.facts) : event.xcodex_event_type;
}

function encode(event: AnyEvent, hook: Hook, name: string, context: AgentContext | undefined): Encoded {
  const wire = findWire(hook.wire);
  if (!wire) throw new HooksError("not_encodable", `Cannot encode an event for ${hook.id}: no wire "${hook.wire}".`);
  return new Encoded(wire, event, name, context);
}

function encodedJson(wire: Wire, event: AnyEvent, name: string, context: AgentContext | undefined): EncodedJson {
  try {
    return new EncodedJson(wire.encode(event, name, context));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new HooksError(
      "not_encodable",
      `Cannot encode event ${event.event_id} (${event.xcodex_event_type}) as JSON: ${why}. Emit plain data only.`,
      { cause },
    );
  }
}
