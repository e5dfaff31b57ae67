/** Whose turn it is among runs of one kind: so many at once, so many waiting. */
import type { Turn } from "./turn.ts";

/** How much a lane holds. */
export interface LaneLimits {
  readonly most_running: number;
  readonly most_waiting: number;
}

/** Runs of one kind: those at work, and the waiting line. */
export class Lane {
  readonly #limits: LaneLimits;
  readonly #start: (turn: Turn) => void;
  #running = 0;
  #waiting: Turn[] = [];
  /** Where the waiting line begins: taking the first of a long array away costs as much as the array is long. */
  #first = 0;

  /** @param start starts a run; its end is told with `ended` */
  constructor(limits: LaneLimits, start: (turn: Turn) => void) {
    this.#limits = limits;
    this.#start = start;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  get isFree(): boolean {
    return this.#running < this.#limits.most_running;
  }

  get isFull(): boolean {
    return this.waiting >= this.#limits.most_waiting;
  }

  /** Starts a run now, or when its turn comes. */
  take(turn: Turn): void {
    if (this.isFree) this.#begin(turn);
    else this.#waiting.push(turn);
  }

  /** A run has ended: the next one's turn has come. */
  ended(): void {
    this.#running -= 1;
    while (this.isFree && this.waiting > 0) this.#begin(this.#shift());
  }

  /** Takes all that wait out of the line. */
  clear(): readonly Turn[] {
    const waiting = this.#waiting.slice(this.#first);
    this.#waiting = [];
    this.#first = 0;
    return waiting;
  }

  #begin(turn: Turn): void {
    this.#running += 1;
    this.#start(turn);
  }

  #shift(): Turn {
    const turn = this.#waiting[this.#first] as Turn;
    // Let go of it: its payload may be large.
    this.#waiting[this.#first] = undefined as unknown as Turn;
    this.#first += 1;
    if (this.#first > 512 && this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return turn;
  }
}
