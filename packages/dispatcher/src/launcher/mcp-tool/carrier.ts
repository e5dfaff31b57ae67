/** Calls tools of MCP servers. One connection per server, whoever uses it, kept warm until the launcher is closed. */
import type { McpServer, McpToolRun } from "../../contracts.ts";
import type { Call, CallResult, Carrier, CarrierTools } from "../call.ts";
import { troubleOf } from "../ends.ts";
import { Fault } from "./faults.ts";
import { answerOf } from "./result.ts";
import type { Hide } from "./secrets.ts";
import { type Called, Server } from "./server.ts";

/** Makes the carrier of tool calls. */
export function mcpToolCarrier(tools: CarrierTools): Carrier<McpToolRun> {
  const servers = new Map<string, Server>();

  function serverFor(definition: McpServer): Server {
    const key = keyOf(definition);
    const known = servers.get(key);
    if (known !== undefined) return known;
    const server = new Server(definition, tools);
    servers.set(key, server);
    return server;
  }

  return {
    carry: async (call) => {
      const { server: definition, tool, arguments: args } = call.run.mcp_tool;
      const server = serverFor(definition);
      return endOf(call, await server.call(tool, args, call.signal), server.hide);
    },
    close: async () => {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}

/** Servers that are defined alike are one, wherever their definition stands. */
function keyOf({ origin: _, ...definition }: McpServer): string {
  return JSON.stringify(definition);
}

function endOf({ run }: Call<McpToolRun>, { result, log }: Called, hide: Hide): CallResult {
  const facts = log === undefined ? {} : { log };
  try {
    if (result instanceof Fault) throw result;
    const answer = answerOf(result);
    if (answer.kind !== "block" || answer.reason === undefined) return { ...facts, answer };
    return { ...facts, answer: { ...answer, reason: hide(answer.reason) } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message } = troubleOf("call", run, error);
    const status = error.status === undefined ? {} : { status: error.status };
    return { ...facts, ...status, code, message: hide(message) };
  }
}
