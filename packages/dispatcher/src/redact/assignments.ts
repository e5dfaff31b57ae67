import { ALNUM, BLANK, isAt, isCut, NAME, runEnd, runStart, TOKEN68 } from "./chars.ts";
import { credentialsIn, isScheme } from "./credentials.ts";
import { isCode, isHarmless, isProse, isVariable, looksMadeUp } from "./harmless.ts";
import { isPlural, kindOfKey } from "./key-names.ts";
import { type Quotes, quotesOf } from "./quotes.ts";
import type { SecretKind, Span } from "./spans.ts";
import { labelEnd } from "./spans.ts";
import { type Value, valueAfter, type WordEnd, wordEnds } from "./value.ts";

/** Finds values that their keys give away. Each is asked at rising places. */
export interface Assignments {
  /** At a place stands `:` or `=`. */
  readonly assignedAt: (at: number) => Span | undefined;
  /** At a place stands the first `-` of what may be a flag. */
  readonly flagAt: (at: number) => Span | undefined;
  /** At a place stands the `B` of `Bearer`. */
  readonly bearerAt: (at: number) => Span | undefined;
}

/** A key, found by going back from its `:` or `=`. */
interface Key {
  readonly name: string;
  readonly kind: SecretKind;
  readonly quote: string;
  /** Nobody names so what holds no secret: quoted, a header, a variable of the environment, or without a blank before its value. */
  readonly sure: boolean;
}

/** A text, and what is worked out about it once and on demand. */
interface Reading {
  readonly text: string;
  readonly wordEnd: WordEnd;
  readonly quotes: () => Quotes;
  /** Whether the text has a shell run texts: `eval "$TOKEN"`, `sh -c "$TOKEN"`. */
  readonly runsTexts: () => boolean;
}

const RUNS_TEXTS = /\beval\b|\b(?:ba|da|k|z)?sh\s{1,4}-\w{0,8}c\b/;

/** Starts reading a text. */
export function assignmentsIn(text: string): Assignments {
  let quotes: Quotes | undefined;
  let runs: boolean | undefined;
  const reading: Reading = {
    text,
    wordEnd: wordEnds(text),
    quotes: () => {
      quotes ??= quotesOf(text);
      return quotes;
    },
    runsTexts: () => {
      runs ??= RUNS_TEXTS.test(text);
      return runs;
    },
  };
  return {
    assignedAt: (at) => assigned(reading, at),
    flagAt: (at) => flag(reading, at),
    bearerAt: (at) => bearer(reading, at),
  };
}

// ------------------------------------------------------------------------------------------------- key = value

function assigned(reading: Reading, at: number): Span | undefined {
  const { text } = reading;
  const from = operatorEnd(text, at);
  const key = from === undefined ? undefined : keyBefore(text, at, from);
  if (from === undefined || !key) return undefined;
  return key.kind === "authorization" ? authorization(reading, from) : plain(reading, from, key);
}

/** Where the value may begin behind `:`, `=`, `:=` and `=>`; undefined for operators that assign nothing. */
function operatorEnd(text: string, at: number): number | undefined {
  const next = text[at + 1];
  if (text[at] === ":") return next === ":" || next === "=" || text[at - 1] === ":" ? undefined : at + 1;
  if (next === "=" || next === "~") return undefined;
  if (next === ">") return isAt(text, runStart(text, at, BLANK, 4) - 1, ALNUM) ? undefined : at + 2;
  return at + 1;
}

const LONGEST_NAME = 80;

function keyBefore(text: string, at: number, from: number): Key | undefined {
  const colon = text[at - 1] === ":" && text[at] === "=" ? 1 : 0;
  const edge = runStart(text, at - colon, BLANK, 4);
  const { end, quote } = beforeQuote(text, edge);
  const start = runStart(text, end, NAME, LONGEST_NAME);
  if (start === end) return undefined;
  const name = text.slice(start, end);
  const kind = kindOfKey(name) ?? kindOfTwoWords(text, start, name);
  if (kind === undefined) return undefined;
  const isTight = text[at] === "=" && edge === at - colon && !isAt(text, from, BLANK);
  const isSpelledSo = /-/.test(name.replace(/^-+/, "")) || /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(name);
  return { name, kind, quote, sure: quote !== "" || isTight || (isSpelledSo && text[at] === ":") };
}

/** Goes back over the quote behind a key, and over the bracket of `config["password"] =`. */
function beforeQuote(text: string, edge: number): { readonly end: number; readonly quote: string } {
  const bracket = text[edge - 1] === "]" && (text[edge - 2] === '"' || text[edge - 2] === "'") ? 1 : 0;
  const mark = text[edge - bracket - 1];
  if (mark !== '"' && mark !== "'") return { end: edge, quote: "" };
  let end = edge - bracket - 1;
  while (end > 0 && text[end - 1] === "\\" && edge - end < 10) end -= 1;
  return { end, quote: bracket ? "" : text.slice(end, edge) };
}

/** `API key: …`, as people write it. */
function kindOfTwoWords(text: string, start: number, name: string): SecretKind | undefined {
  if (!/^(?:key|token)$/i.test(name) || !isAt(text, start - 1, BLANK)) return undefined;
  const before = runStart(text, start - 1, NAME, 20);
  return kindOfKey(`${text.slice(before, start - 1)}-${name}`);
}

function plain(reading: Reading, from: number, key: Key): Span | undefined {
  const { text } = reading;
  const value = valueAfter(text, from, reading.wordEnd);
  if (labelEnd(text, value.start) !== undefined) return undefined;
  const content = text.slice(value.start, value.end);
  if (isHarmless(content, key.name)) return undefined;
  const span = { start: value.start, end: value.end, kind: key.kind };
  if (value.quote !== "") return isQuotedSecret(reading, value, content, key.quote !== "") ? span : undefined;
  if (key.quote !== "") return numberIn(span, content, key);
  return isUnquotedSecret(text, value, content, key) ? span : undefined;
}

function isQuotedSecret(reading: Reading, value: Value, content: string, isData: boolean): boolean {
  if (!isData && ((value.quote === '"' && isVariable(content)) || isClosing(reading.text, value, content)))
    return false;
  // `TOKEN="curl … | sh"; eval "$TOKEN"`: a gate has to see what is run. No token holds a blank.
  if (!isData && /\s/.test(content) && reading.runsTexts()) return false;
  return !RUNNABLE.test(content) || isText(reading, value, content);
}

/** What follows a text in code. */
const CONTINUED = /^\s*[)\],;+%]/;
const LONGEST_BEFORE = 400;

/** Whether the quote ends a text that the key stands in, as in `print("Token: ", token)`: so many stand before it in its line. */
function isClosing(text: string, { start, quote }: Value, content: string): boolean {
  if (!CONTINUED.test(content)) return false;
  const before = text.slice(Math.max(0, start - quote.length - LONGEST_BEFORE), start - quote.length);
  return (before.slice(before.lastIndexOf("\n") + 1).split(quote).length - 1) % 2 === 1;
}

/** What a quoted value may hold that a shell would run if it were not quoted after all. */
const RUNNABLE = /[;|&<>`]|\$\(/;
const SUBSTITUTION = /`|\$\(/;

/**
 * Whether a quoted value is text even if a shell reads it. Nothing that a gate has to see may be hidden: `echo "password="; rm -rf /; echo "."`
 * holds no value at all.
 */
function isText({ quotes }: Reading, { start, quote }: Value, content: string): boolean {
  const open = quotes().openAt(start - quote.length);
  if (open === "'") return quote !== "'" && !content.includes("'");
  if (SUBSTITUTION.test(content)) return open === "" && quote === "'";
  if (open === '"') return quote !== '"' && !/(?<!\\)"/.test(content);
  return open === "" && quote.length === 1;
}

/** A number of JSON whose key is quoted becomes a text, so that it stays JSON. Other words there are constants and variables. */
function numberIn(span: Span, content: string, { name, quote }: Key): Span | undefined {
  return /^-?\d[\d.eE+-]*$/.test(content) && !isPlural(name) ? { ...span, quote } : undefined;
}

function isUnquotedSecret(text: string, { end }: Value, content: string, key: Key): boolean {
  const next = text[end];
  // A call, an index, or the rest of an expansion.
  if (next === "(" || next === "[" || next === "{" || isCode(content, key.sure ? key.name : "")) return false;
  if (isPlural(key.name) && /^\d+$/.test(content)) return false;
  if (!key.sure) return looksMadeUp(content);
  return !/^[A-Za-z_]+$/.test(content) || (next !== ")" && next !== "," && !isProse(content));
}

// ------------------------------------------------------------------------------------------------- Authorization

/** The credentials behind `Authorization:`. The scheme stays. */
function authorization(reading: Reading, from: number): Span | undefined {
  const { text, wordEnd } = reading;
  const value = valueAfter(text, from, wordEnd);
  if (value.quote === "") return unquotedCredentials(reading, value);
  const content = text.slice(value.start, value.end);
  const start = value.start + credentialsIn(content);
  if (labelEnd(text, start) !== undefined || isHarmless(text.slice(start, value.end), "")) return undefined;
  if (!isQuotedSecret(reading, value, content, true) || isVariable(text.slice(start, value.end))) return undefined;
  return start < value.end ? { start, end: value.end, kind: "authorization" } : undefined;
}

function unquotedCredentials({ text, wordEnd }: Reading, first: Value): Span | undefined {
  const word = text.slice(first.start, first.end);
  const next = runEnd(text, first.end, BLANK);
  const hasScheme = isScheme(word) && next > first.end;
  const start = hasScheme ? next : first.start;
  const end = hasScheme ? parametersEnd(text, next, wordEnd) : first.end;
  const content = text.slice(start, end);
  if (labelEnd(text, start) !== undefined || isHarmless(content, "") || isCode(content)) return undefined;
  if (text[end] === "(") return undefined;
  const isSecret = hasScheme ? !isProse(content) : !isScheme(word) && looksMadeUp(content);
  return isSecret ? { start, end, kind: "authorization" } : undefined;
}

/** `Digest` and AWS send several parameters, `a=…, b=…`: they end with the first word that no comma follows. */
function parametersEnd(text: string, start: number, wordEnd: WordEnd): number {
  let end = wordEnd(start);
  while (text[end] === "," && isAt(text, end + 1, BLANK)) {
    const next = runEnd(text, end + 1, BLANK);
    const word = wordEnd(next);
    if (!text.slice(next, word).includes("=")) break;
    end = word;
  }
  return end;
}

const SHORTEST_BEARER = 8;
const LONG_BEARER = 20;

/** `Bearer` and a token, standing alone. "The bearer token" and "bearer authentication" are prose. */
function bearer({ text }: Reading, at: number): Span | undefined {
  if (!isBearer(text, at) || isAt(text, at - 1, ALNUM)) return undefined;
  const gap = text.startsWith("%20", at + 6) ? at + 9 : runEnd(text, at + 6, BLANK);
  if (gap === at + 6) return undefined;
  const end = runEnd(text, gap, TOKEN68);
  const token = text.slice(gap, Math.min(end, gap + LONG_BEARER));
  const isToken =
    token.length >= LONG_BEARER || (/\d/.test(token) && (token.length >= SHORTEST_BEARER || isCut(text, end)));
  return isToken ? { start: gap, end, kind: "authorization" } : undefined;
}

function isBearer(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1) | 32;
  return next === 101 && /^bearer$/i.test(text.slice(at, at + 6));
}

// ------------------------------------------------------------------------------------------------- flags

/** The first hyphen of a flag: it begins a word. */
export const FLAG: RegExp = /-(?<=(?:^|[\s"'`,([{=|;&]|\\[nrt])-)(?=-?[A-Za-z])/;
const FLAG_HERE = new RegExp(FLAG.source, "y");

/** Between a flag and its value: blanks, or what stands there in a list of words as JSON and Python write it. */
const GAP = /(?:\\{0,7}["'],?\s{0,40}(?=\\{0,7}["'])|[ \t]+)/y;

/** `--password x`, `-token "x y"`, `"--password", "x"`. With `=` it is an assignment. */
function flag(reading: Reading, at: number): Span | undefined {
  const { text } = reading;
  FLAG_HERE.lastIndex = at;
  if (!FLAG_HERE.test(text)) return undefined;
  const from = text[at + 1] === "-" ? at + 2 : at + 1;
  const end = Math.min(runEnd(text, from, NAME), from + LONGEST_NAME);
  const kind = end - from < 4 ? undefined : kindOfKey(text.slice(from, end));
  GAP.lastIndex = end;
  if (kind === undefined || !GAP.test(text)) return undefined;
  const value = valueAfter(text, GAP.lastIndex, reading.wordEnd);
  const content = text.slice(value.start, value.end);
  if (content.startsWith("-") || labelEnd(text, value.start) !== undefined || isHarmless(content, "")) return undefined;
  const span = { start: value.start, end: value.end, kind };
  if (value.quote !== "") return isQuotedSecret(reading, value, content, false) ? span : undefined;
  return isVariable(content) || isProse(content) ? undefined : span;
}
