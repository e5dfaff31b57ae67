/** Runs that wait for other runs: those of a later stage of their event, and those of a hook that wants its events in order. */
import type { Turn } from "./turn.ts";

/** Decides when runs may be handed to their lanes. */
export interface Sequence {
  /** Takes the runs of a job: those that wait for nobody are let go at once, the others later. */
  readonly take: (turns: readonly Turn[]) => void;
  /** A run has ended, whatever came of it. */
  readonly ended: (turn: Pick<Turn, "run">) => void;
  /** Takes out all that still wait. */
  readonly clear: () => readonly Turn[];
}

/** The stages of one job that are left, and how many runs of the one at work have not ended. */
interface Stages {
  readonly later: Turn[][];
  left: number;
}

/** @param letGo hands a run to its lane */
export function openSequence(letGo: (turn: Turn) => void): Sequence {
  const stages = new Map<string, Stages>();
  /** Runs that wait for one of the same hook, by hook; a hook is here while one of it is at work. */
  const ordered = new Map<string, Turn[]>();

  function go(turn: Turn): void {
    if (!turn.run.ordered) return letGo(turn);
    const line = ordered.get(turn.run.hook_id);
    if (line !== undefined) line.push(turn);
    else {
      ordered.set(turn.run.hook_id, []);
      letGo(turn);
    }
  }

  function begin(turns: readonly Turn[], later: Turn[][]): void {
    const group: Stages = { later, left: turns.length };
    for (const { run } of turns) stages.set(run.run_id, group);
    for (const turn of turns) go(turn);
  }

  return {
    take: (turns) => {
      const [free, inStages] = byStage(turns);
      for (const turn of free) go(turn);
      const [first, ...later] = inStages;
      if (first) begin(first, later);
    },
    ended: ({ run }) => {
      if (run.ordered) {
        const next = ordered.get(run.hook_id)?.shift();
        if (next) letGo(next);
        else ordered.delete(run.hook_id);
      }
      const group = stages.get(run.run_id);
      if (group === undefined) return;
      stages.delete(run.run_id);
      group.left -= 1;
      const next = group.left === 0 ? group.later.shift() : undefined;
      if (next) begin(next, group.later);
    },
    clear: () => {
      const groups = new Set(stages.values());
      const waiting = [...groups].flatMap(({ later }) => later.splice(0).flat());
      return [...waiting, ...[...ordered.values()].flatMap((line) => line.splice(0))];
    },
  };
}

/** Runs without a stage, and the others stage by stage. */
function byStage(turns: readonly Turn[]): [free: readonly Turn[], stages: Turn[][]] {
  const free: Turn[] = [];
  const stages = new Map<number, Turn[]>();
  for (const turn of turns) {
    const { stage } = turn.run;
    if (stage === undefined) free.push(turn);
    else if (stages.has(stage)) stages.get(stage)?.push(turn);
    else stages.set(stage, [turn]);
  }
  return [free, [...stages].sort(([a], [b]) => a - b).map(([, group]) => group)];
}
