// 100,000 events through what runs Python: how much the agent grows, and whether every event is accounted for.
import { join } from "node:path";
import { printTable } from "../table.mjs";
import { runAgent } from "./programs.mjs";
import { HOOKS } from "./tools.mjs";

const BYTES = 373;
const EVENTS = 100_000;
/** Enough that the agent's heap has the size that its work needs. */
const WARM_UP = 20_000;
/** Megabytes that an agent may grow. */
const LIMIT_MB = 50;

/** Measures, prints a table and returns the limits that were missed. */
export async function memory({ python, host, addon }, { quick }) {
  const script = join(HOOKS, "accounting_hook.py");
  const count = { bytes: BYTES, events: quick ? EVENTS / 10 : EVENTS, warmUp: quick ? WARM_UP / 10 : WARM_UP };
  const runs = [];
  const measure = async (title, more, env) =>
    runs.push({ title, ...(await runAgent({ mode: "memory", ...count, ...more }, env)) });
  if (python && host) await measure("Python host", { argv: [python.executable, "-u", host, script] });
  if (addon) await measure("PyO3", { script }, { XCODEX_HOOKS_PYO3: addon });
  if (runs.length === 0) return [];
  printTable(
    [
      `${count.events.toLocaleString("en")} events of ${BYTES} B`,
      "agent before",
      "grown",
      "emitted",
      "seen",
      "dropped",
    ],
    runs.map((run) => [
      run.title,
      `${run.before_mb.toFixed(0)} MB`,
      `${run.grown_mb.toFixed(1)} MB`,
      run.events,
      run.seen,
      run.dropped,
    ]),
  );
  return runs.flatMap(missed);
}

function missed({ title, grown_mb, events, seen, dropped }) {
  const why = [];
  if (grown_mb > LIMIT_MB)
    why.push(`${title}: the agent has grown by ${grown_mb.toFixed(0)} MB, at most ${LIMIT_MB} MB.`);
  if (seen + dropped !== events)
    why.push(`${title}: ${events} events, of which ${seen} were seen and ${dropped} dropped.`);
  return why;
}
