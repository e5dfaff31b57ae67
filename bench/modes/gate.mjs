// What an agent waits for a decision: through a warm Python host, and what a bare round trip through a Python loop takes.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { median, percentile, printTable } from "../table.mjs";
import { linesOf } from "./event.mjs";
import { runAgent } from "./programs.mjs";
import { HOOKS } from "./tools.mjs";

const BYTES = 373;
const DECISIONS = 2_000;
const WARM_UP = 300;
/** The middle decision, in milliseconds. */
const LIMIT_MS = 0.3;

/** Measures, prints a table and returns the limits that were missed. */
export async function gate({ python, host }, { repeat, quick }) {
  if (!python || !host) return [];
  const events = quick ? DECISIONS / 10 : DECISIONS;
  const argv = [python.executable, "-u", host, join(HOOKS, "silent_hook.py")];
  const runs = [];
  for (let at = 0; at < repeat; at++) {
    const ours = await runAgent({ mode: "gate", bytes: BYTES, events, warmUp: WARM_UP, argv });
    runs.push({ ours, limit: await roundTrips(python, events) });
  }
  const of = (who, key) => median(runs.map((run) => run[who][key]));
  const row = (title, who) => [title, ...["p50_ms", "p99_ms"].map((key) => `${of(who, key).toFixed(3)} ms`)];
  printTable(
    [`decision, ${BYTES} B`, "p50", "p99"],
    [
      row("await dispatch() through a warm Python host", "ours"),
      row("limit: a line to a Python loop and back", "limit"),
    ],
  );
  const p50 = of("ours", "p50_ms");
  return p50 <= LIMIT_MS ? [] : [`A decision takes ${p50.toFixed(3)} ms (p50), at most ${LIMIT_MS} ms.`];
}

/** One line after the other, each answered before the next. */
async function roundTrips({ executable }, count) {
  const child = spawn(executable, ["-u", join(HOOKS, "round_trip.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const times = [];
  for (const line of linesOf(BYTES, WARM_UP + count)
    .trimEnd()
    .split("\n")) {
    const before = performance.now();
    child.stdin.write(`${line}\n`);
    await answers.next();
    times.push(performance.now() - before);
  }
  child.stdin.end();
  const measured = times.slice(WARM_UP);
  return { p50_ms: percentile(measured, 0.5), p99_ms: percentile(measured, 0.99) };
}
