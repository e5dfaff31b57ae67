/** A configuration to paste, and what to know about it. */
export function snippetText(snippet: string, file: string, notes: readonly string[]): string {
  const known = notes.length === 0 ? [] : ["", ...notes.map((note) => `Note: ${note}`)];
  return [`Add this to ${file}:`, "", snippet, ...known].join("\n");
}
