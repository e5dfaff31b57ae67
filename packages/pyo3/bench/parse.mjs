// What an event costs on the Python thread: arrays of 64 and of 256 events, as the dispatcher hands them over, as bytes and as a string, until
// all are reported; and beside it what Python's own json.loads and the same loop cost in the interpreter itself, which is what there would be without the addon.
//
//   node bench/parse.mjs <addon> [python]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeAddon, openPython } from "../dist/index.js";

const [addon, python = addon && describeAddon(addon).executable] = process.argv.slice(2);
if (!addon) {
  console.error("Cannot measure: no addon is named. Use: node bench/parse.mjs <addon> [python].");
  process.exit(2);
}

const SIZES = [
  ["373 B", 373],
  ["12 KB", 12_000],
  ["20 KB", 20_000],
  ["200 KB", 200_000],
];
const ARRAYS = [64, 256];
/** Letters in all hand-overs of one run: enough that a run takes a while, and not too long. */
const TOTAL = 256 * 1024 * 1024;
const RUNS = 5;

/** An event of about so many bytes, with the fields of one that a tool finished. */
function event(bytes) {
  const base = {
    schema_version: 1,
    event_id: "6f1c1f9e-5a7b-4a0e-9c56-0d2a3f9b7c11",
    timestamp: "2026-01-11T12:34:56.789Z",
    session_id: "0198c1c2-7f11-7a63-b9f4-b1c0d2e3f4a5",
    cwd: "/home/user/project",
    tool_name: "shell",
    status: "completed",
    success: true,
    duration_ms: 12,
    output_bytes: 345,
  };
  const rest = bytes - JSON.stringify({ ...base, output_preview: "" }).length;
  const line = "some output of a tool, line after line\n";
  let preview = "";
  if (rest > 0)
    preview = line.repeat(Math.ceil(rest / line.length)).slice(0, rest - Math.floor(rest / (line.length + 1)));
  return { ...base, output_preview: preview };
}

const HOOK = "n = 0\ndef on_event(event):\n    global n\n    n += 1\n";

/** Arrays that are on their way at a time: enough that Python never waits. */
const WINDOW = 4;

/** Microseconds per event, handed over as a string or as bytes and reported, and what of it the thread of the agent was busy with. */
async function addonMicros(home, events, count, arrays) {
  const warm = 2 * WINDOW;
  let [handed, reported, agent, start] = [0, 0, 0n, 0n];
  let done;
  const finished = new Promise((resolve) => {
    done = resolve;
  });
  const handOver = () => {
    const before = process.hrtime.bigint();
    script.deliver(handed++, events, count);
    agent += process.hrtime.bigint() - before;
  };
  const onReport = ({ ok }) => {
    if (ok !== count) throw new Error(`Cannot measure: ${count - ok} events failed.`);
    reported += 1;
    if (reported === warm) [agent, start] = [0n, process.hrtime.bigint()];
    if (handed < warm + arrays) handOver();
    if (reported === warm + arrays) done();
  };
  const options = { addon, codex_home: home, script_path: join(home, "hook.py"), callable: "on_event", batch: false };
  const script = openPython({ ...options, timeout_ms: 60_000, log: join(home, "log") }, onReport);
  script.hold(true);
  for (let n = 0; n < WINDOW; n++) handOver();
  await finished;
  const end = process.hrtime.bigint();
  await script.close(1000);
  const per = (nanos) => Number(nanos) / 1000 / (count * arrays);
  return { all: per(end - start), agent: per(agent) };
}

const PLAIN = `
import json, sys, time
exec(open(sys.argv[1]).read())
text = open(sys.argv[2]).read()
arrays, count = int(sys.argv[3]), int(sys.argv[4])
start = time.perf_counter()
for _ in range(arrays):
    for event in json.loads(text): on_event(event)
both = time.perf_counter() - start
ready = json.loads(text)
start = time.perf_counter()
for _ in range(arrays):
    for event in ready: on_event(event)
loop = time.perf_counter() - start
print(both / arrays / count * 1e6, loop / arrays / count * 1e6)
`;

function plainMicros(home, text, count, arrays) {
  const file = join(home, "array.json");
  writeFileSync(file, text);
  const args = ["-c", PLAIN, join(home, "hook.py"), file, String(arrays), String(count)];
  const [both, loop] = execFileSync(python, args, { encoding: "utf8" }).split(" ").map(Number);
  return { both, loop };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function row(home, bytes, count) {
  const text = JSON.stringify(Array.from({ length: count }, () => event(bytes)));
  const forms = { bytes: Buffer.from(text), string: text };
  const arrays = Math.max(4, Math.min(2000, Math.floor(TOTAL / text.length)));
  const runs = [];
  for (let n = 0; n < RUNS; n++) {
    const run = plainMicros(home, text, count, arrays);
    for (const [form, events] of Object.entries(forms)) {
      const { all, agent } = await addonMicros(home, events, count, arrays);
      Object.assign(run, { [form]: all, [`${form}Agent`]: agent });
    }
    runs.push(run);
  }
  return Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));
}

const COLUMNS = [
  "event",
  "array",
  "handed over as",
  "addon",
  "of it on the agent's thread",
  "json.loads + loop in python3",
  "loop alone",
  "addon is faster by",
];

const home = mkdtempSync(join(tmpdir(), "xcodex-pyo3-bench-"));
try {
  writeFileSync(join(home, "hook.py"), HOOK);
  const { python: version } = describeAddon(addon);
  console.log(`Python ${version}; microseconds per event, median of ${RUNS} runs\n`);
  console.log(`| ${COLUMNS.join(" | ")} |`);
  console.log("|---".repeat(COLUMNS.length).concat("|"));
  for (const [name, bytes] of SIZES) {
    for (const count of ARRAYS) {
      const plain = await row(home, bytes, count);
      for (const form of ["bytes", "string"]) {
        const [all, agent] = [plain[form], plain[`${form}Agent`]];
        const micros = [all, agent, plain.both, plain.loop].map((value) => value.toFixed(2));
        console.log(`| ${[name, count, form, ...micros, `${(plain.both / all).toFixed(2)}×`].join(" | ")} |`);
      }
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
