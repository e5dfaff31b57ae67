/**
 * A configuration to paste, and what to know about it.
 *
 * @param there a table of the snippet that the file has already; TOML refuses a second one
 */
export function snippetText(snippet: string, file: string, notes: readonly string[], there?: string): string {
  const known = notes.length === 0 ? [] : ["", ...notes.map((note) => `Note: ${note}`)];
  const what =
    there === undefined ? `Add this to ${file}:` : `Add what is missing of this to ${file}, but not ${there} again:`;
  return [what, "", snippet, ...known].join("\n");
}
