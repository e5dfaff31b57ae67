// A long-lived Python host: ours, the original's method, and `cat` of lines that are encoded already.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { linesOf } from "./event.mjs";
import { listen, openPipe } from "./pipes.mjs";
import { runAgent, runOriginal, withFolder } from "./programs.mjs";
import { HOOKS } from "./tools.mjs";

const LOOP = join(HOOKS, "original_loop.py");
const HOOK = join(HOOKS, "each_hook.py");
const FILE_BYTES = 16 * 1024 * 1024;

/** How many times as many events per second as the original's method. */
const AT_LEAST = { 373: 1.5, 12040: 1.2, 20040: 1.2, 200040: 1 };

/** Before an event is timed, a tenth of them: an agent's code is warm. */
export const warmUpOf = (events) => Math.ceil(events / 10);

/** The rows and what they are compared with. */
export function host(tools, { events: eventsFor }) {
  const { python, host: script, original } = tools;
  const count = (bytes) => ({ events: eventsFor(bytes), warmUp: warmUpOf(eventsFor(bytes)) });
  const ours = (bytes) =>
    runAgent({ mode: "host", bytes, ...count(bytes), argv: [python.executable, "-u", script, HOOK] });
  const theirs = (bytes) => {
    const { events, warmUp } = count(bytes);
    const loop = { python: python.executable, loop: LOOP };
    return runOriginal(tools, "host", { ...loop, "payload-bytes": bytes, events, "warm-up": warmUp });
  };
  const cat = (loop) => (bytes) => catInto([python.executable, "-u", ...loop], bytes, count(bytes));
  return {
    rows: [
      { id: "host", title: "Python host", run: script && ours },
      { id: "host-original", title: "original's method: one write per event", run: original && theirs },
      { id: "host-limit", title: "limit: cat into the same host", run: script && cat([script, HOOK]) },
      { id: "host-original-limit", title: "limit of the original's: cat into its loop", run: python && cat([LOOP]) },
    ],
    ratios: [
      {
        title: "Host, events/s of the original's",
        of: "host",
        to: "host-original",
        atLeast: (bytes) => AT_LEAST[bytes],
      },
      { title: "Host, events/s of the limit's", of: "host", to: "host-limit" },
      { title: "Original's host, events/s of its limit's", of: "host-original", to: "host-original-limit" },
    ],
  };
}

/** Timed by the hook's own clock, from one mark to the next: what comes before is the start of the programs. */
function catInto(argv, bytes, { events, warmUp }) {
  return withFolder(async (folder) => {
    const told = listen(folder);
    const env = { ...process.env, BENCH_MARKS: `${warmUp},${warmUp + events}`, BENCH_TOLD: told.path };
    const marks = (async () => [await told.next(), await told.next()])();
    try {
      const ended = pour(filesOf(folder, bytes, warmUp + events), argv, env, folder);
      const [from, to] = await Promise.race([marks, ended.then(() => tooEarly(marks))]);
      await ended;
      return { events, seconds: Number(to.nanoseconds - from.nanoseconds) / 1e9 };
    } finally {
      told.close();
    }
  });
}

/** `cat FILES… | PROGRAM ARGS…`; resolves when both have ended. */
function pour(files, [program, ...args], env, folder) {
  const pipe = openPipe(folder);
  const children = [
    spawn("cat", files, { stdio: ["ignore", pipe.write, "inherit"] }),
    spawn(program, args, { env, stdio: [pipe.read, "ignore", "inherit"] }),
  ];
  pipe.close();
  return Promise.all(children.map((child) => new Promise((resolve) => child.once("close", resolve))));
}

/** What a loop has said may be on its way still when it has ended. */
function tooEarly(marks) {
  const late = new Promise((_, reject) => {
    setTimeout(reject, 1_000, new Error("The loop has ended before it has seen every event."));
  });
  return Promise.race([marks, late]);
}

/** Enough lines: one file, named as often as it takes. */
function filesOf(folder, bytes, events) {
  const lines = Math.max(1, Math.min(events, Math.floor(FILE_BYTES / bytes)));
  const file = join(folder, "lines");
  writeFileSync(file, linesOf(bytes, lines));
  return Array.from({ length: Math.ceil(events / lines) }, () => file);
}
