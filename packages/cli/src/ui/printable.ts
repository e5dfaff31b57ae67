/**
 * A text from outside on one line of a terminal: control characters, which could repaint the screen or forge lines, are shown
 * as escapes.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
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

/** `1 hook`, `2 hooks`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
