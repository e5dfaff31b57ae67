import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this runner is. In a stack it stands below everything of the hook's own. */
const HERE = dirname(fileURLToPath(import.meta.url)) + sep;

/** A longer text says no more. */
const LONGEST_TEXT = 2_000;

/** What was thrown, on one line: `TypeError: …` of an error, anything else as text. Never throws. */
export function textOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.replace(/\s*[\r\n]\s*/g, " ").slice(0, LONGEST_TEXT);
  } catch {
    return "something that cannot be shown";
  }
}

/** Where it was thrown, `file:line`, outside of Node itself; undefined when that is not known. Never throws. */
export function placeOf(thrown: unknown): string | undefined {
  try {
    const stack = thrown instanceof Error ? String(thrown.stack) : "";
    // Of a CommonJS file that is no JavaScript the place stands alone in the first line.
    const [first = "", ...frames] = stack.split("\n");
    const [, file, line] = /^(\/.*|[A-Za-z]:\\.*):(\d+)$/.exec(first) ?? [];
    if (file) return `${file}:${line}`;
    const place = frames.map(placeOfFrame).find((found) => found !== undefined);
    return place?.startsWith(HERE) ? undefined : place;
  } catch {
    return undefined;
  }
}

function placeOfFrame(frame: string): string | undefined {
  const [, file = "", line] = /^\s+at (?:.*\()?(.+?):(\d+):\d+\)?$/.exec(frame) ?? [];
  const path = file.replace(/^async /, "");
  if (path.startsWith("file:")) return `${fileURLToPath(path)}:${line}`;
  return /^(\/|[A-Za-z]:\\)/.test(path) ? `${path}:${line}` : undefined;
}
