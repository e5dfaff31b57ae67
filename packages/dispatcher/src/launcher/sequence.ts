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

/** The runs of a hook that wants its events in order. */
interface Line {
  /** Ids of all that have not ended, in the order in which they came: also of those whose stage has not begun. The first one is at work, or next. */
  readonly order: string[];
  /** Those whose stage has begun, and that wait for one before them. */
  readonly waiting: Map<string, Turn>;
}

/**
 * @param letGo hands a run to its lane
 * @param mayWait whether there is room for a run to wait behind so many of its hook; if not, its end is on the way
 */
export function openSequence(letGo: (turn: Turn) => void, mayWait: (turn: Turn, waiting: number) => boolean): Sequence {
  const stages = new Map<string, Stages>();
  /** By hook; a hook is here while a run of it has not ended. */
  const lines = new Map<string, Line>();

  /** Before any of a job's runs begins: a stage that is late must not let a later event pass. */
  function lineUp({ run }: Turn): void {
    if (!run.ordered) return;
    const line: Line = lines.get(run.hook_id) ?? { order: [], waiting: new Map() };
    lines.set(run.hook_id, line);
    line.order.push(run.run_id);
  }

  function go(turn: Turn): void {
    const { run_id, hook_id } = turn.run;
    const line = turn.run.ordered ? lines.get(hook_id) : undefined;
    if (line === undefined || line.order[0] === run_id) letGo(turn);
    else if (mayWait(turn, line.waiting.size)) line.waiting.set(run_id, turn);
  }

  /** Who is next in the line goes, if its stage has begun. */
  function leave({ run_id, hook_id }: Turn["run"]): void {
    const line = lines.get(hook_id);
    const at = line?.order.indexOf(run_id) ?? -1;
    if (line === undefined || at < 0) return;
    line.order.splice(at, 1);
    const [first] = line.order;
    if (first === undefined) lines.delete(hook_id);
    const next = at > 0 || first === undefined ? undefined : line.waiting.get(first);
    if (next === undefined) return;
    line.waiting.delete(next.run.run_id);
    letGo(next);
  }

  function begin(turns: readonly Turn[], later: Turn[][]): void {
    const group: Stages = { later, left: turns.length };
    for (const { run } of turns) stages.set(run.run_id, group);
    for (const turn of turns) go(turn);
  }

  return {
    take: (turns) => {
      for (const turn of turns) lineUp(turn);
      const [free, inStages] = byStage(turns);
      for (const turn of free) go(turn);
      const [first, ...later] = inStages;
      if (first) begin(first, later);
    },
    ended: ({ run }) => {
      leave(run);
      const group = stages.get(run.run_id);
      if (group === undefined) return;
      stages.delete(run.run_id);
      group.left -= 1;
      const next = group.left === 0 ? group.later.shift() : undefined;
      if (next) begin(next, group.later);
    },
    clear: () => {
      const groups = new Set(stages.values());
      const unbegun = [...groups].flatMap(({ later }) => later.splice(0).flat());
      const waiting = [...lines.values()].flatMap((line) => [...line.waiting.values()]);
      for (const line of lines.values()) line.waiting.clear();
      return [...unbegun, ...waiting];
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
