// What one event costs the agent's own thread, small and large, with the cost of calling spawn directly beside it.
//
// An agent is large: Node's spawn() copies the page tables of the calling process and blocks its thread while it does. emit() hands
// the event to a helper process instead, so its cost must not depend on how much memory the agent holds.
import { spawnSync } from "node:child_process";
import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { median, printTable } from "./table.mjs";

const AGENT = fileURLToPath(new URL("./emit-agent.mjs", import.meta.url));
const REPEAT = 3;
const SMALL_MB = 0;
const LARGE_MB = 4096;
const LIMIT = 1.3;

if (totalmem() < 1.5 * LARGE_MB * 1024 * 1024) {
  console.log(`skipped: needs ${LARGE_MB} MB of memory for the large agent`);
  process.exit(0);
}

function measure(megabytes) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", AGENT, String(megabytes)], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the agent of ${megabytes} MB failed: ${stderr}`);
  return JSON.parse(stdout);
}

// Interleaved, so that a slow minute of the machine hits both.
const runs = Array.from({ length: REPEAT }, () => ({ small: measure(SMALL_MB), large: measure(LARGE_MB) }));
const of = (size, key) => median(runs.map((run) => run[size][key]));
const us = (value) => `${value.toFixed(value < 100 ? 1 : 0)} µs`;

const NAMES = {
  emit_p50: "emit() p50",
  emit_p99: "emit() p99",
  burst_p50: "emit() p50 in a burst",
  spawn_p50: "spawn() p50",
  spawn_p99: "spawn() p99",
};
const rows = Object.entries(NAMES).map(([key, name]) => {
  const [small, large] = [of("small", key), of("large", key)];
  return [name, us(small), us(large), `${(large / small).toFixed(2)}×`];
});
console.log(`Node ${process.version}, payload ${runs[0].small.payload_bytes} bytes, median of ${REPEAT} runs\n`);
printTable(
  ["on the agent's thread", `${of("small", "rss_mb")} MB resident`, `${of("large", "rss_mb")} MB resident`, "ratio"],
  rows,
);

const ratio = of("large", "emit_p50") / of("small", "emit_p50");
console.log(`\nemit with ${LARGE_MB} MB is ${ratio.toFixed(2)}× of emit with a small agent (limit ${LIMIT}×).`);
console.log(
  `A direct spawn() with ${LARGE_MB} MB costs ${(of("large", "spawn_p50") / of("large", "emit_p50")).toFixed(0)}× of emit().`,
);
if (ratio > LIMIT) process.exitCode = 1;
