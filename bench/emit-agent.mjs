// An agent that emits events: run by emit.bench.mjs as `emit-agent.mjs MEGABYTES [HOST_ARGV]`, prints one JSON object.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatcher } from "@xcodex/hooks-dispatcher";
import { percentile } from "./table.mjs";

const EVENTS = 2_000;
const WARM_UP = 500;
const SPAWNS = 40;
const BURST = 50;
const BURSTS = 12;

/** Memory that is really there: every page is written to. */
function ballast(megabytes) {
  return Array.from({ length: Math.ceil(megabytes / 256) }, () => Buffer.alloc(256 * 1024 * 1024, 1));
}

const event = {
  xcodex_event_type: "tool-call-finished",
  session_id: "0199f3c4-7a1b-7c20-b2a4-5a0c2f8d9e01",
  cwd: tmpdir(),
  turn_id: "turn-1",
  tool_name: "exec_command",
  tool_use_id: "call_1",
  tool_input: { cmd: 'rg -n "hooks" README.md' },
  status: "completed",
  duration_ms: 123,
  success: true,
};

async function emits(dispatcher, count) {
  const times = [];
  for (let at = 0; at < count; at++) {
    const before = process.hrtime.bigint();
    dispatcher.emit(event);
    times.push(Number(process.hrtime.bigint() - before) / 1000);
    // An agent does other things between two events; a burst of this size would only measure the drops.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return times;
}

/** The same in bursts, where code and caches are warm: as much work as the launcher's waiting line holds, then a pause. */
async function bursts(dispatcher, count) {
  const times = [];
  for (let burst = 0; burst < count; burst++) {
    for (let at = 0; at < BURST; at++) {
      const before = process.hrtime.bigint();
      dispatcher.emit(event);
      times.push(Number(process.hrtime.bigint() - before) / 1000);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return times;
}

/** What a write alone costs, at the same pace: the event's bytes into a pipe whose reader has to be woken. */
async function writes(folder, count) {
  const path = join(folder, "pipe");
  spawnSync("mkfifo", [path], { stdio: "inherit" });
  const reader = spawn("cat", [path], { stdio: "ignore" });
  const pipe = openSync(path, "w");
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  const times = [];
  for (let at = 0; at < count; at++) {
    const before = process.hrtime.bigint();
    writeSync(pipe, bytes);
    times.push(Number(process.hrtime.bigint() - before) / 1000);
    // Meanwhile a hook runs, as it does while emit() is measured.
    dispatcher.emit(event);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  closeSync(pipe);
  await new Promise((resolve) => reader.once("exit", resolve));
  return times;
}

async function spawns(count) {
  const times = [];
  for (let at = 0; at < count; at++) {
    const before = process.hrtime.bigint();
    const child = spawn("/bin/true", [], { stdio: "ignore" });
    times.push(Number(process.hrtime.bigint() - before) / 1000);
    await new Promise((resolve) => child.once("exit", resolve));
  }
  return times;
}

const home = mkdtempSync(join(tmpdir(), "xcodex-bench-"));
const hostArgv = process.argv[3];
const hostTable = hostArgv ? `\n[hooks.host]\nenabled = true\ncommand = ${hostArgv}\n` : "";
writeFileSync(join(home, "config.toml"), `[hooks]\ntool_call_finished = [["/bin/true"]]\n${hostTable}`);
// Early, as an agent should: the helper is started while the agent is still small.
const dispatcher = await createDispatcher({ codexHome: home });
const held = ballast(Number(process.argv[2] ?? 0));
await emits(dispatcher, WARM_UP);
globalThis.gc?.();
const emitted = await emits(dispatcher, EVENTS);
const burst = await bursts(dispatcher, BURSTS);
const written = await writes(home, EVENTS);
const spawned = await spawns(SPAWNS);
// Until the last hook has ended: on a busy machine there are many left.
const report = await dispatcher.close(120_000);
console.log(
  JSON.stringify({
    rss_mb: Math.round(process.memoryUsage().rss / 1024 / 1024),
    payload_bytes: Buffer.byteLength(JSON.stringify(event)),
    emit_p50: percentile(emitted, 0.5),
    emit_p99: percentile(emitted, 0.99),
    burst_p50: percentile(burst, 0.5),
    burst_p99: percentile(burst, 0.99),
    write_p50: percentile(written, 0.5),
    write_p99: percentile(written, 0.99),
    spawn_p50: percentile(spawned, 0.5),
    spawn_p99: percentile(spawned, 0.99),
    dropped: report.dropped,
    held: held.length,
  }),
);
// The launcher may write a last record while its folder goes.
rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
