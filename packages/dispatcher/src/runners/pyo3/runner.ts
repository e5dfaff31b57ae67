import { performance } from "node:perf_hooks";
import type { Pyo3Hook, Pyo3Settings, Runner, RunnerReport, RunnerTools } from "../../contracts.ts";
import { hooksPaths } from "../../paths.ts";
import { watchHealth } from "../health.ts";
import { openPythonLog } from "./python-log.ts";
import { openScript, type Script } from "./script.ts";

/** What tests may set. */
export interface Pyo3Options {
  /** How long a breaker stays open, in milliseconds. Default 30 s. */
  readonly open_ms?: number;
}

/**
 * Delivers to Python functions within the agent's own process (seed 000). Python runs on a thread of its own: it is handed the events
 * that came together as one text, and reports how it went. It is loaded soon after the dispatcher was made, and not with the first event:
 * loading takes milliseconds of the agent's thread.
 *
 * What it cannot do: keep Python code from ending or crashing the process (`os._exit`, a fault in an extension module). Whoever
 * sets `enable_unsafe_inproc` trusts the script as much as the agent.
 */
export function pyo3Runner(tools: RunnerTools, options: Pyo3Options = {}): Runner {
  const scripts = new Map<string, Script>();
  /** By the object itself, so that an event costs no text to look it up with. */
  const known = new WeakMap<Pyo3Settings, Script>();
  const log = openPythonLog(hooksPaths(tools.codex_home).python_log);
  let closing: Promise<RunnerReport> | undefined;

  function scriptFor(hook: Pyo3Hook): Script {
    const found = known.get(hook.pyo3);
    if (found) return found;
    const key = JSON.stringify(hook.pyo3);
    const script = scripts.get(key) ?? open(hook);
    scripts.set(key, script);
    known.set(hook.pyo3, script);
    return script;
  }

  function open(hook: Pyo3Hook): Script {
    const name = hook.target ?? hook.id;
    const script = openScript(name, hook, tools, watchHealth(name, tools.launcher, options.open_ms), log);
    if (closing) void script.close(0);
    return script;
  }

  async function closeAll(budgetMs: number): Promise<RunnerReport> {
    const until = performance.now() + budgetMs;
    const all = [...scripts.values()];
    const left = await Promise.all(all.map((script) => script.close(budgetMs)));
    await log.flushed(until - performance.now());
    return {
      left: left.reduce((sum, each) => sum + each, 0),
      dropped: all.reduce((sum, script) => sum + script.dropped(), 0),
    };
  }

  for (const hook of tools.hooks) if (hook.runner === "pyo3") scriptFor(hook).getReady();

  return {
    deliver: (delivery) => {
      for (const hook of delivery.hooks) if (hook.runner === "pyo3") scriptFor(hook).take(hook, delivery);
    },
    close: (budgetMs) => {
      closing ??= closeAll(budgetMs);
      return closing;
    },
  };
}
