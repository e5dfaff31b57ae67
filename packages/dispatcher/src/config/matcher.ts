import type { RE2JS } from "re2js";
import type { Matcher, Pattern } from "../contracts.ts";

/** Matches everything, an event without a tool too. */
export const ANY: Matcher = { source: "*", matches: () => true };

/** A matcher, or why its text is none. */
export type CompiledMatcher = { readonly matcher: Matcher } | { readonly matcher?: undefined; readonly reason: string };

/**
 * Compiles the text of a matcher (DESIGN section 5). Blank or `*`: any. Letters, digits, `_ - . | ,` and spaces: exact names,
 * separated by `|` or `,`. Anything else: a regular expression, searched for anywhere in a name, case counts. Never rejects.
 */
export async function compileMatcher(source: string): Promise<CompiledMatcher> {
  const text = source.trim();
  if (text === "" || text === "*") return { matcher: ANY };
  return /^[\p{L}\p{N}_\-.|, ]+$/u.test(text) ? names(source) : await pattern(source);
}

function names(source: string): CompiledMatcher {
  const wanted = new Set(source.split(/[|,]/).map((name) => name.trim()));
  wanted.delete("");
  if (wanted.size === 0) return { reason: "it names nothing" };
  return { matcher: { source, matches: (candidates) => candidates.some((name) => wanted.has(name)) } };
}

async function pattern(source: string): Promise<CompiledMatcher> {
  const { compiled, reason } = await compile(source.trim());
  if (!compiled) return { reason };
  return { matcher: { source, matches: (candidates) => candidates.some((name) => compiled.test(name)) } };
}

/** A pattern that is searched for in texts, or why its text is none. */
export type CompiledPattern = { readonly pattern: Pattern } | { readonly pattern?: undefined; readonly reason: string };

/**
 * Compiles a regular expression that is searched for in texts, as written: blanks count. One that matches an empty text is refused: it would
 * match everywhere. Never rejects.
 */
export async function compilePattern(source: string): Promise<CompiledPattern> {
  const { compiled, reason } = await compile(source);
  if (!compiled) return { reason };
  if (compiled.test("")) return { reason: "it matches an empty text, so it would match everywhere" };
  const spansIn = (text: string): (readonly [start: number, end: number])[] => {
    const spans: (readonly [start: number, end: number])[] = [];
    const matcher = compiled.matcher(text);
    while (matcher.find()) if (matcher.end() > matcher.start()) spans.push([matcher.start(), matcher.end()]);
    return spans;
  };
  return { pattern: { source, spansIn } };
}

type Compiled =
  | { readonly compiled: RE2JS; readonly reason?: undefined }
  | { readonly compiled?: undefined; readonly reason: string };

/**
 * The engine is loaded here and not before: most configurations have no pattern. It takes time in proportion to its input
 * whatever the pattern, so a user's pattern cannot hang the agent.
 */
async function compile(source: string): Promise<Compiled> {
  const { RE2JS } = await import("re2js");
  try {
    return { compiled: RE2JS.compile(source) };
  } catch (error) {
    return { reason: unsupported(source) ?? (error instanceof Error ? error.message : String(error)) };
  }
}

/** What a linear-time engine cannot have, in the words of those who miss it. */
const UNSUPPORTED: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\(\?<?[=!]/, "look-around"],
  [/\\[1-9]|\\k[<{']|\(\?P=/, "back references"],
  [/\(\?>|[*+?}]\+/, "atomic groups and possessive quantifiers"],
];

function unsupported(source: string): string | undefined {
  const name = UNSUPPORTED.find(([sign]) => sign.test(source))?.[1];
  return name && `the pattern engine runs in linear time and has no ${name}`;
}
