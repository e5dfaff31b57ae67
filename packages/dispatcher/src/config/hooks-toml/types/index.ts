/** The registry of types of hooks of hooks.toml: one line each. */
export { mcpTool } from "./mcp-tool.ts";
export { script } from "./script.ts";
export { webhook } from "./webhook.ts";
