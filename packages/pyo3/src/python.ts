import { type Handle, loadAddon } from "./addon.ts";
import { Pyo3Error } from "./errors.ts";
import type { Report } from "./report.ts";

/** A script, and how it is called. */
export interface PythonOptions {
  /** The addon; absolute. */
  readonly addon: string;
  /** Absolute. Its folder `hooks` is where the script's imports are looked for, after the script's own folder. */
  readonly codex_home: string;
  /** The script; absolute. It is loaded when the first events are handed over. */
  readonly script_path: string;
  /** Name of the function that takes an event. */
  readonly callable: string;
  /** Calls `on_events(list)` once per hand-over when the script has it, else `callable` once per event. */
  readonly batch: boolean;
  /** Milliseconds that one call of the function may take. Loading the script may take at least 30 seconds. */
  readonly timeout_ms: number;
  /** File that Python's stdout and stderr are appended to; absolute. Made with 0600 in a folder with 0700; if it cannot be made, they are lost. */
  readonly log: string;
}

/** A script that was opened. All scripts of a process share one interpreter and one thread: they are called one after another. */
export interface Python {
  /**
   * Hands a JSON array of `count` events over, and returns at once; the caller bounds what is pending. Reports come in order, one per
   * ticket. Does nothing once `close` was called.
   *
   * Bytes are UTF-8. They are copied before it returns, so that the caller may use its memory again, and cost less than a string: that is
   * copied as UTF-16 and has to be converted. An event that is no UTF-8 fails as `json`.
   */
  readonly deliver: (ticket: number, events: string | Uint8Array, count: number) => void;
  /** Events that were handed over and not yet reported. */
  readonly pending: () => number;
  /**
   * Resolves true when everything handed over was reported, false when `budgetMs` ran out first. After it nothing is delivered and nothing
   * reported. Never rejects. Keeps the process alive until it resolves.
   */
  readonly close: (budgetMs: number) => Promise<boolean>;
  /** Whether what is pending keeps this process alive. It does not until this is called: no hook keeps an agent alive by itself. */
  readonly hold: (on: boolean) => void;
}

/**
 * Opens a script. Python is started by the first hand-over, on a thread of its own.
 *
 * @param onReport is called once per hand-over, and must not throw
 * @throws Pyo3Error `addon_missing`, `addon_broken` (also when another thread of this process uses the addon), `addon_mismatch`
 */
export function openPython(options: PythonOptions, onReport: (report: Report) => void): Python {
  const calls = new Calls(onReport);
  calls.handle = openHandle(options, () => calls.fetch());
  return {
    deliver: (ticket, events, count) => calls.deliver(ticket, events, count),
    pending: () => calls.pending,
    close: (budgetMs) => calls.close(budgetMs),
    hold: (on) => calls.hold(on),
  };
}

function openHandle(options: PythonOptions, wake: () => void): Handle {
  const addon = loadAddon(options.addon);
  try {
    return addon.open(
      {
        codexHome: options.codex_home,
        scriptPath: options.script_path,
        callable: options.callable,
        batch: options.batch,
        timeoutMs: options.timeout_ms,
        log: options.log,
      },
      wake,
    );
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    const text = `Cannot open the hook "${options.script_path}" with the Python addon: ${state}. Open it there.`;
    throw new Pyo3Error("addon_broken", text, { cause });
  }
}

/** Longer than any process lives, as far as timers go. */
const FOR_EVER = 2 ** 31 - 1;

/** What is pending for one script. */
class Calls {
  pending = 0;
  handle: Handle | undefined;
  readonly #onReport: (report: Report) => void;
  #holds = false;
  #holding: NodeJS.Timeout | undefined;
  #closing: Promise<boolean> | undefined;
  #idle: (() => void) | undefined;

  constructor(onReport: (report: Report) => void) {
    this.#onReport = onReport;
  }

  deliver(ticket: number, events: string | Uint8Array, count: number): void {
    if (this.#closing) return;
    this.handle?.deliver(ticket, events, count);
    this.pending += count;
    this.#keepAlive();
  }

  /** Takes the reports that are there. */
  fetch(): void {
    for (const report of this.handle?.reports() ?? []) {
      this.pending -= report.failed.reduce((sum, { count }) => sum + count, report.ok);
      this.#onReport(report);
    }
    this.#keepAlive();
    if (this.pending === 0) this.#idle?.();
  }

  hold(on: boolean): void {
    this.#holds = on;
    this.#keepAlive();
  }

  /** A timer that never fires is what holds Node's loop; the addon itself does not. */
  #keepAlive(): void {
    const wanted = this.#holds && this.pending > 0;
    if (wanted && !this.#holding) this.#holding = setInterval(() => {}, FOR_EVER);
    if (!wanted && this.#holding) {
      clearInterval(this.#holding);
      this.#holding = undefined;
    }
  }

  close(budgetMs: number): Promise<boolean> {
    this.#closing ??= this.#drain(budgetMs).then((drained) => {
      this.handle?.close();
      this.handle = undefined;
      this.hold(false);
      return drained;
    });
    return this.#closing;
  }

  #drain(budgetMs: number): Promise<boolean> {
    if (this.pending === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.fetch();
          resolve(this.pending === 0);
        },
        Math.min(Math.max(budgetMs, 0), FOR_EVER),
      );
      this.#idle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
