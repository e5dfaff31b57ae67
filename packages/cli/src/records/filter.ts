import { nearest } from "@xcodex/hooks-dispatcher";
import { findEvent } from "@xcodex/hooks-schema";
import type { Command } from "commander";
import { doubtAbout } from "../incoming.ts";
import { count } from "../ui/printable.ts";
import { isFailure, type SeenRecord } from "./record.ts";
import { parseSince } from "./since.ts";

/** What a user wants to see, as it was typed. */
export interface FilterOptions {
  readonly failed?: true;
  /** Any name of an event; several mean any of them. */
  readonly event?: readonly string[];
  /** An id of a hook, or its first parts. */
  readonly hook?: readonly string[];
  readonly session?: readonly string[];
  readonly since?: string;
}

/** Ids that are kept for "did you mean": as many as a configuration may have, but a strange file cannot fill the memory. */
const MOST_IDS = 10_000;

/** Adds the options that `log` and `stats` share. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--event <name>", "only this event, by any of its names; may be given again", append)
    .option("--hook <id>", "only this hook, or all whose ids begin so (command:PreToolUse); may be given again", append)
    .option("--since <when>", "only from then on: so long ago (90s, 15m, 2h, 7d), or a time (UTC)");
}

/** Collects an option that may be given several times. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Decides which records are shown, and knows what to say when there are none. */
export class RecordFilter {
  /** In milliseconds since 1970. */
  readonly since: number | undefined;
  readonly #failed: boolean;
  readonly #events: ReadonlySet<string> | undefined;
  readonly #hooks: readonly string[] | undefined;
  readonly #sessions: ReadonlySet<string> | undefined;
  readonly #seenHooks = new Set<string>();
  /** Records that were looked at. */
  looked = 0;

  /** @throws CliError `bad_since` */
  constructor(options: FilterOptions, now: number) {
    this.since = options.since === undefined ? undefined : parseSince(options.since, now);
    this.#failed = options.failed === true;
    this.#events = options.event && new Set(options.event.map((name) => findEvent(name)?.facts.type ?? name));
    this.#hooks = options.hook;
    this.#sessions = options.session && new Set(options.session);
  }

  /** Whether a record is wanted. */
  wants(record: SeenRecord): boolean {
    this.looked += 1;
    const { hook = "", event_type = "", session_id = "" } = record;
    if (this.#hooks !== undefined && this.#seenHooks.size < MOST_IDS) this.#seenHooks.add(hook);
    if (this.#failed && !isFailure(record)) return false;
    if (this.#events?.has(event_type) === false || this.#sessions?.has(session_id) === false) return false;
    if (this.#hooks?.some((wanted) => hook === wanted || hook.startsWith(`${wanted}:`)) === false) return false;
    // A time that cannot be read is before everything.
    return this.since === undefined || Date.parse(record.at) >= this.since;
  }

  /** What to say when no record was wanted. */
  nothing(): string {
    if (this.looked === 0) return "No run is recorded yet.";
    const strange = this.#hooks?.filter(
      (wanted) => ![...this.#seenHooks].some((id) => `${id}:`.startsWith(`${wanted}:`)),
    );
    const near = strange?.map((wanted) => nearest(wanted, [...this.#seenHooks])).find((id) => id !== undefined);
    const advice = near === undefined ? "" : ` Did you mean "${near}"?`;
    return `${count(this.looked, "record")} looked at, none is wanted.${advice}`;
  }
}

/** What to tell about names of events that may not mean what the user thinks. */
export function eventDoubts(names: readonly string[] = []): readonly string[] {
  return names.flatMap((name) => {
    const found = findEvent(name);
    if (found === undefined) return doubtAbout(name) ?? [];
    const narrowed = found.alias?.tools !== undefined || found.alias?.implies !== undefined;
    return narrowed ? `"${name}" shows every ${found.facts.type}: a record says no more than that.` : [];
  });
}
