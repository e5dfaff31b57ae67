// Classes of characters as bits, so that a run is measured with one table and without regular expressions.

/** 0 to 9. */
export const DIGIT = 1;
/** A to Z. */
export const UPPER = 2;
/** a to z. */
export const LOWER = 4;
/** `_` */
export const UNDERSCORE = 8;
/** `-` */
export const HYPHEN = 16;
/** `+`, `/` and `=`: what base64 has besides letters and digits. */
export const BASE64 = 32;
/** `.` */
export const DOT = 64;
/** `~` */
export const TILDE = 128;
/** Space and tab. */
export const BLANK = 256;
/** Line ends. */
export const BREAK = 512;
/** `"`, `'` and the back quote. */
export const QUOTE = 1024;
/** What ends a command of a shell or sends its output elsewhere: `;`, `|`, `&`, `<`, `>`. */
export const OPERATOR = 2048;
/** Brackets of every kind. */
export const BRACKET = 4096;

/** Letters and digits of ASCII. */
export const ALNUM: number = DIGIT | UPPER | LOWER;
/** What a word of base64url consists of. */
export const WORD: number = ALNUM | UNDERSCORE | HYPHEN;
/** What the name of a key consists of. */
export const NAME: number = WORD | DOT;
/** `token68` of RFC 9110: what credentials consist of. */
export const TOKEN68: number = WORD | BASE64 | DOT | TILDE;
/** Blanks and line ends. */
export const SPACE: number = BLANK | BREAK;

const CLASSES: Uint16Array = tableOf([
  [DIGIT, "0123456789"],
  [UPPER, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  [LOWER, "abcdefghijklmnopqrstuvwxyz"],
  [UNDERSCORE, "_"],
  [HYPHEN, "-"],
  [BASE64, "+/="],
  [DOT, "."],
  [TILDE, "~"],
  [BLANK, " \t"],
  [BREAK, "\n\r\v\f"],
  [QUOTE, "\"'`"],
  [OPERATOR, ";|&<>"],
  [BRACKET, "()[]{}"],
]);

function tableOf(classes: readonly (readonly [bit: number, characters: string])[]): Uint16Array {
  const table = new Uint16Array(128);
  for (const [bit, characters] of classes) {
    for (const character of characters) table[character.charCodeAt(0)] = bit;
  }
  return table;
}

/** Whether the character at a place is of some classes. Nothing stands before the text and behind it. */
export function isAt(text: string, at: number, classes: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 && ((CLASSES[code] as number) & classes) !== 0;
}

/** Where the run of characters of some classes ends that begins at a place. */
export function runEnd(text: string, from: number, classes: number): number {
  let at = from;
  while (at < text.length && isAt(text, at, classes)) at += 1;
  return at;
}

/** Where the run begins that ends at a place, at most `most` characters before it. */
export function runStart(text: string, to: number, classes: number, most: number): number {
  let at = to;
  while (at > 0 && to - at < most && isAt(text, at - 1, classes)) at -= 1;
  return at;
}

/** Whether a text stands at a place. Faster than `startsWith` for what is mostly not there. */
export function standsAt(text: string, at: number, wanted: string): boolean {
  if (at < 0) return false;
  for (let k = wanted.length - 1; k >= 0; k -= 1) {
    if (text.charCodeAt(at + k) !== wanted.charCodeAt(k)) return false;
  }
  return true;
}

/**
 * Whether something cut the text off at a place: it ends there, or goes on with what stands for the rest. Agents shorten what they
 * send, in the middle of a secret too.
 */
export function isCut(text: string, at: number): boolean {
  return at >= text.length || text.startsWith("…", at) || text.startsWith("...", at) || text.startsWith("\uFFFD", at);
}

/**
 * Whether something may begin at a place: no letter or digit stands before it, or one that ends an escape (`\n`, `%3D`, `\u001b`, the
 * colour of a terminal). `apart`: no `_` or `-` either.
 */
export function beginsAt(text: string, at: number, apart = false): boolean {
  if (at === 0 || !isAt(text, at - 1, apart ? WORD : ALNUM)) return true;
  return ESCAPE.test(text.slice(Math.max(0, at - LONGEST_ESCAPE), at));
}

const LONGEST_ESCAPE = 16;
const ESCAPE = /(?:\\[nrtbfv0]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\[[\d;]{0,12}m)$/;
