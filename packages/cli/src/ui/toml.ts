/** A text as it stands inside a TOML string in double quotes: JSON's escapes, and one more. */
export function insideTomlString(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll("\u007f", "\\u007f");
}

/** Words as a TOML array on one line. */
export function tomlArray(words: readonly string[]): string {
  return `[${words.map((word) => `"${insideTomlString(word)}"`).join(", ")}]`;
}
