/** The registry of runners: one line per kind of target. */
export { commandRunner as command } from "./command/runner.ts";
