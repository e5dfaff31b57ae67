import { BLANK, BRACKET, BREAK, isAt, OPERATOR, QUOTE, runEnd } from "./chars.ts";

/** A value as it stands in a text: without its quotes. */
export interface Value {
  readonly start: number;
  readonly end: number;
  /** Its quote, with the backslashes before it in JSON within JSON; "" when it has none. */
  readonly quote: string;
}

/** JSON within JSON within JSON: deeper than that nobody quotes. It also bounds how often a text is searched for a closing quote. */
const MOST_BACKSLASHES = 7;
/** Marks of Python and Rust before a quote. */
const LONGEST_MARK = 2;

/** A line end, a quote or a backslash as JSON and shells spell them. */
const ESCAPED = /^\\+[nrt"'\\]/;

const ENDS = BLANK | BREAK | QUOTE | OPERATOR | BRACKET;

/** The value that begins behind a place, after blanks. An unquoted one is a word as a shell, a query and JSON end it; it may be empty. */
export function valueAfter(text: string, from: number, wordEnd: WordEnd): Value {
  const start = runEnd(text, from, BLANK);
  return quotedAt(text, start) ?? { start, end: wordEnd(start), quote: "" };
}

function quotedAt(text: string, start: number): Value | undefined {
  let at = start;
  while (at - start < LONGEST_MARK && isMark(text[at])) at += 1;
  const backslashes = backslashesFrom(text, at);
  const mark = text[at + backslashes];
  if ((mark !== '"' && mark !== "'") || backslashes > MOST_BACKSLASHES) return undefined;
  const open = at + backslashes + 1;
  return { start: open, end: closing(text, open, mark, backslashes), quote: text.slice(at, open) };
}

function isMark(character: string | undefined): boolean {
  return character !== undefined && "bfruBFRU".includes(character);
}

function backslashesFrom(text: string, at: number): number {
  let end = at;
  while (text[end] === "\\") end += 1;
  return end - at;
}

/** Where a quoted text ends: at its quote, at one that closes what it stands in, at the end of the line or of the text. */
function closing(text: string, from: number, quote: string, level: number): number {
  let backslashes = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\") {
      backslashes += 1;
      continue;
    }
    if (character === "\n") return at;
    if (character === quote && closes(backslashes, level)) return at - Math.min(backslashes, level);
    backslashes = 0;
  }
  return text.length;
}

/** At the outermost level an even number of backslashes are backslashes themselves; further in, more of them are a quote inside. */
function closes(backslashes: number, level: number): boolean {
  return level === 0 ? backslashes % 2 === 0 : backslashes <= level;
}

/** Measures the words of one text. */
export type WordEnd = (start: number) => number;

/**
 * Where a word ends, without the comma or the full stop of a sentence. A word is measured once, wherever in it one asks: what is a value
 * for one key may be looked at again for a key inside it.
 */
export function wordEnds(text: string): WordEnd {
  let from = 0;
  let raw = 0;
  let end = 0;
  return (start) => {
    if (start < from || start >= raw) {
      from = start;
      raw = rawEnd(text, start);
      end = raw;
      while (end > start && (text[end - 1] === "," || text[end - 1] === ".")) end -= 1;
    }
    return Math.max(start, end);
  };
}

function rawEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    if (isAt(text, at, ENDS)) break;
    const character = text[at];
    if (character === "," && isAt(text, at + 1, ENDS)) break;
    if (character === "\\" && ESCAPED.test(text.slice(at, at + MOST_BACKSLASHES + 2))) break;
  }
  return at;
}
