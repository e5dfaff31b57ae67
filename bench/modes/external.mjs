// A program per event: ours, and bare posix_spawn of the same script.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventsOf } from "./event.mjs";
import { runAgent, runOriginal, withFolder } from "./programs.mjs";
import { HOOKS } from "./tools.mjs";

const SCRIPT = join(HOOKS, "spawned_hook.py");
/** Few at a time and often: a process that starts feels everything that the machine does besides. */
const STARTS = 20;
const OFTEN = 3;

/** The rows and what they are compared with. */
export function external(tools, { quick }) {
  const { python, original } = tools;
  const iterations = quick ? 5 : STARTS;
  const ours = (bytes) => runAgent({ mode: "external", bytes, events: iterations, argv: [python?.executable, SCRIPT] });
  const bare = (bytes) =>
    withFolder((folder) => {
      const payload = join(folder, "payload.json");
      writeFileSync(payload, JSON.stringify(eventsOf(bytes)()));
      return runOriginal(tools, "spawn", { python: python.executable, script: SCRIPT, payload, iterations });
    });
  return {
    often: quick ? 1 : OFTEN,
    rows: [
      { id: "external", title: "External hook, a Python script per event", run: python && ours },
      { id: "external-limit", title: "limit: posix_spawn of the same script", run: original && bare },
    ],
    ratios: [
      { title: "External, time of the limit's", by: "time", of: "external", to: "external-limit", atMost: () => 1.1 },
    ],
  };
}
