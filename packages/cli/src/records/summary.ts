import { isFailure, type SeenRecord, subjectOf } from "./record.ts";

/** Percentiles in milliseconds: of the numbers there are, the smallest that is at least as large as so many of them. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What the records say about one hook. Numbers count events where a record is about several. */
export interface HookSummary {
  /** Null for what is about no single hook. */
  readonly hook: string | null;
  /** ok + blocked + failed + timeouts. */
  readonly runs: number;
  readonly ok: number;
  readonly blocked: number;
  /** Failed, not started, or an outcome that is not known here. */
  readonly failed: number;
  readonly timeouts: number;
  /** Given up before they were started. */
  readonly drops: number;
  readonly skipped: number;
  /** How often it failed so often that it was left alone. */
  readonly breaker_trips: number;
  /** All of them by outcome, as the records spell it. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of runs that were started; null when there is none. The life of a host is no duration. */
  readonly duration_ms: Spread | null;
  /** How long those waited for their turn. */
  readonly queued_ms: Spread | null;
  readonly last_run: string | null;
  readonly last_failure: SeenRecord | null;
}

/** Sums records up as they come. What it keeps grows by two numbers per run; the files, being rotated, hold a few 100,000. */
export class Summary {
  readonly #hooks = new Map<string | undefined, HookSums>();
  /** Times of the first and the last record. */
  first: string | undefined;
  last: string | undefined;

  add(record: SeenRecord): void {
    this.first ??= record.at;
    this.last = record.at;
    const known = this.#hooks.get(record.hook);
    const sums = known ?? new HookSums(record.hook);
    if (known === undefined) this.#hooks.set(record.hook, sums);
    sums.add(record);
  }

  /** Those with the most trouble first, then those that run most. */
  hooks(): readonly HookSummary[] {
    const all = [...this.#hooks.values()].map((sums) => sums.summary());
    const names = (a: HookSummary, b: HookSummary): number => ((a.hook ?? "") < (b.hook ?? "") ? -1 : 1);
    return all.sort((a, b) => troubles(b) - troubles(a) || b.runs - a.runs || names(a, b));
  }
}

function troubles({ failed, timeouts, drops }: HookSummary): number {
  return failed + timeouts + drops;
}

class HookSums {
  readonly #hook: string | undefined;
  readonly #outcomes = new Map<string, number>();
  readonly #durations = new Numbers();
  readonly #waits = new Numbers();
  #trips = 0;
  #lastRun: string | null = null;
  #lastFailure: SeenRecord | null = null;

  constructor(hook: string | undefined) {
    this.#hook = hook;
  }

  add(record: SeenRecord): void {
    const subject = subjectOf(record);
    if (isFailure(record)) this.#lastFailure = record;
    if (subject === "breaker") this.#trips += 1;
    if (subject === "breaker" || subject === "recovered") return;
    const { at, outcome, count = 1, duration_ms, queued_ms } = record;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + count);
    if (NEVER_RAN.includes(outcome)) return;
    this.#lastRun = at;
    if (subject === "life" || NOT_STARTED === outcome) return;
    if (duration_ms !== undefined) this.#durations.add(duration_ms);
    if (queued_ms !== undefined) this.#waits.add(queued_ms);
  }

  summary(): HookSummary {
    const {
      ok = 0,
      blocked = 0,
      timeout = 0,
      dropped = 0,
      skipped = 0,
      ...failures
    } = Object.fromEntries(this.#outcomes);
    const failed = Object.values(failures).reduce((sum, number) => sum + number, 0);
    return {
      hook: this.#hook ?? null,
      runs: ok + blocked + timeout + failed,
      ok,
      blocked,
      failed,
      timeouts: timeout,
      drops: dropped,
      skipped,
      breaker_trips: this.#trips,
      outcomes: Object.fromEntries(this.#outcomes),
      duration_ms: this.#durations.spread(),
      queued_ms: this.#waits.spread(),
      last_run: this.#lastRun,
      last_failure: this.#lastFailure,
    };
  }
}

const NEVER_RAN: readonly string[] = ["dropped", "skipped"];
/** Counts as a run that failed, but took no time. */
const NOT_STARTED = "not_started";

/** Many numbers, eight bytes each. */
class Numbers {
  #values = new Float64Array(64);
  #length = 0;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const more = new Float64Array(2 * this.#length);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  spread(): Spread | null {
    const sorted = this.#values.slice(0, this.#length).sort();
    const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
    return sorted.length === 0 ? null : { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
