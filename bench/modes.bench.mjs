// What each mode costs: a program per event, a Python host, Python in-process, JavaScript in-process. The tables of seed 001 for this
// machine, beside the limit of each mode and the original's method, all measured in the same run.
import { availableParallelism, loadavg } from "node:os";
import { external } from "./modes/external.mjs";
import { gate } from "./modes/gate.mjs";
import { host } from "./modes/host.mjs";
import { inproc } from "./modes/inproc.mjs";
import { memory } from "./modes/memory.mjs";
import { readOptions } from "./modes/options.mjs";
import { pyo3 } from "./modes/pyo3.mjs";
import { race } from "./modes/race.mjs";
import { report } from "./modes/report.mjs";
import { findTools } from "./modes/tools.mjs";

const options = readOptions(process.argv.slice(2));
const busyBefore = loadavg()[0];
const tools = findTools();
const versions = { Python: tools.python?.version, Rust: tools.rust };
const named = Object.entries(versions)
  .filter(([, version]) => version)
  .map(([name, version]) => `, ${name} ${version}`);
console.log(`Node ${process.version}${named.join("")}, median of ${options.repeat} interleaved repetitions\n`);

const families = Object.entries({ external, host, pyo3, inproc })
  .filter(([name]) => options.modes(name))
  .map(([, family]) => family(tools, options));
const measured = { costs: {}, work: {} };
const missed = [];
for (const family of families) {
  const { costs, work, failures } = await race(family, options);
  Object.assign(measured.costs, costs);
  Object.assign(measured.work, work);
  missed.push(...failures);
}
if (families.length > 0) missed.push(...report(families, measured, options.sizes));
for (const [name, measure] of Object.entries({ gate, memory })) {
  if (!options.modes(name)) continue;
  console.log("");
  missed.push(...(await measure(tools, options)));
}

// What the machine does besides is in every number: said, so that nobody wonders.
const load = [busyBefore, loadavg()[0]].map((value) => value.toFixed(1));
console.log(`\nLoad of the machine: ${load[0]} before, ${load[1]} after, ${availableParallelism()} processors.`);
for (const what of missed) console.log(`\nMissed: ${what}`);
if (options.quick) console.log("\nA quick run is no verdict: code is cold and samples are few.");
else if (missed.length > 0) process.exitCode = 1;
