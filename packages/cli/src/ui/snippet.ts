/**
 * A configuration to paste, and what to know about it.
 *
 * @param there tables of the snippet that the file has already; TOML refuses a second one
 */
export function snippetText(
  snippet: string,
  file: string,
  notes: readonly string[],
  there: readonly string[] = [],
): string {
  const known = notes.length === 0 ? [] : ["", ...notes.map((note) => `Note: ${note}`)];
  const what =
    there.length === 0
      ? `Add this to ${file}:`
      : `Add what is missing of this to ${file}, but not ${there.join(" or ")} again:`;
  return [what, "", snippet, ...known].join("\n");
}
