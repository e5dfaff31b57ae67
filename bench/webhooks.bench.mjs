// What webhooks cost and whether they arrive: 10,000 deliveries to a server on this machine that fails a fifth of all requests.
//
//   node bench/webhooks.bench.mjs            after a build; about three minutes
//   node bench/webhooks.bench.mjs --quick    does everything run? no verdict
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { printTable } from "./table.mjs";

const quick = process.argv.includes("--quick");
const DELIVERIES = quick ? 1_000 : 10_000;
/** Hooks that want their events in order: each event goes to all of them. */
const ORDERED_HOOKS = 20;
const FAILS = 0.2;
/** Of which the first two are for warming up: the heaps of both processes get the size that the work needs. */
const ROUNDS = 5;
const WARM = 1;
const PACED = quick ? 100 : 1_000;
/** Of a payload; that of an event of the bench. */
const BODY_BYTES = 560;
/** Megabytes that a process may grow by, once it has delivered twice as many. */
const GROWTH_MB = 50;
/** An emit to a webhook beside one to a command. */
const EMIT_LIMIT = 1.5;
const PATIENCE_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), "xcodex-bench-webhooks-"));
const program = (name) => join(import.meta.dirname, "webhooks", `${name}.mjs`);
const children = [];

function start(name) {
  const child = fork(program(name), { execArgv: ["--expose-gc"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.push(child);
  return child;
}

async function heard(child) {
  const [message] = await once(child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (message.error) throw new Error(message.error);
  return message;
}

function tell(child, message) {
  const answer = heard(child);
  child.send(message);
  return answer;
}

const ask = async (agent, job, what) => (await tell(agent, { job, ...what })).result;

function hook(port, name, more = "") {
  return `[[hooks.exec]]
event = "exec.after"
type = "webhook"
url = "http://127.0.0.1:${port}/hook"
payload = "xcodex"
retry_count = 10
timeout = 120
${more}
[hooks.exec.headers]
x-hook = "${name}"

`;
}

/** Makes a CODEX_HOME. */
function homeWith(name, { toml = "", hooks }) {
  const codexHome = mkdtempSync(join(folder, `${name}-`));
  writeFileSync(join(codexHome, "config.toml"), toml);
  if (hooks) {
    writeFileSync(join(codexHome, "config.json"), '{ "hooks": { "enabled": true, "configPath": "./hooks.toml" } }');
    writeFileSync(join(codexHome, "hooks.toml"), hooks);
  }
  return codexHome;
}

/** Megabytes that a process holds. */
const rssOf = (pid) => Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;

function launcherOf(codexHome) {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
  return Number.parseInt(lines.find((line) => line.includes(`main.js ${codexHome}`)) ?? "", 10);
}

/** Looks at two processes again and again; `stop` says the most that each of them held. */
function watch(pids) {
  const most = pids.map(rssOf);
  const timer = setInterval(() => {
    for (const [at, pid] of pids.entries()) most[at] = Math.max(most[at], rssOf(pid));
  }, 250);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Emits in one go and waits until the server has taken every delivery. */
async function deliver({ server, agent, codexHome, name, events, deliveries, fails }) {
  await tell(server, { begin: { wanted: deliveries, fails } });
  const done = heard(server);
  const pids = [agent.pid, launcherOf(codexHome)];
  const stop = watch(pids);
  const started = Date.now();
  const emit = await ask(agent, "burst", { name, count: events });
  const { done: result } = await done.catch(() => tell(server, { ask: true }));
  const seconds = { nearly: (result.nearly - started) / 1000, all: (Date.now() - started) / 1000 };
  const most = stop();
  await ask(agent, "collect", {});
  return { ...result, seconds, emit, most, rss: pids.map(rssOf) };
}

const missed = [];
const check = (holds, what) => holds || missed.push(what);
const whole = (number) => Math.round(number).toLocaleString("en");

/** One hook, everything at once, round after round in the same agent: what is kept from one round to the next would be seen. */
async function parallel(server, port, fails, count) {
  const agent = start("agent");
  const codexHome = homeWith("parallel", { hooks: hook(port, "a") });
  await ask(agent, "open", { name: "a", codexHome });
  const rounds = [];
  for (let at = 0; at < count; at += 1) {
    const events = { name: "a", events: DELIVERIES, deliveries: DELIVERIES, fails };
    rounds.push(await deliver({ server, agent, codexHome, ...events }));
  }
  const { dropped } = await ask(agent, "close", { name: "a" });
  agent.disconnect();
  check(dropped === 0, `${dropped} runs were dropped.`);
  for (const { delivered } of rounds) check(delivered === DELIVERIES, `${delivered} of ${DELIVERIES} arrived.`);
  return rounds;
}

/** Several hooks that want their events in order. */
async function ordered(server, port) {
  const agent = start("agent");
  const names = Array.from({ length: ORDERED_HOOKS }, (_, at) => `hook-${at}`);
  const hooks = names.map((name) => hook(port, name, "ordered = true")).join("");
  const codexHome = homeWith("ordered", { hooks });
  await ask(agent, "open", { name: "a", codexHome });
  const what = { name: "a", events: DELIVERIES / ORDERED_HOOKS, deliveries: DELIVERIES, fails: FAILS };
  const result = await deliver({ server, agent, codexHome, ...what });
  await ask(agent, "close", { name: "a" });
  agent.disconnect();
  check(result.delivered === DELIVERIES, `In order, ${result.delivered} of ${DELIVERIES} arrived.`);
  check(result.early === 0, `${result.early} events overtook one before them.`);
  return result;
}

/** What one emit costs the agent's thread: with a webhook, with a command, in turn. */
async function emits(server, port) {
  await tell(server, { begin: { wanted: Number.POSITIVE_INFINITY, fails: 0 } });
  const agent = start("agent");
  const toml = '[hooks]\ntool_call_finished = [["/bin/true"]]\n';
  await ask(agent, "open", { name: "command", codexHome: homeWith("command", { toml }) });
  await ask(agent, "open", { name: "webhook", codexHome: homeWith("webhook", { hooks: hook(port, "a") }) });
  const names = ["command", "webhook"];
  await ask(agent, "pace", { names, count: PACED / 5 });
  const times = await ask(agent, "pace", { names, count: PACED });
  for (const name of names) await ask(agent, "close", { name });
  agent.disconnect();
  return times;
}

/** The client alone, to the same server. */
async function limit(server, port) {
  await tell(server, { begin: { wanted: DELIVERIES, fails: 0 } });
  const done = heard(server);
  const args = [program("client"), `http://127.0.0.1:${port}`, String(DELIVERIES), String(BODY_BYTES)];
  const { ms } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  await done;
  return DELIVERIES / (ms / 1000);
}

function row(title, { seconds, requests, failed, delivered, twice, early, most }, orders) {
  const times = [seconds.nearly, seconds.all].map((value) => `${value.toFixed(1)} s`);
  const order = orders ? whole(early) : "";
  const memory = most.map((mb) => `${whole(mb)} MB`);
  return [title, whole(delivered), whole(requests), whole(failed), whole(twice), order, ...times, ...memory];
}

try {
  const server = start("server");
  const { port } = await heard(server);
  const bare = await limit(server, port);
  const smooth = await parallel(server, port, 0, 2);
  const rough = await parallel(server, port, FAILS, ROUNDS);
  const inOrder = await ordered(server, port);
  const times = await emits(server, port);

  console.log(`Node ${process.version}, ${whole(DELIVERIES)} deliveries, emitted in one turn of the event loop\n`);
  const heads = [
    "",
    "delivered",
    "requests",
    "503",
    "twice",
    "overtook",
    "99 % after",
    "all after",
    "agent",
    "launcher",
  ];
  printTable(heads, [
    row("no failures", smooth.at(-1)),
    row("a fifth fails", rough.at(-1)),
    row(`a fifth fails, ${ORDERED_HOOKS} hooks in order`, inOrder, true),
  ]);
  const best = DELIVERIES / smooth.at(-1).seconds.all;
  console.log(`\nWithout failures ${whole(best)} per second; the client alone ${whole(bare)}.`);

  console.log("");
  const grown = (at) => rough.at(-1).rss[at] - rough[WARM].rss[at];
  printTable(
    ["resident after each round, a fifth fails", ...rough.map((_, at) => `${at + 1}`), "grown since the second"],
    ["agent", "launcher"].map((name, at) => [
      name,
      ...rough.map(({ rss }) => `${whole(rss[at])} MB`),
      `${grown(at).toFixed(1)} MB`,
    ]),
  );
  for (const [at, name] of ["agent", "launcher"].entries()) {
    check(grown(at) <= GROWTH_MB, `The ${name} has grown by ${grown(at).toFixed(0)} MB, at most ${GROWTH_MB} MB.`);
  }

  console.log("");
  const us = (value) => `${value.toFixed(1)} µs`;
  const ratio = times.webhook.p50 / times.command.p50;
  printTable(
    ["one emit on the agent's thread", "p50", "p99"],
    [
      ["to a command", us(times.command.p50), us(times.command.p99)],
      ["to a webhook", us(times.webhook.p50), us(times.webhook.p99)],
      ["to a webhook, all at once", us(rough.at(-1).emit.p50), us(rough.at(-1).emit.p99)],
    ],
  );
  console.log(`\nA webhook costs the agent's thread ${ratio.toFixed(2)}× of a command (limit ${EMIT_LIMIT}×).`);
  check(ratio <= EMIT_LIMIT, `An emit to a webhook costs ${ratio.toFixed(2)}×, at most ${EMIT_LIMIT}×.`);
  // What the machine does besides is in every number: said, so that nobody wonders.
  console.log(`\nLoad of the machine: ${loadavg()[0].toFixed(1)}, ${availableParallelism()} processors.`);
  for (const what of missed) console.log(`\nMissed: ${what}`);
  if (quick) console.log("\nA quick run is no verdict: code is cold and samples are few.");
  else if (missed.length > 0) process.exitCode = 1;
} finally {
  for (const child of children) if (child.exitCode === null) child.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
