/** What may come next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Where a text stops being JSON: the index of the first token that does not fit, the length of the text when it ends too early.
 * `JSON.parse` says so only sometimes, and differently in every version of Node. Only for texts that `JSON.parse` refuses.
 */
export function jsonErrorAt(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  for (let at = skip(SPACE, text, 0); at < text.length; ) {
    const end = tokenEnd(text, at);
    const next: Expected | undefined = end > at ? after(text[at] ?? "", expected, open) : undefined;
    // Inside a string, the place of the bad character says more than the place of the string.
    if (next === undefined) return end < at ? -end : at;
    expected = next;
    at = skip(SPACE, text, end);
  }
  return text.length;
}

/** Takes one token, by its first character; says what may come after it, undefined when it may not stand here. */
function after(token: string, expected: Expected, open: ("{" | "[")[]): Expected | undefined {
  const inside = open.at(-1);
  if (token === "}" || token === "]") {
    const fits = inside === (token === "}" ? "{" : "[") && (expected === ", or end" || expected.endsWith(token));
    if (fits) open.pop();
    return fits ? ", or end" : undefined;
  }
  if (token === ":") return expected === ":" ? "value" : undefined;
  if (token === ",") return expected !== ", or end" || !inside ? undefined : inside === "{" ? "key" : "value";
  if (token === '"' && expected.startsWith("key")) return ":";
  if (!expected.startsWith("value")) return undefined;
  if (token !== "{" && token !== "[") return ", or end";
  open.push(token);
  return token === "{" ? "key or }" : "value or ]";
}

/** Where the token that begins here ends; the place itself when none does, and less, negated, when a string breaks off. */
function tokenEnd(text: string, at: number): number {
  const first = text[at] ?? "";
  if ("{}[],:".includes(first)) return at + 1;
  return first === '"' ? stringEnd(text, at) : skip(SCALAR, text, at);
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; ) {
    const character = text[at] ?? "";
    if (character === '"') return at + 1;
    const end = character === "\\" ? skip(ESCAPE, text, at) : character < " " ? at : at + 1;
    if (end === at) return -at;
    at = end;
  }
  return -text.length;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
