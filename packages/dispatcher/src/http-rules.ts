/**
 * What may be sent over HTTP, and where to (seed 003, "Network Security"). Asked twice: when a file is read, so that its line can be named, and
 * when something is sent, because what is sent has gone through another process.
 */

/** `localhost`, 127.0.0.0/8 or [::1], as `URL` spells them. What is said to them does not leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether nobody on the way can read or change what is sent there. */
export function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

/** Whether a URL holds a name or a password: they end up in logs. */
export function hasUser({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

/** RFC 9110, 5.1 and 5.5. No line break gets into a value, so no header can become two. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether HTTP can send a text as the value of a header. */
export function isHeaderValue(text: string): boolean {
  return HEADER_VALUE.test(text);
}

/** They say how a request is sent, and are said by who sends it. */
const OF_THE_SENDER: readonly string[] = [
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
];

/** What is wrong with a header, after its name, and what to do. Its value is not said: it may be a secret. */
export interface BadHeader {
  readonly state: string;
  readonly fix: string;
}

/** Checks a header; undefined when it can be sent. A value that is not known yet is not looked at. */
export function badHeader(name: string, value: string | undefined): BadHeader | undefined {
  if (!HEADER_NAME.test(name)) {
    return { state: "is no name that a header can have", fix: "Use letters, digits and hyphens" };
  }
  if (OF_THE_SENDER.includes(name.toLowerCase())) {
    return { state: "is written by whoever sends the request", fix: "Leave it out" };
  }
  if (value === undefined || isHeaderValue(value)) return undefined;
  return { state: "has characters in its value that HTTP cannot send", fix: "Write it in plain letters, on one line" };
}

/** Before the base64 of a secret of Standard Webhooks; may be left out. */
const PREFIX = "whsec_";

/** Base64 as RFC 4648 has it; `Buffer` alone would take anything. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** The key that a secret `whsec_<base64>` stands for; undefined when it is no such secret. */
export function signingKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
}
