/** Webhooks: a request per event, tried again when it may go better the next time, all within one deadline (seed 003). */
import { performance } from "node:perf_hooks";
import type { WebhookRun } from "../../contracts.ts";
import type { Call, CallResult, Carrier, CarrierTools } from "../call.ts";
import { callTooLate } from "../ends.ts";
import { type Connections, openConnections } from "./connections.ts";
import { backOff, pause } from "./pauses.ts";
import { requestFor } from "./request.ts";
import { withoutSecrets } from "./secrets.ts";
import { cannotFinish, cannotSend, cannotTryAgain } from "./troubles.ts";
import { tryOnce } from "./try.ts";

/** Makes the carrier of webhooks. Their connections are shared, and closed with it. */
export function webhookCarrier({ env }: CarrierTools): Carrier<WebhookRun> {
  const connections = openConnections(env);
  return { carry: (call) => carry(connections, call), close: connections.close };
}

async function carry(connections: Connections, call: Call<WebhookRun>): Promise<CallResult> {
  const { run, signal, until } = call;
  const request = requestFor(run, call.payload);
  if ("code" in request) return cannotSend(run, request);
  for (let tries = 1; !signal.aborted; tries += 1) {
    call.note({ attempts: tries });
    const tried = await tryOnce(connections, request, call);
    if ("answer" in tried) return { answer: withoutSecrets(tried.answer, run) };
    const { fault, passing, rest_ms } = tried;
    if (!passing || tries > run.webhook.retry_count) return cannotFinish(run, fault);
    // Not all at the very moment when the rest is over.
    const wait = (rest_ms ?? 0) + backOff(tries);
    if (performance.now() + wait >= until) return cannotTryAgain(run, fault, rest_ms);
    await pause(wait, signal);
  }
  // Nobody hears it: who gave the call up has ended it.
  return callTooLate(run);
}
