/**
 * Read this first: every type that one phase of the dispatcher hands to the next.
 *
 * config → hooks → plan → deliver → runner → reply → decide → decision, and one record per run beside it.
 *
 * A phase imports this file, `errors.ts` and its own folder, never a sibling; only `dispatcher.ts` knows them all.
 */
import type { AnyEvent, WireName } from "@xcodex/hooks-schema";

/** The variable by which a dispatcher finds that it runs inside a hook. The launcher sets it in the environment of every hook. */
export const DEPTH = "XCODEX_HOOKS_DEPTH";

// ---------------------------------------------------------------------------------------------- configuration

/** Where a hook or a problem stands in a configuration file. Lines and columns count from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Something in the configuration that the user should mend. The entries beside it still work. */
export interface ConfigProblem {
  /** `error`: an entry was left out or cannot work as written. `warning`: it works, but not as one may think. */
  readonly severity: "error" | "warning";
  /** Stable code, for example `unknown_event`. The list is in `errors.ts`. */
  readonly code: string;
  readonly origin: Origin;
  /** What is wrong, with the value quoted, and what to do about it. */
  readonly message: string;
  /** The nearest valid name, where a name was mistyped. */
  readonly did_you_mean?: string;
}

/** The places of DESIGN section 5 where a hook can be configured. */
export type Surface = "argv-list" | "single-argv" | "command" | "host" | "inproc" | "pyo3" | "hooks-toml";

/** Decides from the tool's names whether a hook wants an event. Pure and linear-time. */
export interface Matcher {
  /** As written in the configuration; `*` when absent. */
  readonly source: string;
  readonly matches: (candidates: readonly string[]) => boolean;
}

/**
 * One configured subscription, validated. Nothing of the file it came from remains but its origin.
 */
export interface Hook {
  /** Stable within one configuration: `<surface>:<key>:<n>`, for example `command:PreToolUse:1`. */
  readonly id: string;
  readonly surface: Surface;
  readonly origin: Origin;
  /** Which runner delivers to it. */
  readonly runner: "command";
  /** The event's name exactly as configured, for example `tool.execute.before`. */
  readonly key: string;
  /** Canonical type of the event, or the key itself for an event outside the catalogue. */
  readonly event_type: string;
  /** Narrows a tool event to tools of one kind (`exec.before`, `patch.after`). */
  readonly tools?: "command" | "patch";
  /** Narrows the event to those with these values: a key that names only the failures of an event says so. */
  readonly where?: Readonly<Record<string, unknown>>;
  readonly matcher: Matcher;
  readonly wire: WireName;
  /** What this hook finds in `hook_event_name`. */
  readonly hook_event_name: string;
  /** `sync` hooks are waited for by `dispatch`; `async` hooks only observe. */
  readonly mode: "async" | "sync";
  /** Whether this surface and mode may stop the agent. The event has to allow it too. */
  readonly may_gate: boolean;
  /** A failure of a required hook on a gate event blocks (seed 003). */
  readonly required: boolean;
  readonly timeout_ms: number;
  readonly command: Command;
}

/** A program to start: argv without a shell, or a string for the platform's shell. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string };

/** Sizes and limits of `[hooks]`, with the defaults of seed 002. */
export interface Limits {
  /** Payloads up to this many bytes go to stdin as they are. Default 16384. */
  readonly max_stdin_payload_bytes: number;
  /** Payload files and log files kept per folder; 0 keeps all. Default 50. */
  readonly keep_last_n_payloads: number;
}

/** A configuration, read: the hooks that work and the problems of those that do not. */
export interface Config {
  readonly codex_home: string;
  /** The configuration file, whether it exists or not. */
  readonly file: string;
  readonly exists: boolean;
  readonly hooks: readonly Hook[];
  readonly problems: readonly ConfigProblem[];
  readonly limits: Limits;
}

// ---------------------------------------------------------------------------------------------- plan

/**
 * What an event is called outside its payload, in records and environments: texts, whatever the agent put into those fields.
 * The payload itself carries them untouched.
 */
export interface Subject {
  readonly event_id: string;
  readonly event_type: string;
  readonly session_id: string;
  readonly timestamp: string;
  /** "" when there is none. */
  readonly cwd: string;
  /** Name of the agent the event came from, when it is known. */
  readonly agent?: string;
}

/** Which hooks run for one event, in order. */
export interface Plan {
  readonly event: AnyEvent;
  /** Whether the event itself may be gated. */
  readonly gate: boolean;
  readonly hooks: readonly Hook[];
}

// ---------------------------------------------------------------------------------------------- launcher

/** A payload as it goes out, shared by every run of a job that names it. */
export interface Payload {
  /** The event as JSON, on one wire, for one `hook_event_name`. */
  readonly json: string;
  /**
   * How a payload that is too large for stdin is announced: the envelope without its three payload keys, and how those are
   * spelled. Absent on wires that have no envelope: there the payload goes to stdin whatever its size.
   */
  readonly envelope?: {
    readonly head: Readonly<Record<string, unknown>>;
    readonly keys: { readonly path: string; readonly bytes: string; readonly sha256: string };
  };
}

/** One command to run for one event. */
export interface CommandRun {
  /** Unique per run; also names its log file. */
  readonly run_id: string;
  /** Of the hook, for the record. */
  readonly hook_id: string;
  readonly surface: Surface;
  readonly origin: Origin;
  readonly command: Command;
  readonly timeout_ms: number;
  /** Index into the job's payloads. */
  readonly payload: number;
  /** Environment of this run, laid over the parent's and the job's. */
  readonly env: Readonly<Record<string, string>>;
  /** `gate` runs never wait behind `observe` runs. */
  readonly lane: "gate" | "observe";
  /** Exit 2 means "blocked" for this run: the hook may gate, and so may the event. */
  readonly blocks: boolean;
}

/** Everything the launcher needs for one event. */
export interface Job {
  readonly event_id: string;
  readonly event_type: string;
  readonly session_id: string;
  /** Name of the agent the event came from, when it is known. */
  readonly agent?: string;
  /** Where the commands run, when it is an absolute path of an existing folder; the launcher's own folder otherwise. */
  readonly cwd: string;
  readonly payloads: readonly Payload[];
  /** Environment that all runs share, laid over the parent's. What no process can have is left out. */
  readonly env?: Readonly<Record<string, string>>;
  readonly runs: readonly CommandRun[];
}

/** Which ends somebody waits for: those of gates, or every one. Who waits is kept alive until they have come. */
export type Wait = "gates" | "all";

/** How one run ended. */
export type Outcome =
  /** Exit 0. */
  | "ok"
  /** Exit 2 of a run that blocks. */
  | "blocked"
  /** Any other exit code or a signal. */
  | "failed"
  /** Still running at its deadline, and stopped. */
  | "timeout"
  /** The program could not be started. */
  | "not_started"
  /** Given up before it was started: the waiting line was full, or the launcher went away. */
  | "dropped"
  /** Not wanted: recursion guard. */
  | "skipped";

/** What the launcher says about a run when it is over. Runs always end in exactly one of these; nothing throws. */
export interface RunEnd {
  readonly run_id: string;
  readonly outcome: Outcome;
  readonly exit_code: number | null;
  readonly signal: string | null;
  /** From before the start of the process to its end. */
  readonly duration_ms: number;
  /** How long the run waited for its turn. */
  readonly queued_ms: number;
  /** Tail of stderr of a `gate` run, at most 8 KiB, trimmed; "" otherwise. */
  readonly stderr: string;
  /** What went wrong and what to do, for every outcome but `ok`. */
  readonly message?: string;
  /** Stable code for `message`: one of `errors.ts`. */
  readonly code?: string;
  /** Where its output went. */
  readonly log?: string;
}

/**
 * Starts commands. Two of a kind: the client of the launcher process (`launcher/client.ts`), for agents, and the core itself
 * (`launcher/core.ts`), for programs as small and short-lived as the CLI.
 */
export interface Launcher {
  /**
   * Hands a job over and returns at once. `onEnd` is called once per run, later; `wait` (default `gates`) says for which of them
   * the caller waits. Never throws.
   */
  readonly launch: (job: Job, onEnd?: (end: RunEnd) => void, wait?: Wait) => void;
  /** Writes a record about something that was not run. */
  readonly note: (record: RunRecord) => void;
  /** Waits until every run is over or the budget is spent. What is left goes on without us, when there is someone to do it. */
  readonly close: (budgetMs: number) => Promise<CloseReport>;
}

/** What was still going on when a dispatcher was closed. */
export interface CloseReport {
  /** True when every run had ended. */
  readonly drained: boolean;
  /** Runs that had not ended within the budget; the launcher process finishes them. */
  readonly left: number;
  /** Runs dropped over the whole life. */
  readonly dropped: number;
}

// ---------------------------------------------------------------------------------------------- deliver, runner

/** The payloads of one event: encoded once per wire and name, shared by all hooks that want the same. */
export interface PayloadBook {
  readonly payloads: readonly Payload[];
  /** Index of the payload that a hook reads. */
  readonly indexOf: (hook: Hook) => number;
}

/** What a runner is handed: one event and its hooks of that runner's kind. */
export interface Delivery {
  readonly plan: Plan;
  readonly subject: Subject;
  readonly hooks: readonly Hook[];
  readonly book: PayloadBook;
  /** Called once for every hook; absent when nobody waits. Must not throw. */
  readonly onReply?: (reply: HookReply) => void;
  /** For which replies somebody waits. Default `gates`. */
  readonly wait?: Wait;
}

/** Delivers to one kind of target. Runners never throw: failure is a reply. */
export interface Runner {
  /** Hands the event over and returns at once, in microseconds. */
  readonly deliver: (delivery: Delivery) => void;
}

// ---------------------------------------------------------------------------------------------- reply, decision, record

/** What a hook said. Failure is a value. */
export type Reply =
  | { readonly kind: "silent" }
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** A hook, how its run ended, and what that says. */
export interface HookReply {
  readonly hook: Hook;
  readonly end: RunEnd;
  readonly reply: Reply;
}

/** All replies of one event, merged: the only thing the agent sees. More kinds of content may join `action` and `reason` later. */
export interface Decision {
  readonly event_id: string;
  readonly action: "continue" | "block";
  /** Why, in the words of the hooks that blocked, one paragraph each. Absent when the agent may go on. */
  readonly reason?: string;
  /** Ids of the hooks that blocked, in order. */
  readonly decided_by: readonly string[];
  /** Every hook that was waited for. */
  readonly replies: readonly HookReply[];
}

/** One line of `runs.jsonl` about one run of one hook. Times are milliseconds, `at` is RFC 3339 UTC. */
export interface RunRecord {
  readonly schema_version: 1;
  readonly at: string;
  readonly run_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly session_id: string;
  readonly agent?: string;
  /** Absent when no single hook is meant, for example by the recursion guard. */
  readonly hook?: string;
  readonly surface?: Surface;
  /** `file:line` of the hook. */
  readonly origin?: string;
  readonly outcome: Outcome;
  readonly exit_code?: number | null;
  readonly signal?: string | null;
  readonly duration_ms?: number;
  readonly queued_ms?: number;
  /** Bytes of the payload, wherever it went. */
  readonly payload_bytes?: number;
  /** `stdin` or `file`. */
  readonly delivery?: "stdin" | "file";
  readonly pid?: number;
  readonly log?: string;
  readonly code?: string;
  readonly message?: string;
}
