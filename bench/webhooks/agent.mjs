// An agent with webhooks. Told what to do over IPC: opens dispatchers, emits, says what an emit cost its thread.
import { createDispatcher } from "@xcodex/hooks-dispatcher";
import { percentile } from "../table.mjs";

const event = (n) => ({
  xcodex_event_type: "tool-call-finished",
  session_id: "0199f3c4-7a1b-7c20-b2a4-5a0c2f8d9e01",
  cwd: "/",
  turn_id: "turn-1",
  tool_name: "exec_command",
  tool_use_id: "call_1",
  tool_input: { cmd: 'rg -n "hooks" README.md' },
  status: "completed",
  duration_ms: 123,
  success: true,
  n,
});

const dispatchers = {};
let emitted = 0;

/** @throws Error when the configuration has problems: what is measured would not be what was meant */
async function open({ name, codexHome }) {
  dispatchers[name] = await createDispatcher({ codexHome });
  const { problems, hooks } = dispatchers[name].config;
  for (const { message } of problems) throw new Error(message);
  return { hooks: hooks.length };
}

function timed(name) {
  const made = event(emitted);
  emitted += 1;
  const before = process.hrtime.bigint();
  dispatchers[name].emit(made);
  return Number(process.hrtime.bigint() - before) / 1000;
}

const summary = (times) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) });

/** All of them in one turn of the event loop. */
function burst({ name, count }) {
  return summary(Array.from({ length: count }, () => timed(name)));
}

/** One event after the other, in turn to each dispatcher, with time for other things in between. */
async function pace({ names, count }) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let at = 0; at < count; at += 1) {
    for (const name of names) {
      times[name].push(timed(name));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }
  return Object.fromEntries(names.map((name) => [name, summary(times[name])]));
}

async function close({ name }) {
  const report = await dispatchers[name].close(60_000);
  delete dispatchers[name];
  return report;
}

/** What nobody holds any more goes, so that what is held can be seen. */
async function collect() {
  globalThis.gc();
}

const jobs = { open, burst, pace, close, collect };
process.on("message", async ({ job, ...what }) => {
  try {
    process.send({ result: await jobs[job](what) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
