import type { McpToolRun } from "../../contracts.ts";
import type { Carrier, CarrierTools } from "../call.ts";
export function mcpToolCarrier(_tools: CarrierTools): Carrier<McpToolRun> {
  throw new Error("being built");
}
