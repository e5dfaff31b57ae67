import { printable } from "./printable.ts";

/** A column: its heading, and the side its cells stand on. */
export interface Column {
  readonly heading: string;
  readonly align?: "left" | "right";
}

/** A table as text, one line per row, columns two spaces apart. Cells are made harmless for a terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  return alignedLines(columns, [columns.map((column) => column.heading), ...rows], []).join("\n");
}

/**
 * Rows of a table without its headings, one line each.
 *
 * @param widths of the columns; they grow as the rows need it. With the same list again, more rows stand under the ones before.
 */
export function alignedLines(
  columns: readonly Omit<Column, "heading">[],
  rows: readonly (readonly string[])[],
  widths: number[],
): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  for (const index of columns.keys()) {
    widths[index] = cells.reduce((most, row) => Math.max(most, length(row[index])), widths[index] ?? 0);
  }
  const lines = cells.map((row) =>
    columns.map(({ align }, index) => pad(row[index] ?? "", widths[index] ?? 0, align)).join("  "),
  );
  return lines.map((line) => line.trimEnd());
}

/** Lines of a name and a value, the values under each other. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): string {
  return table([{ heading: "" }, { heading: "" }], rows)
    .split("\n")
    .slice(1)
    .join("\n");
}

function pad(text: string, width: number, align: Column["align"]): string {
  const gap = " ".repeat(width - length(text));
  return align === "right" ? gap + text : text + gap;
}

/** Characters as people count them, near enough: what is outside the basic plane counts once. */
function length(text = ""): number {
  return [...text].length;
}
