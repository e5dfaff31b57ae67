/** Where keys stand in a JSON text: `JSON.parse` does not say. Iterative: a text may be nested as deeply as somebody likes. */
import type { Place } from "./toml.ts";

/** One token: a text, a bracket or a comma, or anything else up to the next of those. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/**
 * The place of a key of an object within objects: `placeOfKey(text, ["hooks", "enabled"])`. Only for texts that `JSON.parse` accepts.
 * Of a key that is there twice the last, which is the one that counts.
 */
export function placeOfKey(text: string, path: readonly string[]): Place | undefined {
  let found: Place | undefined;
  /** The key that is at work in every object around us; none in an array. */
  const here: (string | undefined)[] = [];
  let key = false;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "{" || token === "[") here.push(token === "{" ? "" : undefined);
    else if (token === "}" || token === "]") here.pop();
    else if (key && token.startsWith('"')) {
      here[here.length - 1] = JSON.parse(token) as string;
      if (here.length === path.length && path.every((name, at) => here[at] === name)) found = placeAt(text, index);
    }
    key = token === "{" || (token === "," && here.at(-1) !== undefined);
  }
  return found;
}

/** The place of an offset. */
export function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
