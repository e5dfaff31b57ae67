/** How Ruby spells things. Pure. */

const WIDTH = 110;

/** A string in double quotes. Ruby reads the escapes of JSON as JSON does; only `#` can begin something. */
export function text(value: string): string {
  return JSON.stringify(value).replaceAll(/#(?=[{$@])/g, "\\#");
}

/** A value of JSON. */
export function json(value: unknown): string {
  if (value === null) return "nil";
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map(json).join(", ")}].freeze`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(([name, item]) => `${text(name)} => ${json(item)}`);
  return entries.length === 0 ? "{}.freeze" : `{ ${entries.join(", ")} }.freeze`;
}

/** A key of a hash that is a symbol. */
export function key(name: string): string {
  return `${name}:`;
}

/** A list of strings. */
export function words(items: readonly string[]): string {
  return items.every((item) => /^\w+$/.test(item)) ? `%w[${items.join(" ")}]` : `[${items.map(text).join(", ")}]`;
}

/** A list of symbols, as long as it may be. */
export function symbols(names: readonly string[]): string {
  return `%i[\n${wrap(names.join(" "), WIDTH - 10, "  ")}\n]`;
}

/** A list of strings without blanks, as long as it may be. */
export function list(items: readonly string[]): string {
  return `%w[\n${wrap(items.join(" "), WIDTH - 10, "  ")}\n]`;
}

/** A hash, an entry per line. */
export function hash(entries: readonly string[]): string {
  return `{${block(entries)}}`;
}

/** Entries between two brackets, one per line. */
export function block(entries: readonly string[]): string {
  return `\n${entries.map((entry) => `  ${entry}`).join(",\n")}\n`;
}

/** Whole sentences as a comment. */
export function comment(sentences: string): string {
  return sentences
    .split("\n")
    .map((line) => wrap(line, WIDTH - 6, "# "))
    .join("\n");
}

function wrap(line: string, width: number, start: string): string {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((one) => `${start}${one}`.trimEnd()).join("\n");
}

/** The constant for a name in CamelCase. */
export function constantName(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/\W/g, "_")
    .toUpperCase();
}
