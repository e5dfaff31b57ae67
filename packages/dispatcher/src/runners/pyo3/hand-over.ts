import { performance } from "node:perf_hooks";
import type { Delivery, HookReply, Pyo3Hook, Subject } from "../../contracts.ts";
import type { About } from "../health.ts";

/** Somebody who hears how it went with one event. */
export interface Listener {
  readonly onReply: (reply: HookReply) => void;
  /** Whether the process must not end before. */
  readonly awaited: boolean;
  readonly at: number;
}

/**
 * Events that go to Python together. Lists beside each other and no object per event: most events have nobody who hears how
 * it went with them, and then all that is kept of one is its text and what a record would say.
 */
export class HandOver {
  readonly events: string[] = [];
  /** Length of all texts. */
  characters = 0;
  /** When it was given to Python. */
  givenAt = 0;
  /** How many of its events somebody waits for. */
  awaited = 0;
  /** By the place of the event. */
  readonly listeners: Map<number, Listener> = new Map();
  readonly #hooks: Pyo3Hook[] = [];
  readonly #subjects: Subject[] = [];

  get count(): number {
    return this.events.length;
  }

  add(json: string, hook: Pyo3Hook, { subject, onReply, wait }: Delivery): void {
    if (onReply) {
      const awaited = wait === "all" || hook.mode === "sync";
      this.listeners.set(this.events.length, { onReply, awaited, at: performance.now() });
      if (awaited) this.awaited += 1;
    }
    this.events.push(json);
    this.#hooks.push(hook);
    this.#subjects.push(subject);
    this.characters += json.length;
  }

  /** All events as a JSON array. */
  toJson(): string {
    return `[${this.events.join(",")}]`;
  }

  /** What a record or a reply about one of its events says. */
  about(index: number): About {
    const at = Math.min(Math.max(index, 0), this.count - 1);
    return { hook: this.#hooks[at] as Pyo3Hook, subject: this.#subjects[at] as Subject };
  }
}
