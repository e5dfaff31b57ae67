import type { HookEventBase } from "./base.ts";
import type { ToolKind } from "./tools.ts";

/** A further name under which an event is known, and what that name says beyond the event. */
export interface Alias {
  /** The name, as configured or as sent. */
  readonly name: string;
  /** Agent that sends this name and no other does. */
  readonly agent?: string;
  /** Narrows the event to tools of one kind: `exec.before` is `tool-call-started` of a command tool. */
  readonly tools?: ToolKind;
  /**
   * Fields that the name itself says: an event sent as `PostToolUseFailure` has `success: false`, and a hook configured under that
   * name is for events that have it.
   */
  readonly implies?: Readonly<Record<string, unknown>>;
}

/**
 * Keys of the `codex` wire for one event, in order. A string is a field of the event under its own name; a pair is the wire's
 * key and the fields it is taken from, the first that is there; a third member is the value when none is.
 */
export type CodexKey = string | readonly [key: string, from: readonly string[], otherwise?: unknown];

/** Where an environment variable of a hook comes from: a field of the event, and the unit or spelling it is given in. */
export interface EnvSource {
  /** Dotted paths into the event; the first that is there counts. */
  readonly from: readonly string[];
  /** `argv`: a list of words, a plain string becoming one word. Default: the value as it is; in the environment as text or JSON. */
  readonly as?: "argv";
  /** Paths of texts that may be patches: where nothing else says it, the first file that such a text names. */
  readonly in_patch?: readonly string[];
  /** Only for tools of this kind. */
  readonly tools?: ToolKind;
}

/**
 * Everything that can be said about one event. It stands beside the event's type, in the event's file, and nowhere else:
 * the dispatcher, the readers and the generators take it from here.
 */
export interface EventFacts<E extends HookEventBase = HookEventBase> {
  /** Canonical kebab-case type, the discriminator. */
  readonly type: E["xcodex_event_type"];
  /** Place in lists, in the order of a session's life. */
  readonly order: number;
  /** One line for lists and help texts. */
  readonly summary: string;
  /** Key of the event in `[hooks]` of config.toml. */
  readonly snake: string;
  /** Claude-style name, the default `hook_event_name`; absent when there is none. */
  readonly claude?: string;
  /** Other accepted names. */
  readonly aliases: readonly Alias[];
  /** Names that never were: refused with the right name in the message (seed 004). */
  readonly retired: readonly string[];
  /** Whether a hook may stop what the agent is about to do. */
  readonly gate: boolean;
  /** The agent is about to end its work: stopped from that, it works on. An answer that wants it to halt must not stop it then. */
  readonly ends_work?: true;
  /** Fields whose values a `matcher` is compared with; none when the event has no tool. */
  readonly matches_on: readonly string[];
  /** How other agents spell fields of this event: our name → theirs, dotted paths allowed. */
  readonly spelled: Readonly<Record<string, readonly string[]>>;
  /**
   * Keys of the line that the in-process hook `tool_call_summary` writes about this event, and the fields they are taken from.
   * Absent for events that it says nothing about.
   */
  readonly summary_line?: readonly (readonly [key: string, field: string])[];
  /** Ends a stretch of work: what was put by for a hook that gets several events at once is delivered with it (seed 001). */
  readonly flushes?: true;
  /** Variables of seed 003 that a hook finds in its environment, and keys of the `lifecycle` wire (`CODEX_TASK_ID`: `taskId`). */
  readonly env: Readonly<Record<string, EnvSource>>;
  /** The `codex` wire: Claude-style name → keys, the default name first. Absent for events seed 004 does not have. */
  readonly codex?: Readonly<Record<string, readonly CodexKey[]>>;
  /** Realistic events for `hooks test` and the docs, by the suffix of their name; `""` is the only one of most events. */
  readonly examples: Readonly<Record<string, Omit<E, keyof HookEventBase> & Partial<HookEventBase>>>;
}

/** The event type that some facts describe. */
export type EventOf<F> = F extends EventFacts<infer E> ? E : never;

/** Keys of every lifecycle event on the `codex` wire (seed 004, `HookEventLifecycle`). */
export const CODEX_LIFECYCLE: readonly CodexKey[] = [
  "previous_session_id",
  "prompt",
  "last_assistant_message",
  "tool_use_id",
  "tool_input",
  "subagent_id",
  "metadata",
];

/** Keys of both tool events on the `codex` wire up to the tool's input (seed 004). */
export const CODEX_TOOL: readonly CodexKey[] = [
  "turn_id",
  ["call_id", ["tool_use_id"]],
  "tool_name",
  "tool_kind",
  "tool_input",
];

/** The file that a tool changes: as agents say it in the tool's input, or as the patch does that is the input. */
export const PATCHED_FILE: EnvSource & Pick<Required<EnvSource>, "tools"> = {
  from: ["tool_input.file_path", "tool_input.path"],
  in_patch: ["tool_input", "tool_input.command", "tool_input.patch", "tool_input.input"],
  tools: "patch",
};
