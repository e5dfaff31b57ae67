/**
 * The one catalogue of everything this package can complain about. Codes are stable; texts are not.
 *
 * Shape of every text: `Cannot <do what> <to what>: <state>. <What to do>.`
 */

/** Codes of problems in a configuration. */
export const CONFIG_CODES: readonly string[] = [
  "bad_toml",
  "unreadable",
  "unknown_event",
  "retired_event",
  "unknown_key",
  "wrong_type",
  "empty_command",
  "two_commands",
  "no_command",
  "bad_timeout",
  "bad_matcher",
  "matcher_ignored",
  "unknown_wire",
  "unknown_mode",
  "not_a_gate",
  "required_ignored",
  "unknown_policy",
  "contradiction",
  "deprecated",
  "not_ours",
  "not_enabled",
  "unsafe_not_enabled",
  "unknown_inproc",
  "no_script",
  "bad_batch_size",
  "unknown_line_type",
  "no_sandbox",
  "bad_json",
  "unknown_category",
  "no_event",
  "unknown_type",
  "unknown_priority",
  "mode_ignored",
  "waits_for_observer",
  "no_folder",
  "no_url",
  "bad_url",
  "insecure_url",
  "unknown_method",
  "bad_header",
  "bad_retry_count",
  "bad_secret",
  "plain_secret",
  "unset_variable",
  "circular_variable",
  "bad_variable",
  "reserved_variable",
  "no_server",
  "no_tool",
  "unknown_server",
  "bad_server",
  "bad_pattern",
  "bad_name",
];

/** Codes of runs that did not end well. */
export const RUN_CODES: readonly string[] = [
  "exit_code",
  "killed_by_signal",
  "timeout",
  "program_not_found",
  "program_not_executable",
  "spawn_failed",
  "payload_file",
  "queue_full",
  "launcher_lost",
  "not_encodable",
  "recursion_guard",
  // Why a hook of hooks.toml did not run, recorded with debug = true.
  "disabled",
  "tools",
  "where",
  "matcher",
  "condition",
  "host_ended",
  "host_stalled",
  "no_answer",
  "bad_answer",
  "tool_failed",
  "tool_refused",
  "server_not_started",
  "server_ended",
  "answer_too_large",
  "output_too_large",
  "answer_ignored",
  "misconfigured",
  "http_status",
  "connection_failed",
  "tls_failed",
  "redirected",
  "insecure_url",
  "answer_cut",
  "breaker_open",
  "hook_threw",
  "module_not_loaded",
  "log_not_written",
  "pyo3_not_built",
  "python_failed",
  "closed",
];

/** An error of this package: a text that says what to do, and a code to test for. */
export class HooksError extends Error {
  override readonly name: string = "HooksError";
  /** Stable code, for example `codex_home_missing`. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
