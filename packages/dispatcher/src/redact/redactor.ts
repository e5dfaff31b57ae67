import type { AnyEvent } from "@xcodex/hooks-schema";
import type { Redaction } from "../contracts.ts";
import { argumentExpected, assignmentIn, type Expected, isExpected } from "./arguments.ts";
import { credentialsIn } from "./credentials.ts";
import { isHarmless } from "./harmless.ts";
import { isPlural, kindOfKey } from "./key-names.ts";
import { createLabels } from "./labels.ts";
import { labelEnd, type SecretKind } from "./spans.ts";
import { createTextRedactor, settled, type TextRedactor } from "./text.ts";

/** Replaces the secrets of events by labels such as `[redacted:github-token:1]`. */
export interface Redactor {
  /**
   * The event itself when nothing was found, else a new one that shares what did not change. Never throws and never changes an object of the
   * agent's. What cannot be read is left as it is: it cannot be encoded either.
   */
  readonly redact: (event: AnyEvent) => AnyEvent;
}

/** Made by the dispatcher, or names by which it finds its way: never secrets, and not looked at. */
const KEPT: ReadonlySet<string> = new Set(
  "schema_version event_id timestamp session_id xcodex_event_type hook_event_name".split(" "),
);

/** Nobody looks further down. What lies there is replaced as a whole. */
const DEEPEST = 500;
const TOO_DEEP = "[redacted:too-deep:1]";

/** A shorter key of an object holds no secret. */
const SHORTEST_KEY = 16;

/**
 * Makes a redactor for one dispatcher: a value has the same label in all its events, wherever it stands. What counts as a secret is said in
 * `docs/redaction.md`.
 */
export function createRedactor(settings: Redaction): Redactor {
  if (!settings.enabled) return { redact: (event) => event };
  const walk = walker(createTextRedactor(settings, createLabels()));
  return {
    redact: (event) => {
      try {
        return walk.fields(event, [event], KEPT) as AnyEvent;
      } catch {
        return event;
      }
    },
  };
}

/** Walks through values. `above` are the objects that a value lies in, to know a cycle by. */
interface Walker {
  readonly fields: (object: object, above: object[], kept?: ReadonlySet<string>) => object;
}

function walker({ redactText, labelFor }: TextRedactor): Walker {
  const value = (given: unknown, above: object[]): unknown => {
    if (typeof given === "string") return redactText(given);
    if (typeof given !== "object" || given === null) return given;
    if (above.includes(given)) return given;
    if (above.length >= DEEPEST) return TOO_DEEP;
    return object(given, above);
  };

  /** Reading an object may run code of the agent's. */
  const object = (given: object, above: object[]): unknown => {
    above.push(given);
    try {
      if (given instanceof String) return redactText(given.toString());
      if ("toJSON" in given && typeof given.toJSON === "function") return encoded(given, given.toJSON(""), above);
      return Array.isArray(given) ? list(given, above) : fields(given, above);
    } catch {
      return given;
    } finally {
      above.pop();
    }
  };

  /** What an object wants to be encoded as takes its place when there is a secret in it. */
  const encoded = (given: object, json: unknown, above: object[]): unknown => {
    const clean = value(json, above);
    return clean === json ? given : clean;
  };

  const list = (items: readonly unknown[], above: object[]): unknown => {
    let changed: unknown[] | undefined;
    let expected: Expected | undefined;
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at];
      const about = expected;
      const clean = typeof item === "string" ? settled(item, (text) => word(text, about)) : value(item, above);
      if (clean !== item) {
        changed ??= [...items];
        changed[at] = clean;
      }
      expected = typeof clean === "string" ? argumentExpected(clean, expected) : undefined;
    }
    return changed ?? items;
  };

  /** An element of a list of words: what the one before it is about, an assignment as a whole, or a text like all others. */
  const word = (item: string, expected: Expected | undefined): string => {
    if (expected && isExpected(item, expected)) return whole(item, expected.kind, "");
    const assignment = assignmentIn(item);
    if (!assignment) return redactText(item);
    return item.slice(0, assignment.from) + whole(item.slice(assignment.from), assignment.kind, "");
  };

  const fields = (given: object, above: object[], kept?: ReadonlySet<string>): object => {
    let changed: Record<string, unknown> | undefined;
    const own = given as Readonly<Record<string, unknown>>;
    const named = "value" in own ? kindOfNamed(own) : undefined;
    for (const key of Object.keys(own)) {
      if (kept?.has(key)) continue;
      const before = own[key];
      const kind = key === "value" && named ? named : kindOfKey(key);
      const clean = kind === undefined ? value(before, above) : secret(before, kind, key, above);
      const cleanKey = key.length < SHORTEST_KEY ? key : redactText(key);
      if (clean === before && cleanKey === key) continue;
      changed ??= { ...own };
      if (cleanKey !== key) changed = renamed(changed, key, cleanKey);
      put(changed, cleanKey, clean);
    }
    return changed ?? given;
  };

  /** A value whose key says that it is a secret. Objects below it have keys of their own. */
  const secret = (given: unknown, kind: SecretKind, key: string, above: object[]): unknown => {
    if (typeof given === "string") return whole(given, kind, key);
    if (typeof given === "number") return number(given, kind, key);
    if (!Array.isArray(given) || above.includes(given) || above.length >= DEEPEST) return value(given, above);
    const inner = [...above, given];
    const clean = given.map((item: unknown) =>
      typeof item === "string" ? whole(item, kind, key) : value(item, inner),
    );
    return clean.every((item, at) => item === given[at]) ? given : clean;
  };

  /** A number becomes a text. Of several things there is a count. */
  const number = (given: number, kind: SecretKind, key: string): unknown => {
    if (isPlural(key)) return given;
    const label = labelFor(kind, String(given));
    return label === String(given) ? given : label;
  };

  const whole = (given: string, kind: SecretKind, key: string): string => {
    const from = kind === "authorization" ? credentialsIn(given) : 0;
    const text = given.slice(from);
    if (labelEnd(given, from) === given.length) return given;
    if (isHarmless(text, key) && redactText(given) === given) return given;
    return given.slice(0, from) + labelFor(kind, text);
  };

  return { fields };
}

/** `{ "name": "API_KEY", "value": "…" }`: the environment of a container, headers of a recorded request. */
function kindOfNamed({ name, key }: Readonly<Record<string, unknown>>): SecretKind | undefined {
  const said = typeof name === "string" ? name : key;
  return typeof said === "string" ? kindOfKey(said) : undefined;
}

/** Sets a property, even one that is called `__proto__`. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A copy with one key called otherwise, in its old place. */
function renamed(object: Readonly<Record<string, unknown>>, from: string, to: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}
