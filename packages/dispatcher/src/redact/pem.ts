import { ALNUM, BASE64, runEnd } from "./chars.ts";
import type { Span } from "./spans.ts";

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const END = /-----END /y;
/**
 * What keeps the words of a body apart: blanks, quotes, line ends (real or escaped) and what tools put before lines. `|` and `>` count only
 * there: elsewhere they would hide what a shell runs.
 */
const BETWEEN =
  /(?:[ \t]|(?:[\r\n]|\\{1,4}[nrt])[ \t]{0,12}(?:[|>→*#]|\d{1,6}[ \t]{0,4}[|>→:])?|\\{1,4}["'/]|["'`,:.]|-(?!----))/y;
/** Lines before the body. They go with it. */
const HEADER = /(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [\w ,.()/+=-]{1,120}/y;
/** Numbers of lines, and the `+` between pieces of a text in source code. */
const DECORATION = /^(?:\d{1,6}|\+)$/;
/** Behind the last word of a body that has no END line. */
const LINE_END = /^(?:[\r\n"'`]|\\+[rn"'])/;

const LONG_WORD = 16;

/**
 * The body of a private key; at a place stands the first hyphen of its BEGIN line. The END line may be missing or cut off: a body goes as far
 * as words of base64 go, so nothing can hide behind a BEGIN line. The lines BEGIN and END stay.
 */
export function pemAt(text: string, at: number): Span | undefined {
  BEGIN.lastIndex = at;
  if (!BEGIN.test(text)) return undefined;
  const begin = BEGIN.lastIndex;
  const start = skip(text, begin);
  const end = bodyEnd(text, start);
  return end > start ? { start, end, kind: "pem" } : undefined;
}

function bodyEnd(text: string, start: number): number {
  let end = start;
  let next = start;
  let isInBody = false;
  for (;;) {
    const word = wordEnd(text, next);
    if (word === next) return end;
    const after = skip(text, word);
    const isEnd = after >= text.length || stands(END, text, after);
    const isLong = word - next >= LONG_WORD;
    const isDecoration = DECORATION.test(text.slice(next, Math.min(word, next + 7)));
    // The last line is short. A word that goes on in its line is no last line.
    const isLast = isEnd || (isInBody && !isDecoration && endsLine(text, word));
    if (!isLong && !isLast && !isDecoration) return end;
    if (isLong || isLast) end = word;
    if (isEnd || (isLast && !isLong)) return end;
    isInBody ||= isLong;
    next = after;
  }
}

function endsLine(text: string, word: number): boolean {
  return text[word - 1] === "=" || LINE_END.test(text.slice(word, word + 6));
}

function wordEnd(text: string, from: number): number {
  if (stands(HEADER, text, from)) return HEADER.lastIndex;
  return runEnd(text, from, ALNUM | BASE64);
}

function skip(text: string, from: number): number {
  let at = from;
  while (stands(BETWEEN, text, at)) at = BETWEEN.lastIndex;
  return at;
}

function stands(what: RegExp, text: string, at: number): boolean {
  what.lastIndex = at;
  return what.test(text);
}
