/** Whose turn it is, played through with any jobs in any order of ends: every run ends once, nothing overtakes, nothing is left behind. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Lane } from "../../dist/launcher/lane.js";
import { openSequence } from "../../dist/launcher/sequence.js";
import type { Turn } from "../../dist/launcher/turn.js";

interface Wanted {
  readonly hook: number;
  readonly stage: number | undefined;
  readonly ordered: boolean;
}

type Step = { readonly job: readonly Wanted[] } | { readonly end: number } | { readonly drop: number };

/** Of one hook, all runs are in order or none is, and a job has one run of it: as a dispatcher has it. */
const job = fc
  .uniqueArray(fc.record({ hook: fc.nat({ max: 5 }), stage: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }), {
    minLength: 1,
    maxLength: 6,
    selector: ({ hook }) => hook,
  })
  .map((runs) => runs.map((run) => ({ ...run, ordered: run.hook % 2 === 0 })));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: job.map((runs) => ({ job: runs })) },
  { weight: 8, arbitrary: fc.nat().map((end) => ({ end })) },
  { weight: 4, arbitrary: fc.nat().map((drop) => ({ drop })) },
);

/** A core without processes: what it starts ends when the test says so, and what it drops later. */
class Model {
  readonly #sequence = openSequence(
    (turn) => this.#queue(turn),
    (turn, waiting) => waiting < this.most || this.#drop(turn),
  );
  readonly #lane: Lane;
  readonly running: Turn[] = [];
  readonly dropped: Turn[] = [];
  readonly ended: string[] = [];
  readonly started: Turn[] = [];
  readonly taken: Turn[][] = [];
  readonly most: number;
  closed = false;

  constructor(most_running: number, most_waiting: number) {
    this.most = most_waiting;
    this.#lane = new Lane({ most_running, most_waiting }, (turn) => {
      this.started.push(turn);
      this.running.push(turn);
    });
  }

  take(runs: readonly Wanted[]): void {
    if (this.closed) return;
    const number = this.taken.length;
    const turns = runs.map(({ hook, stage, ordered }) => {
      const run = { run_id: `${number}.${hook}`, hook_id: `${hook}`, stage, ordered };
      return { run } as unknown as Turn;
    });
    this.taken.push(turns);
    this.#sequence.take(turns);
  }

  end(at: number): void {
    const [turn] = this.running.splice(at % Math.max(1, this.running.length), 1);
    if (turn === undefined) return;
    this.#lane.ended();
    this.#end(turn);
  }

  tellDropped(at: number): void {
    const [turn] = this.dropped.splice(at % Math.max(1, this.dropped.length), 1);
    if (turn) this.#end(turn);
  }

  clear(): void {
    this.closed = true;
    for (const turn of [...this.#sequence.clear(), ...this.#lane.clear()]) this.#drop(turn);
  }

  hasEnded(turn: Turn): boolean {
    return this.ended.includes(turn.run.run_id);
  }

  #queue(turn: Turn): void {
    if (this.#lane.isFree || !this.#lane.isFull) this.#lane.take(turn);
    else this.#drop(turn);
  }

  #drop(turn: Turn): false {
    this.dropped.push(turn);
    return false;
  }

  #end(turn: Turn): void {
    this.ended.push(turn.run.run_id);
    this.#sequence.ended(turn);
  }
}

/** What must hold at any moment of what has begun. */
function checkOrder(model: Model): void {
  for (const turn of model.running) {
    const { run_id, hook_id, stage, ordered } = turn.run;
    const [number = 0] = run_id.split(".").map(Number);
    if (stage !== undefined) {
      const before = (model.taken[number] ?? []).filter(({ run }) => run.stage !== undefined && run.stage < stage);
      expect(before.every((other) => model.hasEnded(other))).toBe(true);
    }
    if (ordered) expect(model.running.filter(({ run }) => run.hook_id === hook_id)).toHaveLength(1);
  }
}

/** Of a hook that wants its events in order, none has begun before an earlier one, whatever stages they are in. */
function checkNoneOvertook(model: Model): void {
  for (const hook of ["0", "2", "4"]) {
    const order = model.started.flatMap(({ run }) => (run.hook_id === hook ? Number(run.run_id.split(".")[0]) : []));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }
}

it("loses no run, ends none twice, and keeps every order", () => {
  let waited = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(step, { maxLength: 60 }),
      fc.option(fc.nat({ max: 60 }), { nil: undefined }),
      (most_running, most_waiting, steps, clearAt) => {
        const model = new Model(most_running, most_waiting);
        for (const [at, next] of steps.entries()) {
          if (at === clearAt) model.clear();
          if ("job" in next) model.take(next.job);
          else if ("end" in next) model.end(next.end);
          else model.tellDropped(next.drop);
          expect(model.running.length).toBeLessThanOrEqual(most_running);
          checkOrder(model);
        }
        const all = model.taken.flat();
        if (model.running.length + model.dropped.length + model.ended.length < all.length) waited += 1;
        for (let rounds = 0; rounds < 2_000 && model.running.length + model.dropped.length > 0; rounds += 1) {
          model.end(rounds);
          model.tellDropped(rounds);
          checkOrder(model);
        }
        expect([...model.ended].sort()).toEqual(all.map(({ run }) => run.run_id).sort());
        checkNoneOvertook(model);
      },
    ),
    { numRuns: 1_000 },
  );
  // Otherwise this would test nothing that waits.
  expect(waited).toBeGreaterThan(50);
});
