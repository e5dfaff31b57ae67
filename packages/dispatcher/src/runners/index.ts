/** The registry of runners: one line per kind of target. */
export { commandRunner as command } from "./command/runner.ts";
export { hostRunner as host } from "./host/runner.ts";
export { inprocRunner as inproc } from "./inproc/runner.ts";
export { pyo3Runner as pyo3 } from "./pyo3/runner.ts";
