/** A command as one types it into a shell; quotes stand only where they are needed. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(quoted).join(" ");
}

/** A word as a POSIX shell reads it as that very word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
