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

/** The runs of a hook that wants its events in order: the one at work, and those that wait for it. */
interface Line {
  atWork: string;
  readonly waiting: Turn[];
}

/**
 * @param letGo hands a run to its lane
 * @param mayWait whether there is room for a run to wait behind so many of its hook; if not, its end is on the way
 */
export function openSequence(letGo: (turn: Turn) => void, mayWait: (turn: Turn, waiting: number) => boolean): Sequence {
  const stages = new Map<string, Stages>();
  /** By hook; a hook is here while a run of it is at work. */
  const ordered = new Map<string, Line>();

  function go(turn: Turn): void {
    if (!turn.run.ordered) {
      letGo(turn);
      return;
    }
    const line = ordered.get(turn.run.hook_id);
    if (line === undefined) {
      ordered.set(turn.run.hook_id, { atWork: turn.run.run_id, waiting: [] });
      letGo(turn);
    } else if (mayWait(turn, line.waiting.length)) line.waiting.push(turn);
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
      const line = ordered.get(run.hook_id);
      // One that never came to wait has ended too, and is nobody's turn.
      if (line?.atWork === run.run_id) {
        const next = line.waiting.shift();
        if (next === undefined) ordered.delete(run.hook_id);
        else {
          line.atWork = next.run.run_id;
          letGo(next);
        }
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
      return [...waiting, ...[...ordered.values()].flatMap((line) => line.waiting.splice(0))];
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
