import type { Matcher } from "../contracts.ts";

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

/**
 * The engine is loaded here and not before: most configurations have no pattern. It takes time in proportion to its input
 * whatever the pattern, so a user's pattern cannot hang the agent.
 */
async function pattern(source: string): Promise<CompiledMatcher> {
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(source.trim());
    return { matcher: { source, matches: (candidates) => candidates.some((name) => compiled.test(name)) } };
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
