import { nearest } from "@xcodex/hooks-dispatcher";
import {
  AGENTS,
  type AnyEvent,
  completeEvent,
  eventNames,
  findEvent,
  findRetired,
  OUTSIDE_THE_CATALOGUE,
} from "@xcodex/hooks-schema";
import { CliError } from "./errors.ts";
import type { PayloadObject } from "./payload.ts";

/** Values of `--from`: find out, our own wires, or one of the agents that are known. */
export const SOURCES: readonly string[] = ["auto", "xcodex", ...AGENTS.map((agent) => agent.name)].sort(
  (a, b) => Number(b === "auto") - Number(a === "auto"),
);

/** What the user says about payloads that do not say it themselves. */
export interface Said {
  /** One of `SOURCES`. */
  readonly from: string;
  /** Any name of the event. */
  readonly event?: string;
}

/**
 * The event that a payload of any wire and any agent stands for.
 *
 * @param what how the payload is named in errors
 * @param advice how the user can name the event, for the error when nobody did
 * @throws CliError `no_event_name` when neither the payload nor the user names the event
 */
export function toEvent(payload: PayloadObject, said: Said, cwd: string, what: string, advice: string): AnyEvent {
  const agent = said.from === "auto" || said.from === "xcodex" ? {} : { agent: said.from };
  const event = completeEvent(payload, { ...agent, ...(said.event === undefined ? {} : { event: said.event }) });
  if (event.xcodex_event_type === "") {
    throw new CliError(
      "no_event_name",
      `Cannot deliver ${what}: it has no xcodex_event_type, type or hook_event_name. ${advice}`,
    );
  }
  if (event.cwd === "") event.cwd = cwd;
  return event;
}

/** A line of a capture: what an agent wrote to a hook, and which agent and hook that was. */
interface CaptureLine {
  readonly agent: unknown;
  readonly agent_version: unknown;
  readonly hook: unknown;
  readonly stdin: PayloadObject;
}

/** Unpacks a line of a capture; anything else is a payload itself. */
export function unpack(line: PayloadObject, from: string): { readonly payload: PayloadObject; readonly said: Said } {
  const { stdin: payload, agent: name, agent_version: version, hook } = line as Partial<CaptureLine>;
  if (typeof payload !== "object" || payload === null || Array.isArray(payload) || typeof hook !== "string")
    return { payload: line, said: { from } };
  const agent =
    typeof name === "string" && from === "auto"
      ? { name, ...(typeof version === "string" ? { version } : {}) }
      : undefined;
  const named = ["xcodex_event_type", "type", "hook_event_name"].some((key) => typeof payload[key] === "string");
  return {
    payload: agent && payload.agent === undefined ? { ...payload, agent } : payload,
    // What the hook was configured for is the event's name only when the payload has none.
    said: named ? { from } : { from, event: hook },
  };
}

/** What to tell a user who names an event that nobody fires: delivered all the same, but likely a slip. */
export function doubtAbout(name: string): string | undefined {
  if (findEvent(name) || OUTSIDE_THE_CATALOGUE.includes(name)) return undefined;
  const near = findRetired(name)?.snake ?? nearest(name, [...eventNames(), ...OUTSIDE_THE_CATALOGUE]);
  return near && `The event "${name}" is not in the catalogue. Did you mean "${near}"?`;
}
