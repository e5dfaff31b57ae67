import type { Redaction } from "../contracts.ts";
import type { Labels } from "./labels.ts";
import { secretsIn } from "./secrets-in.ts";
import { LABEL, type Span } from "./spans.ts";
import { kindOfToken } from "./tokens.ts";

/** Redacts texts: whole values whose key gave them away, and what is found in the midst of a text. */
export interface TextRedactor {
  /** The text with labels for what was found in it; the very same text when that is nothing. */
  readonly redactText: (text: string) => string;
  /** The label for a value as a whole; the value itself when the user allowed it. */
  readonly labelFor: (kind: string, value: string) => string;
}

/** Makes one. The same text has the same result as long as its values keep their labels. */
export function createTextRedactor({ allow, patterns }: Redaction, labels: Labels): TextRedactor {
  const labelFor = (kind: string, value: string): string => {
    if (allow.some((pattern) => pattern.spansIn(value).length > 0)) return value;
    // What a token is called does not depend on where it stands.
    return labels.labelOf(kindOfToken(value) ?? kind, value);
  };
  const ownSpans = (text: string): Span[] =>
    patterns.flatMap(({ name, pattern }) => pattern.spansIn(text).map(([start, end]) => ({ start, end, kind: name })));
  const once = (text: string): string => {
    const found = secretsIn(text);
    const own = patterns.length === 0 ? [] : ownSpans(text);
    const spans = own.length === 0 ? found : merged([...found, ...own], text);
    return spans.length === 0 ? text : replaced(text, spans, labelFor);
  };
  return {
    labelFor,
    redactText: (text) => settled(text, once),
  };
}

/** Two are the rule where something is found. */
const MOST_ROUNDS = 5;

/**
 * What comes of a text when it is gone through until nothing changes any more. A label may make plain what was said beside it; so redacting
 * once more what came out changes nothing.
 */
export function settled(text: string, once: (text: string) => string): string {
  let before = text;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const after = once(before);
    if (after === before) return after;
    before = after;
  }
  return before;
}

function replaced(text: string, spans: readonly Span[], labelFor: TextRedactor["labelFor"]): string {
  let result = "";
  let from = 0;
  for (const { start, end, kind, quote = "" } of spans) {
    if (kind === "") continue;
    const value = text.slice(start, end);
    const label = labelFor(kind, value);
    if (label === value) continue;
    result += `${text.slice(from, start)}${quote}${label}${quote}`;
    from = end;
  }
  return from === 0 ? text : result + text.slice(from);
}

/** Spans over one another become one, so that nothing of either remains. Labels that stand in the text are not taken apart. */
function merged(spans: readonly Span[], text: string): readonly Span[] {
  const labels = labelsIn(text);
  const free = spans.filter(
    ({ start, end, kind }) => kind === "" || !labels.some((label) => start < label.end && end > label.start),
  );
  const result: Span[] = [];
  for (const span of free.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (!last || span.start >= last.end) result.push(span);
    else if (span.end > last.end && last.kind !== "") result[result.length - 1] = { ...last, end: span.end };
  }
  return result;
}

function labelsIn(text: string): readonly Pick<Span, "start" | "end">[] {
  if (!text.includes("[redacted:")) return [];
  const every = new RegExp(LABEL.source, "g");
  return [...text.matchAll(every)].map(({ index, 0: label }) => ({ start: index, end: index + label.length }));
}
