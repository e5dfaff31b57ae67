/**
 * The one catalogue of what this package can complain about. Codes are stable; texts are not.
 *
 * Shape of every text: `Cannot <do what> <to what>: <state>. <What to do>.`
 */

/** Codes of the errors of this package, by the exit code they end the program with. */
export const CLI_CODES: Readonly<Record<"failed" | "usage", readonly string[]>> = {
  failed: [
    "empty_input",
    "not_json",
    "not_an_object",
    "no_event_name",
    "input_too_large",
    "input_is_a_terminal",
    "payload_file",
    "unreadable_file",
    "unwritable_file",
    "changed_meanwhile",
    "bad_toml",
    "not_a_schema",
    "not_utf8",
    "config_unreadable",
    "samples_missing",
    "sdks_missing",
    "bad_stamp",
    "newer_installed",
    "outside_hooks",
    "no_hooks_configured",
    "inside_a_hook",
    "answer_not_understood",
    "needs_yes",
    "prerequisites_missing",
    "build_running",
    "bad_sources",
    "other_version",
    "old_rust",
    "git_failed",
    "build_failed",
    "addon_not_verified",
    "not_ours",
    "stopped",
  ],
  usage: [
    "unknown_command",
    "unknown_mode",
    "unknown_target",
    "unknown_sample_set",
    "unknown_sdk",
    "unknown_event",
    "no_event",
    "json_not_here",
    "bad_ref",
    "ref_without_repository",
    "bad_bin_name",
    "bad_since",
  ],
};

/** Something the user can mend: a text that says what to do, and a code to test for. Never shown with a stack. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** One of `CLI_CODES`. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
  /** What the program ends with: 2 for a mistake in the command line, 1 for everything else. */
  get exitCode(): 1 | 2 {
    return CLI_CODES.usage.includes(this.code) ? 2 : 1;
  }
}

/** What a failed system call says, without Node's call names: `ENOENT: no such file or directory`. */
export function systemReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/, \w+( '.*)?$/s, "");
}

/** Whether an error is a system call's, with one of these codes when some are given. */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return false;
  return codes.length === 0 || codes.includes(String(error.code));
}
