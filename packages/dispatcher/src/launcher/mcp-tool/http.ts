/** A server that is reached by HTTP: the client's transport, with what its definition asks for and with limits. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type JSONRPCMessage, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { McpServer } from "../../contracts.ts";
import { hasUser, isHeaderValue, isPrivate } from "../../http-rules.ts";
import type { Env } from "../platform.ts";
import {
  badUrlFault,
  closedFault,
  credentialsFault,
  type Fault,
  insecureFault,
  LONGEST_MESSAGE,
  tooLongFault,
  UNREADABLE,
  unfitFault,
  unsetFault,
} from "./faults.ts";

/** What it is told in a definition. */
type Http = Extract<McpServer["transport"], { kind: "http" }>;

/** What the client's class takes. */
type SendOptions = Parameters<StreamableHTTPClientTransport["send"]>[1];

/** How long a server may take to hear that its session is over. */
const FAREWELL_MS = 1_000;

/** A server in the network, as the client's transport. */
export class ServerRequests extends StreamableHTTPClientTransport implements Transport {
  /** It writes no log here. */
  readonly log: undefined;
  /** Of the call that a request is made for: the client tells the server that nobody waits, and leaves its own request open. */
  readonly #waiters = new AsyncLocalStorage<AbortSignal>();
  #end: Fault | undefined;
  #tooLong = false;

  /** @throws Fault when a variable of its headers is not set, or the connection would be open to everybody */
  constructor(server: McpServer, http: Http, env: Env) {
    const headers = headersOf(server, http, env);
    super(urlOf(http.url), {
      fetch: (url, init) => this.#fetch(url, init),
      requestInit: { headers },
      onInsufficientScope: "throw",
    });
  }

  /** Why it ended, once it has. */
  get end(): Fault | undefined {
    return this.#end;
  }

  /** Does something whose requests are given up with a signal. */
  within<T>(signal: AbortSignal, act: () => T): T {
    return this.#waiters.run(signal, act);
  }

  /** A stream that ends without the answer has to be told: nobody else does, and the call would wait until its deadline. */
  override send(message: JSONRPCMessage | JSONRPCMessage[], options?: SendOptions): Promise<void> {
    const id = !Array.isArray(message) && "method" in message && "id" in message ? message.id : undefined;
    if (id === undefined) return super.send(message, options);
    const onRequestStreamEnd = (): void => {
      const why = this.#tooLong ? tooLongFault().state : "its answer ended before it was whole";
      this.onmessage?.({ jsonrpc: "2.0", id, error: { code: UNREADABLE, message: why } });
    };
    return super.send(message, { ...options, onRequestStreamEnd });
  }

  override async close(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#end = closedFault();
    const over = new Promise((settle) => setTimeout(settle, FAREWELL_MS).unref());
    await Promise.race([this.terminateSession().catch(() => {}), over]);
    await super.close();
  }

  async #fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    // What a server has to say unasked is nothing to a hook; only an answer that was interrupted is fetched.
    const asks = (init?.method ?? "GET") !== "GET" || new Headers(init?.headers).has("last-event-id");
    if (!asks) return new Response(null, { status: 405 });
    const given = [init?.signal, this.#waiters.getStore()].filter((signal) => signal != null);
    const response = await fetch(url, { ...init, signal: AbortSignal.any(given) });
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(this.#limit()), { status, statusText, headers });
  }

  #limit(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
    let size = 0;
    return new TransformStream({
      transform: (chunk, controller) => {
        size += chunk.byteLength;
        if (size <= LONGEST_MESSAGE) {
          controller.enqueue(chunk);
          return;
        }
        this.#tooLong = true;
        controller.error(tooLongFault());
      },
    });
  }
}

function urlOf(url: string): URL {
  if (!URL.canParse(url)) throw badUrlFault();
  const parsed = new URL(url);
  if (hasUser(parsed)) throw credentialsFault();
  if (!isPrivate(parsed)) throw insecureFault(url);
  return parsed;
}

function headersOf(server: McpServer, http: Http, env: Env): Record<string, string> {
  const value = (variable: string): string => {
    const found = env[variable];
    if (found === undefined || found === "") throw unsetFault(variable, server);
    // Or else the error would show it.
    if (!isHeaderValue(found)) throw unfitFault(variable);
    return found;
  };
  const { headers, env_headers, bearer_token_env_var: bearer } = http;
  const taken = Object.entries(env_headers).map(([header, variable]) => [header, value(variable)] as const);
  const token = bearer === undefined ? {} : { Authorization: `Bearer ${value(bearer)}` };
  return { ...headers, ...Object.fromEntries(taken), ...token };
}
