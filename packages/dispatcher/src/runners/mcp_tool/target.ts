import type { McpToolHook, McpToolRun } from "../../contracts.ts";
import type { Launched, Target, TargetSource } from "../launched.ts";
import { fillArguments } from "./arguments.ts";

/** Tools of MCP servers: a call per event, its arguments filled from the event (seed 003). */
export const mcpTool: Launched<McpToolHook> = { target };

function target({ mcp_tool, key }: McpToolHook, { delivery }: TargetSource): Target<McpToolRun> {
  const { server, tool } = mcp_tool;
  return { mcp_tool: { server, tool, arguments: fillArguments(mcp_tool.arguments, delivery.plan.event, key) } };
}
