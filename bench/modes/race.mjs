// Measures the rows of a family one after the other, again and again, and compares neighbours.
import { median } from "../table.mjs";

/**
 * Runs every row for every size. Interleaved: a slow moment of the machine hits all rows.
 *
 * @param family `{ rows: [{ id, title, run(bytes) → { events, seconds } }], ratios, often }`; a row without `run` is left out; `often`
 *   multiplies the repetitions
 * @returns microseconds per event of each repetition, by row and size: `costs[id][bytes]`; `work`, those of the agent's own thread, for
 *   the rows that have one; and what could not be measured, in `failures`
 */
export async function race({ rows, often = 1 }, { sizes, repeat }) {
  const there = rows.filter(({ run }) => run);
  const costs = Object.fromEntries(there.map(({ id }) => [id, {}]));
  const work = Object.fromEntries(there.map(({ id }) => [id, {}]));
  const failures = [];
  for (const bytes of sizes) {
    let able = there;
    for (let at = 0; at < repeat * often; at++) {
      for (const row of able) {
        const why = await add(costs[row.id], work[row.id], row, bytes);
        if (why === undefined) continue;
        failures.push(`${row.title} at ${bytes} B could not be measured: ${why}`);
        delete costs[row.id][bytes];
        able = able.filter((other) => other !== row);
      }
    }
  }
  return { costs, work, failures };
}

/** One repetition. A row that fails does not take the others with it: the message is returned. */
async function add(costs, work, { run }, bytes) {
  try {
    const { events, seconds, thread_seconds } = await run(bytes);
    costs[bytes] = [...(costs[bytes] ?? []), (seconds * 1e6) / events];
    if (thread_seconds !== undefined) work[bytes] = [...(work[bytes] ?? []), (thread_seconds * 1e6) / events];
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** What a ratio of events per second (or of time) is for a size: the median over the repetitions. Undefined when a row was not measured. */
export function ratioOf({ of, to, by = "speed" }, costs, bytes) {
  const [ours, others] = [costs[of]?.[bytes], costs[to]?.[bytes]];
  if (!ours?.length || !others?.length) return undefined;
  return median(ours.map((cost, at) => (by === "time" ? cost / others[at] : others[at] / cost)));
}

/** Whether a ratio is what it has to be; true when nothing is asked. */
export function reaches({ atLeast, atMost }, ratio, bytes) {
  const [low, high] = [atLeast?.(bytes), atMost?.(bytes)];
  return !(low !== undefined && ratio < low) && !(high !== undefined && ratio > high);
}
