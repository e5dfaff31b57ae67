import type { Json } from "../../schema/generator/json.ts";

/** The longest line of Python. */
const WIDTH = 120;

/** A docstring, broken at `WIDTH`, for a place that is `indent` columns in. Without that indentation. */
export function docstring(doc: string, indent = 0): string {
  const escaped = doc.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"');
  const [first = "", ...more] = escaped.split("\n").flatMap((line) => wrapped(line, WIDTH - indent - 6));
  return `"""${[first, ...more].join("\n")}"""`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Moves every line that is not blank in by four columns. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "    ");
}

/** A JSON value as a Python literal on one line. Arrays are tuples: nobody changes a table. */
export function literal(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `(${value.map(literal).join(", ")}${value.length === 1 ? "," : ""})`;
  const entries = Object.entries(value).map(([key, item]) => `${literal(key)}: ${literal(item)}`);
  return `{${entries.join(", ")}}`;
}

/** A dict with one entry per line; values are code. */
export function dict(entries: readonly (readonly [key: string, code: string])[]): string {
  if (entries.length === 0) return "{}";
  return block(
    "{",
    entries.map(([key, code]) => `${literal(key)}: ${code}`),
    "}",
  );
}

/** Items in brackets, one per line. */
export function block(open: string, items: readonly string[], close: string): string {
  return `${open}\n${items.map((item) => `${indented(item)},\n`).join("")}${close}`;
}

/** A class: its head, its docstring and its body, for a place that makes its lines begin at `indent`. */
export function classOf(head: string, doc: string, body: readonly string[], indent = 4): string {
  return `class ${head}:\n${indented([docstring(doc, indent), ...body].join("\n\n"))}`;
}

/** A statement and what it means, below. */
export function documented(code: string, doc: string, indent = 0): string {
  return `${code}\n${docstring(doc, indent)}`;
}

/** An annotated name and what it means. */
export function field(name: string, type: string, doc: string, indent = 4): string {
  return documented(`${name}: ${type}`, doc, indent);
}
