import type { FieldModel } from "@xcodex/hooks-codegen";

/** Lines of Go, as gofmt wants them. */
export type Text = readonly string[];

/** How long lines of comments and lists may be, indentation aside. */
const WIDTH = 110;

/** How a kind of field is said in Go. */
export interface Reading {
  readonly type: string;
  /** The rest of an assignment to such a field, from an expression of the type `any`. */
  readonly read: (value: string) => string;
}

const asserted = (type: string): Reading => ({ type, read: (value) => `, _ = ${value}.(${type})` });
const called = (type: string, reader: string): Reading => ({ type, read: (value) => `, _ = ${reader}(${value})` });
const optional = (type: string, reader: string): Reading => ({
  type: `*${type}`,
  read: (value) => ` = optional(${reader}(${value}))`,
});

/** The Go of a field. Of numbers and booleans the empty value means something, so there absence is nil. */
export function typeOf({ kind, required, struct }: FieldModel): Reading {
  switch (kind) {
    case "string":
      return asserted("string");
    case "integer":
      return required ? called("int64", "integerOf") : optional("int64", "integerOf");
    case "number":
      return required ? called("float64", "numberOf") : optional("float64", "numberOf");
    case "boolean":
      return required ? asserted("bool") : optional("bool", "booleanOf");
    case "object":
      return struct === undefined
        ? asserted("map[string]any")
        : { type: `*${struct}`, read: (value) => ` = new${struct}(${value})` };
    case "array":
      return asserted("[]any");
    case "strings":
      return called("[]string", "stringsOf");
    case "any":
      return { type: "any", read: (value) => ` = ${value}` };
  }
}

/** A text as a literal. What JSON escapes in a text, Go escapes in the same way. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function indented(lines: Text): Text {
  return lines.map((line) => (line === "" ? line : `\t${line}`));
}

/** A comment, broken where it gets too long. */
export function comment(text: string): Text {
  return text
    .split("\n")
    .flatMap((line) => filled(line.split(" "), " ", WIDTH - 3).map((part) => `// ${part}`.trimEnd()));
}

/** A list between two texts, over as many lines as it takes. */
export function wrapped(before: string, items: readonly string[], after: string): Text {
  const lines = filled(items, ", ", WIDTH - before.length);
  return lines.map((line, at) => {
    const start = at === 0 ? before : "\t";
    return `${start}${line}${at === lines.length - 1 ? after : ","}`;
  });
}

function filled(items: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + separator.length + item.length <= width) {
      lines[lines.length - 1] = `${last}${separator}${item}`;
    } else lines.push(item);
  }
  return lines;
}
