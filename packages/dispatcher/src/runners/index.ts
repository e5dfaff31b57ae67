/** The registry of runners: one line per kind of target. What the launcher carries out shares a runner (`launched.ts`). */
export { brokenRunner as broken } from "./broken/runner.ts";
export { command } from "./command/target.ts";
export { hostRunner as host } from "./host/runner.ts";
export { inprocRunner as inproc } from "./inproc/runner.ts";
export { mcpTool as mcp_tool } from "./mcp_tool/target.ts";
export { pyo3Runner as pyo3 } from "./pyo3/runner.ts";
export { webhook } from "./webhook/target.ts";
