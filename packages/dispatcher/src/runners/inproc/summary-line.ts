import { type AnyEvent, BASE_FIELDS, EVENT_FIELDS, type EventFacts, type FieldSpec } from "@xcodex/hooks-schema";

/** Nothing that could be taken for the end of a value, of a line or for another key. */
const PLAIN = /^[A-Za-z0-9_./:@%+,~-]+$/;

/** Invisible or able to rearrange what is shown: controls, formats, surrogates, private use, separators. */
const UNSEEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}]$/u;

/** What stands for a value that the agent does not say. */
const NOTHING = "-";

/**
 * The line of facts about an event, with its end: the keys of its summary, and what the event says for each. `-` is what it does
 * not say, or says in another type than the field has. A value that could be taken for anything else is a JSON string, so that
 * none can forge a key or a line; the sample of the same name writes the same.
 */
export function summaryLine(event: AnyEvent, summary: NonNullable<EventFacts["summary_line"]>): string {
  const own = EVENT_FIELDS[event.xcodex_event_type];
  const words = summary.map(([key, field]) => `${key}=${spell(event[field], BASE_FIELDS[field] ?? own?.[field])}`);
  return `${words.join(" ")}\n`;
}

function spell(value: unknown, spec: FieldSpec | undefined): string {
  switch (spec?.type) {
    case "string":
      return typeof value === "string" && !(value === "" && spec.required) ? quoteUnlessPlain(value) : NOTHING;
    case "integer":
      return Number.isSafeInteger(value) ? String(value) : NOTHING;
    case "boolean":
      return typeof value === "boolean" ? String(value) : NOTHING;
    default:
      return NOTHING;
  }
}

function quoteUnlessPlain(value: string): string {
  if (value !== NOTHING && PLAIN.test(value)) return value;
  let escaped = "";
  for (const char of value) escaped += char === " " || !isSpecial(char) ? char : escapeOf(char);
  return `"${escaped}"`;
}

function isSpecial(char: string): boolean {
  return char === '"' || char === "\\" || UNSEEN.test(char);
}

/** JSON has short escapes for some; it leaves others (DEL, U+2028) as they are. */
function escapeOf(char: string): string {
  const short = JSON.stringify(char).slice(1, -1);
  return short !== char ? short : char.split("").map(codeUnit).join("");
}

function codeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
