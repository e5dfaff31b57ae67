/** How Rust is written, as rustfmt would have it. */

/** Longest line. */
const WIDTH = 100;

/** What rustfmt lets stand in one line inside parentheses and brackets. */
const LIST_WIDTH = 60;

/** A line at a depth. */
export function code(depth: number, line: string): string {
  return `${"    ".repeat(depth)}${line}`;
}

/** Text as a doc comment. */
export function docLines(text: string, depth = 0): readonly string[] {
  const start = code(depth, "///");
  return text
    .split("\n")
    .flatMap((paragraph) => wrapped(escaped(paragraph), WIDTH - start.length - 1))
    .map((line) => `${start} ${line}`.trimEnd());
}

/** What rustdoc would take for a link or HTML; between backticks it takes nothing for anything. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[[\]<>*_\\]/g, "\\$&")))
    .join("");
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Items between brackets: in one line when that is short, else one per line, each followed by a comma. */
export function list(open: string, items: readonly string[], close: string, depth: number): string {
  const short = items.join(", ");
  if (short.length <= LIST_WIDTH) return `${open}${short}${close}`;
  return [open, ...items.map((item) => code(depth + 1, `${item},`)), code(depth, close)].join("\n");
}

/** Text as a literal. */
export function literal(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** `tool-call-started`, `ToolCallStarted` → `TOOL_CALL_STARTED`. */
export function constantOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
}

/** Name of an event in the union. */
export function variantOf(event: { readonly name: string }): string {
  return event.name.replace(/Event$/, "");
}

/** Keywords that can be names when they are written as `r#type`. */
export const RAW_IDENTIFIERS: ReadonlySet<string> = new Set(
  (
    "abstract as async await become box break const continue do dyn else enum extern false final fn for gen if impl in let " +
    "loop macro match mod move mut override priv pub ref return static struct trait true try type typeof unsafe unsized use " +
    "virtual where while yield"
  ).split(" "),
);

/** Words that cannot be names at all. */
export const UNUSABLE_IDENTIFIERS: ReadonlySet<string> = new Set(["crate", "self", "super", "_"]);
