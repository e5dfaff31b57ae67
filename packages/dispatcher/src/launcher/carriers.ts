/** The registry of carriers: one line per kind of call. Loaded when there is one, for nobody else has to pay for an HTTP client. */
import type { Carrier, CarrierTools } from "./call.ts";

/** Makes a carrier. */
export type MakeCarrier = (tools: CarrierTools) => Carrier;

/** By the field of a run that says what is called. */
export const CARRIERS: Readonly<Record<string, () => Promise<MakeCarrier>>> = {
  webhook: async () => (await import("./webhook/carrier.ts")).webhookCarrier as MakeCarrier,
  mcp_tool: async () => (await import("./mcp-tool/carrier.ts")).mcpToolCarrier as MakeCarrier,
};
