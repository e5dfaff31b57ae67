// Python in the agent's process: ours and the original's method, one by one and in batches, and a loop over ready dicts.
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linesOf } from "./event.mjs";
import { warmUpOf } from "./host.mjs";
import { run, runAgent, runOriginal, withFolder } from "./programs.mjs";
import { HOOKS } from "./tools.mjs";

const BATCH = 16;
const READY = 256;

/** How many times as many events per second as the original's method. */
const atLeast = (bytes) => (bytes === 373 ? 1.3 : 1);

/** The rows and what they are compared with. */
export function pyo3(tools, { events: eventsFor }) {
  const { python, original, embeds, addon } = tools;
  const count = (bytes) => ({ events: 2 * eventsFor(bytes), warmUp: warmUpOf(2 * eventsFor(bytes)) });
  const ours = (batch, script) => (bytes) =>
    runAgent(
      { mode: "pyo3", bytes, ...count(bytes), batch, script: join(HOOKS, script) },
      { XCODEX_HOOKS_PYO3: addon },
    );
  const theirs = (batch) => (bytes) => {
    const { events, warmUp } = count(bytes);
    const hook = { folder: HOOKS, module: "counting_hook", batch };
    return runOriginal(tools, "pyo3", { ...hook, "payload-bytes": bytes, events, "warm-up": warmUp });
  };
  const limit = (how) => (bytes) => readyDicts(python, bytes, how, 10 * eventsFor(bytes));
  return {
    rows: [
      { id: "pyo3", title: "PyO3, one by one", run: addon && ours(1, "each_hook.py") },
      { id: "pyo3-original", title: "original's method: Value → dict → call", run: embeds && theirs(1) },
      { id: "pyo3-limit", title: "limit: a loop over ready dicts", run: python && limit("each") },
      { id: "pyo3-batch", title: `PyO3, batches of ${BATCH}`, run: addon && ours(BATCH, "counting_hook.py") },
      { id: "pyo3-batch-original", title: `original's method, batches of ${BATCH}`, run: embeds && theirs(BATCH) },
      { id: "pyo3-batch-limit", title: `limit: the loop, batches of ${BATCH}`, run: python && limit(BATCH) },
    ].map((row) => ({ ...row, run: original || !row.id.includes("original") ? row.run : undefined })),
    ratios: [
      { title: "PyO3, events/s of the original's", of: "pyo3", to: "pyo3-original", atLeast },
      { title: "PyO3, time of the limit's", by: "time", of: "pyo3", to: "pyo3-limit" },
      { title: "PyO3 in batches, events/s of the original's", of: "pyo3-batch", to: "pyo3-batch-original", atLeast },
      { title: "PyO3 in batches, time of the limit's", by: "time", of: "pyo3-batch", to: "pyo3-batch-limit" },
    ],
  };
}

function readyDicts(python, bytes, how, events) {
  return withFolder(async (folder) => {
    const file = join(folder, "lines");
    writeFileSync(file, linesOf(bytes, READY));
    const stdin = openSync(file, "r");
    try {
      return await run(python.executable, [join(HOOKS, "ready_dicts.py"), String(how), String(events)], { stdin });
    } finally {
      closeSync(stdin);
    }
  });
}
