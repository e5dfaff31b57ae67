/**
 * A text from outside on one line of a terminal: control characters, which could repaint the screen or forge lines, are shown
 * as escapes.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escaped);
}

/** A text from outside that has to fit into a line: printable, and cut behind so many characters. */
export function shortened(text: string, most: number): string {
  // What is far beyond is not even looked at.
  const characters = [...printable(text.slice(0, 2 * most))];
  return characters.length <= most && text.length <= 2 * most
    ? characters.join("")
    : `${characters.slice(0, most - 1).join("")}…`;
}

/** A value as JSON, fit for a terminal: characters from DEL on that could repaint it are escapes, which say the same. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

/** As in JSON, which itself leaves those from DEL on as they are. */
function escaped(character: string): string {
  const text = JSON.stringify(character).slice(1, -1);
  return text === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : text;
}

/** A text from outside on all of its lines, each of them printable. */
export function printableLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => printable(line.replaceAll("\t", "  ")))
    .join("\n");
}

/** The last lines of a text that are not empty, each of them printable. */
export function lastLines(text: string, count: number): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(-count).map((line) => printable(line.replaceAll("\t", "  ").trimEnd()));
}

/** A duration, in milliseconds, as people read it. */
export function duration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** A duration, in milliseconds, where it matters whether it is a tenth or a whole one. */
export function fineDuration(ms: number): string {
  return ms < 10 ? `${Math.round(ms * 10) / 10} ms` : duration(ms);
}

/** `1 hook`, `2 hooks`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
