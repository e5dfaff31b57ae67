import type { WebhookRun } from "../../contracts.ts";
import type { Carrier, CarrierTools } from "../call.ts";
export function webhookCarrier(_tools: CarrierTools): Carrier<WebhookRun> {
  throw new Error("being built");
}
