/** One try: sends the request, follows what may be followed, reads what has to be read. */
import type { Dispatcher } from "undici";
import { type Answer, readAnswerText } from "../../answer.ts";
import type { WebhookRun } from "../../contracts.ts";
import type { Call } from "../call.ts";
import { redirectFrom } from "./address.ts";
import { drainBody, LONGEST_ANSWER, readBody } from "./body.ts";
import type { Connections } from "./connections.ts";
import { retryAfter } from "./pauses.ts";
import { headersAt, type WebhookRequest } from "./request.ts";
import {
  ANSWER_CUT,
  ANSWER_TOO_LARGE,
  badStatus,
  type Fault,
  faultOf,
  redirected,
  redirectedTooOften,
} from "./troubles.ts";

/** What came of a try. */
export type Tried =
  | { readonly answer: Answer }
  | {
      readonly fault: Fault;
      /** Whether it may go better the next time. */
      readonly passing: boolean;
      /** So long the server wants to be left alone, in milliseconds. */
      readonly rest_ms?: number;
    };

const MOST_REDIRECTS = 3;

type Response = Dispatcher.ResponseData;

/** Tries once. Never rejects. */
export async function tryOnce(
  connections: Connections,
  request: WebhookRequest,
  call: Call<WebhookRun>,
): Promise<Tried> {
  const { run } = call;
  const { method, body } = request;
  const headers = headersAt(request, Date.now());
  let { url } = request;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    let response: Response;
    try {
      response = await connections.send({ url, method, body, headers, signal: call.signal, lane: run.lane });
    } catch (error) {
      return faultOf(error);
    }
    const { statusCode: status } = response;
    call.note({ status });
    const location = status >= 300 && status < 400 ? headerIn(response, "location") : undefined;
    if (location === undefined) return outcomeOf(run, response);
    await drainBody(response.body);
    const redirect = redirectFrom(url, status, location);
    if ("refused" in redirect) return { fault: redirected(status, redirect.refused), passing: false };
    url = redirect.follow;
  }
  return { fault: redirectedTooOften(MOST_REDIRECTS), passing: false };
}

async function outcomeOf(run: WebhookRun, response: Response): Promise<Tried> {
  const { statusCode: status, body } = response;
  if (status >= 200 && status < 300) return run.blocks ? readAnswer(response) : silent(response);
  await drainBody(body);
  const fault = badStatus(status);
  if (status !== 429 && status < 500) return { fault, passing: false };
  const rest_ms = retryAfter(headerIn(response, "retry-after"), Date.now());
  return { fault, passing: true, ...(rest_ms === undefined ? {} : { rest_ms }) };
}

async function silent({ body }: Response): Promise<Tried> {
  await drainBody(body);
  return { answer: { kind: "silent" } };
}

async function readAnswer(response: Response): Promise<Tried> {
  if (!mayBeJson(headerIn(response, "content-type"))) return silent(response);
  const read = await readBody(response.body, LONGEST_ANSWER);
  if (read === "too_large") return { fault: ANSWER_TOO_LARGE, passing: false };
  // It has been there and has decided: asking again would be another question.
  if (read === "cut") return { fault: ANSWER_CUT, passing: false };
  const { bytes } = read;
  const encoding = headerIn(response, "content-encoding") ?? "identity";
  if (encoding !== "identity" && bytes.length > 0) {
    return { answer: { kind: "unreadable", why: "it is compressed, and nobody asked for that" } };
  }
  return { answer: readAnswerText(new TextDecoder().decode(bytes)) };
}

/** JSON, and what many servers call it when nobody tells them what it is. A page for people is no answer, whatever is in it. */
function mayBeJson(contentType: string | undefined): boolean {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  return type === "" || type === "application/json" || type === "text/plain" || type.endsWith("+json");
}

function headerIn({ headers }: Response, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
