/** Signatures of Standard Webhooks, version 1.0.0: a server that shares the secret can tell that a request is ours, and not an old one. */
import { createHmac } from "node:crypto";

/** What of a request is signed. */
export interface Signed {
  /** The same at every try. */
  readonly id: string;
  /** Of this try, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: Buffer;
}

/** The value of `webhook-signature`: `v1,<base64 of the HMAC-SHA256 of "id.timestamp.body">`. */
export function signatureOf({ id, timestamp, body }: Signed, key: Buffer): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}
