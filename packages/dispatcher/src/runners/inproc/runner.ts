import type { Delivery, InprocHook, Runner, RunnerReport, RunnerTools } from "../../contracts.ts";
import { watchHealth } from "../health.ts";
import { callLane } from "./call-lane.ts";
import type { Lane } from "./lane.ts";
import { lineLane } from "./line-lane.ts";

/** What tests may set. */
export interface InprocOptions {
  /** How long a breaker stays open, in milliseconds. Default 30 s. */
  readonly open_ms?: number;
  /** Size above which a log file is renamed, in bytes. Default 32 MiB. */
  readonly rotate_bytes?: number;
}

/**
 * Delivers within the agent's own process, in JavaScript: to the hooks that come with the dispatcher, to modules, and to functions
 * of the agent's own program. Each has a line of its own, in which one event is delivered after the other, and never within
 * `deliver`: whatever a hook does, emitting costs microseconds.
 *
 * What it cannot do: stop a function that does not return. Such a function stops the agent, and nothing in its process can help.
 */
export function inprocRunner(tools: RunnerTools, options: InprocOptions = {}): Runner {
  const lanes = new Map<string, Lane>();
  let closing: Promise<RunnerReport> | undefined;

  function laneFor(hook: InprocHook): Lane {
    const name = hook.target ?? hook.id;
    let lane = lanes.get(name);
    if (lane === undefined) {
      lane = openLane(name, hook, tools, options);
      if (closing) void lane.close();
      lanes.set(name, lane);
    }
    return lane;
  }

  return {
    deliver: (delivery: Delivery) => {
      for (const hook of delivery.hooks) if (hook.runner === "inproc") laneFor(hook).take(hook, delivery);
    },
    close: (budgetMs) => {
      closing ??= closeAll([...lanes.values()], budgetMs);
      return closing;
    },
  };
}

function openLane(name: string, { inproc }: InprocHook, tools: RunnerTools, options: InprocOptions): Lane {
  const health = watchHealth(name, tools.launcher, options.open_ms);
  if ("builtin" in inproc) return lineLane(name, inproc.builtin, health, tools.codex_home, options.rotate_bytes);
  return callLane(name, inproc, health);
}

async function closeAll(lanes: readonly Lane[], budgetMs: number): Promise<RunnerReport> {
  let timer: NodeJS.Timeout | undefined;
  const spent = new Promise<void>((settle) => {
    timer = setTimeout(settle, budgetMs);
  });
  await Promise.race([spent, Promise.all(lanes.map((lane) => lane.close()))]);
  clearTimeout(timer);
  const left = lanes.reduce((sum, lane) => sum + lane.giveUp(), 0);
  return { left, dropped: lanes.reduce((sum, lane) => sum + lane.dropped(), 0) };
}
