/** Standard output while it is not for everybody. */
export interface ReservedStdout {
  /** Writes to the real one; resolves when it is out, also when its reader is gone. */
  readonly write: (text: string) => Promise<void>;
  /** Gives it back. */
  readonly release: () => void;
}

/**
 * Takes stdout away: whatever a hook prints (`console.log`, `process.stdout.write`) goes to stderr instead, because what reads
 * stdout takes every line of it for a reply. Programs that the hook starts with an inherited stdout are not covered.
 */
export function reserveStdout(): ReservedStdout {
  const stdout = process.stdout;
  const write = stdout.write;
  // A reader that is gone ends the replies, not the host.
  const ignore = (): void => {};
  stdout.on("error", ignore);
  stdout.write = ((...args: Parameters<typeof write>) => process.stderr.write(...args)) as typeof write;
  return {
    write: (text) => new Promise((resolve) => write.call(stdout, text, "utf8", () => resolve())),
    release: () => {
      stdout.write = write;
      stdout.off("error", ignore);
    },
  };
}
