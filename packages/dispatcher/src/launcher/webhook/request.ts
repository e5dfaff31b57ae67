/** What is sent for one event: the same at every try, but for its time and what is signed with it. */
import type { WebhookRun } from "../../contracts.ts";
import { badHeader, hasUser, isPrivate, signingKey } from "../../http-rules.ts";
import { signatureOf } from "./signature.ts";
import { BAD_SECRET, BAD_URL, badHeaderFault, type Fault, INSECURE_URL, PASSWORD_IN_URL } from "./troubles.ts";

/** A request that can be sent. */
export interface WebhookRequest {
  readonly url: URL;
  readonly method: string;
  readonly body: Buffer;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string;
  /** Of `signing_secret`. */
  readonly key: Buffer | undefined;
}

/** What a hook's own headers stand in for. */
const DEFAULTS: Readonly<Record<string, string>> = { "content-type": "application/json", "user-agent": "xcodex-hooks" };

/** Makes the request of a run, or says why there is none. */
export function requestFor(run: WebhookRun, payload: Buffer | undefined): WebhookRequest | Fault {
  const { url: address, method, headers: configured, signing_secret } = run.webhook;
  if (!URL.canParse(address)) return BAD_URL;
  const url = new URL(address);
  if (!isPrivate(url)) return INSECURE_URL;
  if (hasUser(url)) return PASSWORD_IN_URL;
  const bad = Object.entries(configured).flatMap((header) => faultIn(header) ?? [])[0];
  if (bad !== undefined) return bad;
  const key = signing_secret === undefined ? undefined : signingKey(signing_secret);
  if (signing_secret !== undefined && key === undefined) return BAD_SECRET;
  const headers = { ...DEFAULTS, ...lowerCased(configured) };
  // A run is one hook and one event, so its id is the delivery's: a server that sees it twice need not act twice.
  return { url, method, body: payload ?? Buffer.alloc(0), headers, id: run.run_id, key };
}

/** All headers of one try. */
export function headersAt({ headers, id, body, key }: WebhookRequest, now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const signature = key === undefined ? {} : { "webhook-signature": signatureOf({ id, timestamp, body }, key) };
  return { ...headers, "webhook-id": id, "webhook-timestamp": String(timestamp), ...signature };
}

function faultIn([name, value]: readonly [string, string]): Fault | undefined {
  const bad = badHeader(name, value);
  return bad && badHeaderFault(JSON.stringify(name), bad);
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
