// What one event costs the agent's own thread, small and large, with the cost of calling spawn directly beside it, and what it costs
// with a host besides the command.
//
// An agent is large: Node's spawn() copies the page tables of the calling process and blocks its thread while it does. emit() hands
// the event to a helper process instead, so its cost must not depend on how much memory the agent holds.
import { spawnSync } from "node:child_process";
import { totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findHost, findPython, HOOKS } from "./modes/tools.mjs";
import { median, printTable } from "./table.mjs";

const AGENT = fileURLToPath(new URL("./emit-agent.mjs", import.meta.url));
const REPEAT = 3;
const SMALL_MB = 0;
const LARGE_MB = 4096;
/** How much more an event may cost a large agent. */
const LIMIT = 1.3;
/** What one event in a hundred may cost at most with a command hook and a host, in microseconds. */
const HOST_P99_US = 50;

const NAMES = {
  emit_p50: "emit() p50",
  emit_p99: "emit() p99",
  burst_p50: "emit() p50 in a burst",
  burst_p99: "emit() p99 in a burst",
  write_p50: "one write to a pipe p50",
  write_p99: "one write to a pipe p99",
  spawn_p50: "spawn() p50",
  spawn_p99: "spawn() p99",
};

function measure(megabytes, ...host) {
  const args = ["--expose-gc", AGENT, String(megabytes), ...host];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the agent of ${megabytes} MB failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** The agents of a run, each with what it is called. Without the memory for it there is no large one, without Python no host. */
function agents() {
  const all = { small: () => measure(SMALL_MB) };
  if (totalmem() >= 1.5 * LARGE_MB * 1024 * 1024) all.large = () => measure(LARGE_MB);
  else console.log(`skipped: needs ${LARGE_MB} MB of memory for the large agent`);
  const python = findPython();
  const host = python && findHost();
  const argv = JSON.stringify([python?.executable, "-u", host, join(HOOKS, "silent_hook.py")]);
  if (host) all.host = () => measure(SMALL_MB, argv);
  return all;
}

// Interleaved, so that a slow minute of the machine hits all of them.
const wanted = Object.entries(agents());
const runs = Array.from({ length: REPEAT }, () => Object.fromEntries(wanted.map(([name, run]) => [name, run()])));
const has = (name) => name in runs[0];
const of = (name, key) => median(runs.map((run) => run[name][key]));
const us = (value) => `${value.toFixed(value < 100 ? 1 : 0)} µs`;

function heads() {
  const all = [`${of("small", "rss_mb")} MB resident`];
  if (has("large")) all.push(`${of("large", "rss_mb")} MB resident`, "ratio");
  if (has("host")) all.push("with a host");
  return all;
}

function cells(key) {
  const all = [us(of("small", key))];
  if (has("large")) all.push(us(of("large", key)), `${(of("large", key) / of("small", key)).toFixed(2)}×`);
  if (has("host")) all.push(us(of("host", key)));
  return all;
}

console.log(`Node ${process.version}, payload ${runs[0].small.payload_bytes} bytes, median of ${REPEAT} runs\n`);
const rows = Object.entries(NAMES).map(([key, name]) => [name, ...cells(key)]);
printTable(["on the agent's thread", ...heads()], rows);

if (has("large")) {
  const ratio = of("large", "emit_p50") / of("small", "emit_p50");
  console.log(`\nemit with ${LARGE_MB} MB is ${ratio.toFixed(2)}× of emit with a small agent (limit ${LIMIT}×).`);
  console.log(
    `A direct spawn() with ${LARGE_MB} MB costs ${(of("large", "spawn_p50") / of("large", "emit_p50")).toFixed(0)}× of emit().`,
  );
  if (ratio > LIMIT) process.exitCode = 1;
}
if (has("host")) {
  const p99 = of("host", "emit_p99");
  console.log(`\nemit p99 with a command hook and a host is ${us(p99)} (limit ${HOST_P99_US} µs).`);
  if (p99 > HOST_P99_US) process.exitCode = 1;
}
