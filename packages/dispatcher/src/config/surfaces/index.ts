/** The registry of configuration surfaces: one line each. */
export { argvList } from "./argv-list.ts";
export { command } from "./command.ts";
export { host } from "./host.ts";
export { inproc } from "./inproc.ts";
export { pyo3 } from "./pyo3.ts";
export { singleArgv } from "./single-argv.ts";
