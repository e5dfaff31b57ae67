/**
 * What can go wrong with a webhook, in words. Of an address they name the origin only, of a header the name, of an answer the status: all the
 * rest may hold secrets.
 */
import { STATUS_CODES } from "node:http";
import type { WebhookRun } from "../../contracts.ts";
import type { BadHeader } from "../../http-rules.ts";
import { nameOf, type Trouble } from "../ends.ts";
import { codeOf } from "../folders.ts";
import { LONGEST_ANSWER } from "./body.ts";
import { BAD_PROXY, CONNECT_MS } from "./connections.ts";

/** What is wrong and what to do about it, with a code from `errors.ts`. */
export interface Fault {
  readonly code: string;
  readonly state: string;
  readonly advice: string;
}

/** Why a request is not sent. */
export function cannotSend(run: WebhookRun, { code, state, advice }: Fault): Trouble {
  return { code, message: `Cannot send ${nameOf(run)}: ${state}. ${advice}.` };
}

/** What came of a request that was sent. */
export function cannotFinish(run: WebhookRun, { code, state, advice }: Fault): Trouble {
  return { code, message: `Cannot finish ${nameOf(run)}: ${state}. ${advice}.` };
}

/** There is time for no further try. `rest_ms`: what the server asked for. */
export function cannotTryAgain(run: WebhookRun, { code, state }: Fault, rest_ms: number | undefined): Trouble {
  const wish = rest_ms === undefined ? "" : ` (it asks for ${Math.ceil(rest_ms / 1000)} s)`;
  const key = run.surface === "hooks-toml" ? "timeout" : "timeout_sec";
  const whole = `${state}, and its time is over before it may be tried again${wish}`;
  return cannotFinish(run, { code, state: whole, advice: `Raise its ${key}, or send less` });
}

/** An address that is none. */
export const BAD_URL: Fault = {
  code: "misconfigured",
  state: "its url is none",
  advice: "Write one that begins with https://",
};

/** An address that others on the way could listen to. */
export const INSECURE_URL: Fault = {
  code: "insecure_url",
  state: "its url is not https, and not of this machine",
  advice: "Write https://",
};

/** An address with a password, which nobody would send. */
export const PASSWORD_IN_URL: Fault = {
  code: "misconfigured",
  state: "there is a name or a password in its url",
  advice: "Send it in a header instead",
};

/** A secret that no key can be made of. */
export const BAD_SECRET: Fault = {
  code: "misconfigured",
  state: "its signing_secret is none",
  advice: "Write whsec_ and the base64 text that the receiver has",
};

/** An answer that nobody reads to its end. */
export const ANSWER_TOO_LARGE: Fault = {
  code: "answer_too_large",
  state: `its answer has more than ${LONGEST_ANSWER} bytes`,
  advice: 'Answer nothing, or {"decision": "block", "reason": "…"}',
};

/** An answer that came in part. */
export const ANSWER_CUT: Fault = {
  code: "answer_cut",
  state: "the connection was closed in the middle of its answer",
  advice: "See that server's log",
};

/** A header that cannot be sent. */
export function badHeaderFault(name: string, { state, fix }: BadHeader): Fault {
  return { code: "misconfigured", state: `its header ${name} ${state}`, advice: fix };
}

/** A status that is no success. */
export function badStatus(status: number): Fault {
  return { code: "http_status", state: `it answered ${nameOfStatus(status)}`, advice: adviceFor(status) };
}

function nameOfStatus(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} ${name}`;
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return "Check its headers and what they are filled with";
  if (status === 404 || status === 405 || status === 410) return "Check its url and method";
  if (status === 413) return "Let that server take larger requests";
  if (status === 429) return "Send less, or raise its retry_count and timeout";
  if (status >= 500) return "See what is wrong with that server, or raise its retry_count";
  return "See what that server expects";
}

/** A redirect that is not followed. */
export function redirected(status: number, where: string): Fault {
  const state = `it answered ${nameOfStatus(status)} and pointed to ${where}, where nothing was sent`;
  return { code: "redirected", state, advice: "Write the address it has now" };
}

/** More redirects than anybody means. */
export function redirectedTooOften(hops: number): Fault {
  const state = `it was redirected more than ${hops} times`;
  return { code: "redirected", state, advice: "Write the address it has now" };
}

const CLOSED = "the connection was closed before it answered";
const UNREACHABLE = "there is no way to that host";

/** What the codes of Node and undici mean. */
const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  ENOTFOUND: "no such host is known",
  EAI_AGAIN: "its host could not be looked up",
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  UND_ERR_CONNECT_TIMEOUT: `there was no connection within ${CONNECT_MS} ms`,
  UND_ERR_ABORTED: "the proxy did not let it through",
};

const UNTRUSTED =
  /^(?:CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|UND_ERR_PRX_TLS)/;
const INSECURE = /^(?:ERR_TLS_|ERR_SSL_|EPROTO)/;

/**
 * Says what an error means that came instead of a status, and whether it may go better the next time. The error's own text is told to
 * nobody: who knows what is in it.
 */
export function faultOf(error: unknown): { readonly fault: Fault; readonly passing: boolean } {
  const code = codeOf(error) ?? "unknown";
  if (code === BAD_PROXY) return { fault: NO_PROXY, passing: false };
  if (UNTRUSTED.test(code) || INSECURE.test(code)) return { fault: notSecure(code), passing: false };
  const state = STATES[code] ?? (/^E[A-Z]+$/.test(code) ? `the connection failed (${code})` : undefined);
  if (state === undefined) return { fault: noHttp(code), passing: false };
  const advice = "See that the server runs, and can be reached from here";
  return { fault: { code: "connection_failed", state, advice }, passing: true };
}

const NO_PROXY: Fault = {
  code: "misconfigured",
  state: "HTTPS_PROXY in the environment is no address",
  advice: "Write http:// and the proxy's host",
};

function notSecure(code: string): Fault {
  if (UNTRUSTED.test(code)) {
    const advice = "Renew it, or name the file of its authority in NODE_EXTRA_CA_CERTS";
    return { code: "tls_failed", state: `its certificate cannot be trusted (${code})`, advice };
  }
  const advice = "See that the server speaks TLS 1.2 or later at that port";
  return { code: "tls_failed", state: `no secure connection could be made (${code})`, advice };
}

function noHttp(code: string): Fault {
  const state = code === "unknown" ? "what came back is no HTTP" : `what came back cannot be read (${code})`;
  return { code: "bad_answer", state, advice: "See what listens at that address" };
}
