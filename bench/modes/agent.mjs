// An agent in one mode, run by the rows: does one job, prints one JSON object. Only the public door of the dispatcher is used.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDispatcher } from "@xcodex/hooks-dispatcher";
import { percentile } from "../table.mjs";
import { eventsOf } from "./event.mjs";
import { listen } from "./pipes.mjs";

/** Events that are handed over at once: half of what may wait, because the next burst is made while this one is on its way. */
const BURST = 256;
/** And not more than so many bytes of them. */
const BURST_BYTES = 4 * 1024 * 1024;
/** Bursts are whole batches, so that none waits for its timer. */
const WHOLE = 16;
const CLOSE_MS = 30_000;

/** What can be asked for. Each gets its job and returns what is printed. */
const MODES = { external, host, pyo3, inproc, direct, gate, memory };

/** TOML and JSON agree on lists of strings, texts and numbers. */
const toml = JSON.stringify;

const hostTable = ({ argv }, more = "") => `[hooks.host]\nenabled = true\ncommand = ${toml(argv)}\n${more}`;

const pyo3Tables = ({ script, batch = 1 }) =>
  `[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n\n[hooks.pyo3]\nscript_path = ${toml(script)}\nbatch_size = ${batch}\n`;

/** @throws Error when the configuration has problems: what is measured would not be what was meant */
async function open({ codexHome }, configuration, options = {}) {
  writeFileSync(join(codexHome, "config.toml"), configuration);
  const dispatcher = await createDispatcher({ codexHome, ...options });
  for (const { message } of dispatcher.config.problems) throw new Error(message);
  return dispatcher;
}

/** @throws Error when an event was lost: a throughput without it would be a lie */
async function close(dispatcher) {
  const { dropped, left } = await dispatcher.close(CLOSE_MS);
  if (dropped + left > 0) throw new Error(`${dropped} events were dropped and ${left} were left.`);
}

/** Delivers an event and waits for its hooks. @throws Error when one of them failed */
async function deliver(dispatcher, event) {
  const { replies } = await dispatcher.dispatch(event, { wait: "all" });
  const failed = replies.find(({ reply }) => reply.kind === "failed");
  if (failed) throw new Error(failed.reply.message);
  if (replies.length === 0) throw new Error("No hook is configured for the event.");
}

/** In bursts, of which two are on their way at most: whoever takes the events is never idle, and nothing overruns. */
async function stream(dispatcher, next, { bytes }, count) {
  const burst = Math.max(WHOLE, Math.min(BURST, Math.floor(BURST_BYTES / bytes / WHOLE) * WHOLE));
  let before;
  for (let sent = 0; sent < count; sent += burst) {
    for (let at = Math.min(burst, count - sent); at > 1; at--) dispatcher.emit(next());
    const taken = deliver(dispatcher, next());
    // Who waits for it below hears of a failure; it may come before.
    taken.catch(() => {});
    await before;
    before = taken;
  }
  await before;
}

/** What the agent's own thread has worked so far, in seconds; undefined where the system does not say it. */
function threadSeconds() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
  } catch {
    return undefined;
  }
}

/** How long something takes, and how much of that is work of the agent's own thread. */
async function timed(events, work) {
  const before = threadSeconds();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const after = threadSeconds();
  return { events, seconds, ...(before !== undefined && { thread_seconds: after - before }) };
}

async function external(job) {
  const { bytes, events, argv } = job;
  const table = `[[hooks.command.tool_call_finished]]\n[[hooks.command.tool_call_finished.hooks]]\nargv = ${toml(argv)}\n`;
  const dispatcher = await open(job, table);
  const next = eventsOf(bytes);
  await deliver(dispatcher, next());
  const result = await timed(events, async () => {
    for (let at = 0; at < events; at++) await deliver(dispatcher, next());
  });
  await close(dispatcher);
  return result;
}

/** From the first event until the hook says that it has seen the last one. */
async function untilSeen(job, configuration) {
  const { bytes, events, warmUp } = job;
  const told = listen(job.codexHome);
  process.env.BENCH_MARKS = `${warmUp},${warmUp + events}`;
  process.env.BENCH_TOLD = told.path;
  const dispatcher = await open(job, configuration);
  const next = eventsOf(bytes);
  await Promise.all([stream(dispatcher, next, job, warmUp), told.next()]);
  const result = await timed(events, () => Promise.all([stream(dispatcher, next, job, events), told.next()]));
  await close(dispatcher);
  told.close();
  return result;
}

function host(job) {
  return untilSeen(job, hostTable(job));
}

function pyo3(job) {
  return untilSeen(job, pyo3Tables(job));
}

/** The hook of the JavaScript rows. */
function counter() {
  const count = { seen: 0 };
  const onEvent = () => {
    count.seen += 1;
  };
  return { count, onEvent };
}

async function inproc(job) {
  const { bytes, events, warmUp } = job;
  const { count, onEvent } = counter();
  const dispatcher = await open(job, "", { inproc: [{ name: "count", onEvent }] });
  const next = eventsOf(bytes);
  await stream(dispatcher, next, job, warmUp);
  const result = await timed(events, () => stream(dispatcher, next, job, events));
  await close(dispatcher);
  if (count.seen !== warmUp + events) throw new Error(`The hook has seen ${count.seen} events of ${warmUp + events}.`);
  return result;
}

/** The same events and the same function, with nothing between them. */
async function direct({ bytes, events, warmUp }) {
  const { onEvent } = counter();
  const next = eventsOf(bytes);
  for (let at = 0; at < warmUp; at++) onEvent(next());
  return timed(events, async () => {
    for (let at = 0; at < events; at++) onEvent(next());
  });
}

/** How long an agent waits for a decision of a warm host. */
async function gate(job) {
  const dispatcher = await open(job, hostTable(job, "replies = true\n"));
  const finished = eventsOf(job.bytes);
  const next = () => ({ ...finished(), hook_event_name: "PreToolUse", xcodex_event_type: "tool-call-started" });
  const times = [];
  for (let at = 0; at < job.warmUp + job.events; at++) {
    const event = next();
    const before = performance.now();
    const { action, replies } = await dispatcher.dispatch(event);
    if (at >= job.warmUp) times.push(performance.now() - before);
    const failed = replies.find(({ reply }) => reply.kind === "failed");
    if (failed) throw new Error(failed.reply.message);
    if (action !== "continue" || replies.length === 0) throw new Error("The host did not let the event pass.");
  }
  await close(dispatcher);
  return { p50_ms: percentile(times, 0.5), p99_ms: percentile(times, 0.99) };
}

/** How much an agent grows, and whether every event is accounted for: seen by Python, or counted as dropped. */
async function memory(job) {
  const { bytes, events, warmUp } = job;
  const told = listen(job.codexHome);
  process.env.BENCH_TOLD = told.path;
  const dispatcher = await open(job, job.argv ? hostTable(job) : pyo3Tables(job));
  const next = eventsOf(bytes);
  await stream(dispatcher, next, job, warmUp);
  globalThis.gc();
  const before = process.memoryUsage.rss();
  await stream(dispatcher, next, job, events);
  globalThis.gc();
  const after = process.memoryUsage.rss();
  dispatcher.emit({ ...next(), hook_event_name: "SessionEnd", xcodex_event_type: "session-end" });
  const { events: seen } = await told.next();
  const { dropped } = await dispatcher.close(CLOSE_MS);
  told.close();
  return {
    events: warmUp + events + 1,
    seen,
    dropped,
    before_mb: before / 2 ** 20,
    grown_mb: (after - before) / 2 ** 20,
  };
}

const job = JSON.parse(process.argv[2]);
// What runs inside a hook runs no hooks; this is no hook, whoever started it.
delete process.env.XCODEX_HOOKS_DEPTH;
try {
  console.log(JSON.stringify(await MODES[job.mode](job)));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
