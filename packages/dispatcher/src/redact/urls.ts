import { ALNUM, isAt, runEnd, standsAt } from "./chars.ts";
import { isHarmless } from "./harmless.ts";
import { labelEnd, type Span } from "./spans.ts";

/** Ends the part of a URL that names the host, or the word that the URL is. */
const AUTHORITY = /[^\s/?#"'<>`\\|;&()[\]{}]*/y;
const LONG_NAME = 20;

/** The password in `https://user:password@host`, or the token that stands alone there. At a place stands the `:` before `//`. */
export function userinfoAt(text: string, at: number): Span | undefined {
  const from = slashesEnd(text, at + 1);
  if (from === undefined || !isAt(text, at - 1, ALNUM)) return undefined;
  AUTHORITY.lastIndex = from;
  const authority = AUTHORITY.exec(text)?.[0] ?? "";
  const end = authority.lastIndexOf("@");
  if (end <= 0) return undefined;
  const colon = authority.indexOf(":");
  const hasPassword = colon !== -1 && colon < end;
  const value = authority.slice(hasPassword ? colon + 1 : 0, end);
  const start = from + (hasPassword ? colon + 1 : 0);
  if (isHarmless(value, "") || value.startsWith("$") || labelEnd(text, start) !== undefined) return undefined;
  if (!hasPassword && !(value.length >= LONG_NAME && /\d/.test(value) && runEnd(value, 0, ALNUM) >= LONG_NAME))
    return undefined;
  return { start, end: from + end, kind: hasPassword ? "password" : "token" };
}

/** `//`, or `\/\/` where JSON was written so. */
function slashesEnd(text: string, at: number): number | undefined {
  if (standsAt(text, at, "//")) return at + 2;
  return standsAt(text, at, "\\/\\/") ? at + 4 : undefined;
}
