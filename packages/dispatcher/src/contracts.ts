/**
 * Read this first: every type that one phase of the dispatcher hands to the next.
 *
 * config → hooks → plan → deliver → runner → reply → decide → decision, and one record per run beside it.
 *
 * A phase imports this file, `errors.ts` and its own folder, never a sibling; only `dispatcher.ts` knows them all.
 */
import type { AnyEvent, ToolKind, WireName } from "@xcodex/hooks-schema";

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

/** `event_type` and `key` of a hook that wants every event. No event is called so. */
export const EVERY_EVENT = "*";

/** What every hook has, whoever delivers to it. */
export interface HookBase {
  /** Stable within one configuration: `<surface>:<key>:<n>`, for example `command:PreToolUse:1` or `host:*:1`. */
  readonly id: string;
  readonly surface: Surface;
  readonly origin: Origin;
  /** The event's name exactly as configured, for example `tool.execute.before`; `*` for every event. */
  readonly key: string;
  /** Canonical type of the event, the key itself for an event outside the catalogue, or `EVERY_EVENT`. */
  readonly event_type: string;
  /** Narrows a tool event to tools of one kind (`exec.before`, `patch.after`). */
  readonly tools?: ToolKind;
  /** Narrows the event to those with these values: a key that names only the failures of an event says so. */
  readonly where?: Readonly<Record<string, unknown>>;
  readonly matcher: Matcher;
  readonly wire: WireName;
  /** What this hook finds in `hook_event_name`. Absent: the event's default name (DESIGN section 4). */
  readonly hook_event_name?: string;
  /** `sync` hooks are waited for by `dispatch`; `async` hooks only observe. */
  readonly mode: "async" | "sync";
  /** Whether this surface and mode may stop the agent. The event has to allow it too. */
  readonly may_gate: boolean;
  /** `required = true` (seed 003): it has to say yes. Nothing else than `on_failure = "deny"` unless that is given. */
  readonly required: boolean;
  /**
   * What a failure means where this hook may stop the agent: a crash, a timeout, an answer that cannot be read, a queue that is full, a
   * breaker that is open. `allow`: the agent goes on. `deny`: it is stopped. Default `deny` for required hooks, else `allow`.
   */
  readonly on_failure: "allow" | "deny";
  /** How long one delivery may take, everything included: a run, one answer of a host, one call of a function, all tries of a webhook. */
  readonly timeout_ms: number;
  /** All of them have to hold (seed 003, "Conditional Execution"). */
  readonly conditions?: readonly Condition[];
  /**
   * Of the hooks of one event, those with a stage run one stage after the other, lowest first, whatever each of them says (seed 003,
   * "Hook Priorities"). Absent: at once.
   */
  readonly stage?: number;
  /** As configured. */
  readonly priority?: "high" | "normal" | "low";
  /** As configured: for people. */
  readonly description?: string;
  /** Hooks with the same target are several filters of one thing: an event that fits more than one is delivered once. */
  readonly target?: string;
}

/** What the agent's context, or else the event, has to say under a name: one of these values. */
export interface Condition {
  /** A key of the context, or a dotted path into the event: `environment`, `tool_input.command`. */
  readonly name: string;
  readonly values: readonly (string | number | boolean)[];
}

/** What an agent says about its session beyond the events: `{ user_type: "admin", environment: "production" }` (seed 003). */
export type AgentContext = Readonly<Record<string, unknown>>;

/** Texts in which `${NAME}` stands for a variable, by key. Secrets are only in the environment, never here. */
export type Templates = Readonly<Record<string, string>>;

/** A program that is started for every event. */
export interface CommandHook extends HookBase {
  readonly runner: "command";
  readonly command: Command;
  /** Whether what it prints is read as its answer, beside its exit code, where it may stop the agent. */
  readonly answers_on_stdout: boolean;
  /** Absolute. Absent: the event's folder. */
  readonly cwd?: string;
  /** Laid over the environment (seed 003, `[hooks.<category>.environment]`). */
  readonly environment?: Templates;
}

/** An HTTP request per event (seed 003, "Webhook Hooks"). */
export interface WebhookHook extends HookBase {
  readonly runner: "webhook";
  readonly webhook: WebhookTarget;
}

/** A call of a tool of an MCP server per event (seed 003, "MCP Tool Hooks"). */
export interface McpToolHook extends HookBase {
  readonly runner: "mcp_tool";
  readonly mcp_tool: McpToolTarget;
}

/** A request, as configured. `url`, `headers` and `signing_secret` are templates: `lookup` knows what stands for `${NAME}`. */
export interface WebhookTarget {
  readonly url: string;
  readonly method: "POST" | "PUT" | "PATCH";
  readonly headers: Templates;
  /** Tries after the first one. Default 0. */
  readonly retry_count: number;
  /** Events one after the other, in their order; a retry holds up those behind it. Default false. */
  readonly ordered: boolean;
  /** Of Standard Webhooks, `whsec_…`: requests are signed with it. */
  readonly signing_secret?: string;
  /** Variables of the hook itself, which count before those of the environment. */
  readonly environment?: Templates;
}

/** A tool, as configured. */
export interface McpToolTarget {
  readonly server: McpServer;
  readonly tool: string;
  /** Any JSON. In its texts `${name}` stands for something of the event: `${command}`, `${tool_input.file_path}`. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** `[mcp_servers.<name>]` of config.toml, in the shape that Codex gives it. */
export interface McpServer {
  readonly name: string;
  readonly origin: Origin;
  /** How long it may take until it is ready. Default 10 s. */
  readonly startup_timeout_ms: number;
  readonly transport:
    | {
        readonly kind: "stdio";
        readonly argv: readonly string[];
        /** Given to it as they are. */
        readonly env: Readonly<Record<string, string>>;
        /** Names of variables that it gets from the environment. */
        readonly env_vars: readonly string[];
        /** Absolute. Absent: CODEX_HOME. */
        readonly cwd?: string;
      }
    | {
        readonly kind: "http";
        readonly url: string;
        readonly headers: Readonly<Record<string, string>>;
        /** Header → the variable that holds its value. */
        readonly env_headers: Readonly<Record<string, string>>;
        /** The variable that holds a bearer token. */
        readonly bearer_token_env_var?: string;
      };
}

/** A long-lived process that gets events as lines (seed 001, `[hooks.host]`). */
export interface HostHook extends HookBase {
  readonly runner: "host";
  readonly host: HostSettings;
}

/** What is delivered to within the agent's own process, in JavaScript. */
export interface InprocHook extends HookBase {
  readonly runner: "inproc";
  readonly inproc: InprocTarget;
}

/** A Python function within the agent's own process (seed 000). */
export interface Pyo3Hook extends HookBase {
  readonly runner: "pyo3";
  readonly pyo3: Pyo3Settings;
}

/** A hook that cannot be used as it is configured, and has to stop what it guards until it can be. Delivered to, it has failed. */
export interface BrokenHook extends HookBase {
  readonly runner: "broken";
  /** Why it cannot be used: the first of its errors. */
  readonly problem: ConfigProblem;
}

/**
 * One configured subscription, validated; which runner delivers to it tells the kinds apart. Nothing of the file it came from
 * remains but its origin.
 */
export type Hook = CommandHook | WebhookHook | McpToolHook | HostHook | InprocHook | Pyo3Hook | BrokenHook;

/** A program to start: argv without a shell, or a string for the platform's shell. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string };

/** A host, as configured. */
export interface HostSettings {
  /** Started with CODEX_HOME as its folder, so that relative paths in it are resolved from there (seed 001). */
  readonly argv: readonly string[];
  /** What its lines call themselves: `event` (seed 001), or `hook-event` for hosts of the Rust original. */
  readonly line_type: "event" | "hook-event";
  /** Whether it answers events that may be gated, on stdout. */
  readonly replies: boolean;
}

/** Hooks that come with the dispatcher (`inproc = ["tool_call_summary"]`). */
export type Builtin = "tool_call_summary" | "event_log_jsonl";

/** What is called within the agent's process. */
export type InprocTarget =
  | { readonly builtin: Builtin }
  /** Absolute path of a JavaScript module with an `on_event` (or `onEvent`, or default) function. */
  | { readonly module: string }
  /** A function that the agent's own program handed over. */
  | { readonly on_event: InprocFunction };

/**
 * A hook in JavaScript. What it returns or resolves to counts only when the hook is `sync` and may gate: `{ decision: "block", reason }`
 * blocks. Whatever it throws is a failure. The event's nested values are the agent's own: it must not change them.
 */
export type InprocFunction = (event: AnyEvent) => unknown;

/** A Python hook, as configured. */
export interface Pyo3Settings {
  /** Absolute. */
  readonly script_path: string;
  /** Name of the function that gets one event. Default `on_event`. */
  readonly callable: string;
  /** More than 1: so many events go to `on_events` at once, when the script has it (seed 001). Default 1. */
  readonly batch_size: number;
}

/** Sizes and limits of `[hooks]`, with the defaults of seed 002. */
export interface Limits {
  /** Payloads up to this many bytes go to stdin as they are. Default 16384. */
  readonly max_stdin_payload_bytes: number;
  /** Payload files and log files kept per folder; 0 keeps all. Default 50. */
  readonly keep_last_n_payloads: number;
}

/** A hook that is switched off, and how: `enabled = false of hooks.toml:12`. */
export interface DisabledHook {
  readonly hook: Hook;
  readonly why: string;
}

/** What was found out about hooks.toml (seed 003). */
export interface HooksToml {
  /** Absolute. */
  readonly file: string;
  /** Where it was named: config.json, or a flag; absent when it is where it is by default. */
  readonly named_by?: string;
  /** Whether it is read at all: `hooks.enabled` of config.json, or `--enable-hooks`. */
  readonly enabled: boolean;
  readonly exists: boolean;
  /** Its `[hooks] debug`: hooks of it that an event names and that do not run are recorded, with the rule that said no. */
  readonly debug: boolean;
}

/** A regular expression of the user's. Its engine takes time in proportion to its input, whatever the pattern. */
export interface Pattern {
  /** As written in the configuration. */
  readonly source: string;
  /** Where it matches, in UTF-16 units, in order, none of them empty. Pure. */
  readonly spansIn: (text: string) => readonly (readonly [start: number, end: number])[];
}

/** A pattern for secrets of one kind. */
export interface NamedPattern {
  /** Kind of their labels: a-z, 0-9 and hyphens. */
  readonly name: string;
  readonly pattern: Pattern;
}

/** `[hooks.redact]`: what happens to secrets in events before hooks see them. */
export interface Redaction {
  /** Default true. */
  readonly enabled: boolean;
  /** A secret in whose text one of these matches is left alone. Default none. */
  readonly allow: readonly Pattern[];
  /** What is a secret besides those that are known. Default none. */
  readonly patterns: readonly NamedPattern[];
}

/** A configuration, read: the hooks that work and the problems of those that do not. */
export interface Config {
  readonly codex_home: string;
  /** The configuration file, whether it exists or not. */
  readonly file: string;
  readonly exists: boolean;
  readonly hooks: readonly Hook[];
  /** Hooks that are configured and switched off. */
  readonly disabled: readonly DisabledHook[];
  /** Of all files, file by file. */
  readonly problems: readonly ConfigProblem[];
  readonly limits: Limits;
  readonly redaction: Redaction;
  /** Absent when nothing says that there is one. */
  readonly hooks_toml?: HooksToml;
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
  /** Whether the agent is about to end its work: stopped from that, it works on. */
  readonly ends_work?: boolean;
  readonly hooks: readonly Hook[];
  /** What the agent says about its session. */
  readonly context?: AgentContext;
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
  readonly envelope?:
    | {
        readonly head: Readonly<Record<string, unknown>>;
        readonly keys: { readonly path: string; readonly bytes: string; readonly sha256: string };
      }
    | undefined;
}

/** Takes the bytes of a payload piece by piece. */
export interface ByteSink {
  /** A piece of JSON, as text without lone surrogates. */
  readonly text: (piece: string) => void;
  /** A piece that is UTF-8 already. It is only lent: take a copy before returning. */
  readonly bytes: (piece: Uint8Array) => void;
}

/** A payload that was encoded and can be had as text or as bytes; bytes are cheaper by far when it holds long texts. */
export interface EncodedPayload extends Payload {
  readonly writeTo: (sink: ByteSink) => void;
}

/** What every run has, whatever is run. */
export interface RunBase {
  /** Unique per run; also names its log file. */
  readonly run_id: string;
  /** Of the hook, for the record. */
  readonly hook_id: string;
  readonly surface: Surface;
  readonly origin: Origin;
  readonly timeout_ms: number;
  /** Index into the job's payloads; absent when it gets none. */
  readonly payload?: number;
  /** `gate` runs never wait behind `observe` runs. */
  readonly lane: "gate" | "observe";
  /** Whether what it says may stop the agent: the hook may gate, and so may the event. */
  readonly blocks: boolean;
  /** Runs of a later stage of the same job begin when all of the earlier ones have ended. Absent: at once. */
  readonly stage?: number;
  /** Runs of the same hook go one after the other, across jobs. */
  readonly ordered?: boolean;
}

/** One command to run for one event. With `blocks`, exit 2 stops the agent. */
export interface CommandRun extends RunBase {
  readonly command: Command;
  /** Environment of this run, laid over the parent's and the job's. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, and it has to be there. Absent: the job's folder. */
  readonly cwd?: string;
  /** Whether its stdout is read as an answer, when it `blocks`. */
  readonly answers_on_stdout?: boolean;
}

/** One request to send for one event: `WebhookTarget` with everything filled in. */
export interface WebhookRun extends RunBase {
  readonly webhook: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly retry_count: number;
    readonly signing_secret?: string;
  };
}

/** One call of a tool for one event: `McpToolTarget` with everything filled in. */
export interface McpToolRun extends RunBase {
  readonly mcp_tool: {
    /** Its environment and headers are filled in by whoever starts it, from its own environment. */
    readonly server: McpServer;
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** Something to carry out for one event. */
export type Run = CommandRun | WebhookRun | McpToolRun;

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
  readonly runs: readonly Run[];
}

/** Which ends somebody waits for: those of gates, or every one. Who waits is kept alive until they have come. */
export type Wait = "gates" | "all";

/** How one run ended. */
export type Outcome =
  /** Exit 0. */
  | "ok"
  /** Exit 2 or an answer that says so, of a run that blocks. */
  | "blocked"
  /** Any other exit code, a signal, an answer that cannot be read, a status that is no success. */
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
  /** Why it blocks, in its own words, at most 8 KiB; only when it said so. */
  readonly reason?: string;
  /** It wants the agent to halt, not to work on (`continue: false`). */
  readonly halts?: true;
  /** Tries of a webhook. */
  readonly attempts?: number;
  /** The last HTTP status that came. */
  readonly status?: number;
  /** What went wrong and what to do, for every outcome but `ok`. */
  readonly message?: string;
  /** Stable code for `message`: one of `errors.ts`. */
  readonly code?: string;
  /** Where its output went. */
  readonly log?: string;
}

/** A host to start. */
export interface HostStart {
  /** Unique per start; also names its log and its pipe. */
  readonly start_id: string;
  /** Of the host's first hook, for the record. */
  readonly hook_id: string;
  readonly surface: Surface;
  readonly origin: Origin;
  /** Of the event that it is started for, for the record. */
  readonly session_id: string;
  readonly agent?: string;
  readonly command: Command;
  /** Its folder. */
  readonly cwd: string;
  /** Laid over the parent's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether its stdout is read for answers; otherwise it goes to the log with stderr. */
  readonly replies: boolean;
  /** Between the end of its stdin and TERM. */
  readonly grace_ms: number;
}

/** What a host says about one line, as its stdout had it: an answer in any of the shapes of `answer.ts`, and the line it is about. */
export interface HostAnswer {
  readonly seq: number;
  readonly [key: string]: unknown;
}

/** How a host ended, or why there never was one. `code` and `message` are there unless it ended well and was told to. */
export interface HostEnd {
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly code?: string;
  readonly message?: string;
  /** Where its output went. */
  readonly log?: string;
}

/** What is said about a host: `started` at most once, `ended` exactly once and last; never from within `host`. */
export interface HostEvents {
  /** It runs. `pipe` is the path of a named pipe for its stdin: open it for writing, then say `connected`. */
  readonly started: (started: { readonly pipe: string; readonly pid: number; readonly log?: string }) => void;
  /** A line of its stdout that is an object with a number as `seq`. What else it prints goes to its log. Only with `replies`. */
  readonly answered: (answer: HostAnswer) => void;
  readonly ended: (end: HostEnd) => void;
}

/** A host that was started. Calls after its end change nothing. */
export interface HostProcess {
  /** The pipe is open: its name is taken away. */
  readonly connected: () => void;
  /** Writes these bytes to its stdin, for an agent that has no time to do it itself. */
  readonly write: (bytes: Buffer) => void;
  /**
   * Nothing more comes: its stdin ends as soon as the agent has closed its own end too. After the grace what is left of its process
   * group gets TERM, then KILL.
   */
  readonly end: () => void;
  /** Something is wrong with it: TERM to its process group now, KILL after a second. The reason goes into its record. */
  readonly stop: (why: { readonly code: string; readonly message: string }) => void;
}

/**
 * Starts commands. Two of a kind: the client of the launcher process (`launcher/client.ts`), for agents, and the core itself
 * (`launcher/core.ts`), for programs as small and short-lived as the CLI.
 */
export interface Launcher {
  /** Gets ready to start processes: early, while the agent is small. Without it that happens with the first of them. */
  readonly prepare: () => void;
  /**
   * Hands a job over and returns at once. `onEnd` is called once per run, later; `wait` (default `gates`) says for which of them
   * the caller waits. Never throws.
   */
  readonly launch: (job: Job, onEnd?: (end: RunEnd) => void, wait?: Wait) => void;
  /** Starts a long-lived process in a group of its own and returns at once. Never throws: what goes wrong is its end. */
  readonly host: (start: HostStart, events: HostEvents) => HostProcess;
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

/** The payloads of one event: encoded when first asked for, once per wire and name, shared by all hooks that want the same. */
export interface PayloadBook {
  /**
   * The payload that a hook reads; the same object for hooks that read the same.
   *
   * @throws HooksError `not_encodable`
   */
  readonly payloadOf: (hook: Hook) => EncodedPayload;
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

/** What runners are made with. */
export interface RunnerTools {
  /** Absolute. */
  readonly codex_home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts processes and writes records. */
  readonly launcher: Launcher;
  /** The hooks of the runner's kind, so that it can get ready before the first event. */
  readonly hooks: readonly Hook[];
}

/** Delivers to one kind of target. Runners never throw: failure is a reply. */
export interface Runner {
  /** Hands the event over and returns at once, in microseconds. */
  readonly deliver: (delivery: Delivery) => void;
  /**
   * Delivers what is waiting, then ends what lives; settles when that is done or the budget spent. What comes later has failed with
   * code `closed`. Never rejects. Absent where the launcher does all of it.
   */
  readonly close?: (budgetMs: number) => Promise<RunnerReport>;
}

/** What was still going on when a runner was closed. */
export interface RunnerReport {
  /** Deliveries that had not ended within the budget. */
  readonly left: number;
  /** Events dropped over the whole life. */
  readonly dropped: number;
}

// ---------------------------------------------------------------------------------------------- reply, decision, record

/** What a hook said. Failure is a value. */
export type Reply =
  | { readonly kind: "silent" }
  /** `halts`: it wants the agent to halt altogether, so it does not stop one that is about to end its work. */
  | { readonly kind: "blocked"; readonly reason: string; readonly halts?: true }
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
  /** How many events it is about, when they are several. */
  readonly count?: number;
  /** `stdin` or `file`. */
  readonly delivery?: "stdin" | "file" | "request";
  /** Tries of a webhook. */
  readonly attempts?: number;
  /** The last HTTP status that came. */
  readonly status?: number;
  readonly pid?: number;
  readonly log?: string;
  readonly code?: string;
  readonly message?: string;
}
