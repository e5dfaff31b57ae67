import type { WebhookHook, WebhookRun } from "../../contracts.ts";
import { fill, variablesOf } from "../../template.ts";
import type { Launched, Target, TargetSource } from "../launched.ts";

/** Webhooks: an HTTP request per event, its payload in the body (seed 003). */
export const webhook: Launched<WebhookHook> = { target };

function target(hook: WebhookHook, { book, env }: TargetSource): Target<WebhookRun> {
  const { url, method, headers, retry_count, ordered, signing_secret, environment } = hook.webhook;
  // Now and not before: the configuration holds no secrets.
  const variables = variablesOf(environment, env);
  const filled = (text: string): string => fill(text, variables).text;
  return {
    webhook: {
      url: filled(url),
      method,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      retry_count,
      ...(signing_secret === undefined ? {} : { signing_secret: filled(signing_secret) }),
    },
    ...(ordered ? { ordered } : {}),
    sends: book.payloadOf(hook),
  };
}
