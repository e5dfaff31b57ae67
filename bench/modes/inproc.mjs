// JavaScript in the agent's process: ours, and the function called without a dispatcher.
import { warmUpOf } from "./host.mjs";
import { runAgent } from "./programs.mjs";

/** The rows and what they are compared with. */
export function inproc(_tools, { events: eventsFor }) {
  const run = (mode) => (bytes) => {
    const events = 2 * eventsFor(bytes);
    return runAgent({ mode, bytes, events, warmUp: warmUpOf(events) });
  };
  return {
    rows: [
      { id: "inproc", title: "In-process JavaScript", run: run("inproc") },
      { id: "inproc-limit", title: "limit: the function called directly", run: run("direct") },
    ],
    ratios: [{ title: "In-process, time of the limit's", by: "time", of: "inproc", to: "inproc-limit" }],
  };
}
