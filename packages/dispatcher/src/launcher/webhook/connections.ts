/** Connections to servers: kept and used again, a bounded number of them, certificates always checked, through a proxy where there is one. */
import type { Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { RunBase } from "../../contracts.ts";
import { isLoopback } from "../../http-rules.ts";
import type { Env } from "../platform.ts";

/** To one server at once, in each lane. */
const MOST_CONNECTIONS = 16;

/** A server that has not let us in by then lets nobody in. */
export const CONNECT_MS = 10_000;

/** What is sent. */
export interface Outgoing extends Pick<Dispatcher.RequestOptions, "body" | "headers" | "signal"> {
  readonly url: URL;
  readonly method: string;
  readonly lane: RunBase["lane"];
}

/** The connections of one launcher. */
export interface Connections {
  /** Sends a request; settles when its status has come. Follows nothing. */
  readonly send: (outgoing: Outgoing) => Promise<Dispatcher.ResponseData>;
  /** Lets go of all of them, of those that are being made too. */
  readonly close: () => Promise<void>;
}

/** @param env where a proxy may be named: `HTTPS_PROXY` and `NO_PROXY`, or the same in small letters */
export function openConnections(env: Env): Connections {
  const agents = new Map<string, Dispatcher>();
  const connecting = new Set<Socket>();
  const connect = connectorOf(connecting);

  function agentFor(url: URL, lane: string): Dispatcher {
    // A decision must not wait behind observers, not even for a connection.
    const name = `${lane} ${isLoopback(url) ? "here" : "there"}`;
    const agent = agents.get(name) ?? (isLoopback(url) ? new Agent(settings(connect)) : outside(connect, env));
    agents.set(name, agent);
    return agent;
  }

  return {
    send: ({ url, lane, method, ...rest }) =>
      agentFor(url, lane).request({
        ...rest,
        method: method as Dispatcher.HttpMethod,
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
      }),
    close: async () => {
      for (const socket of connecting) socket.destroy();
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

/** A deadline is over all of a run: none of its parts needs one. */
function settings(connect: buildConnector.connector): Agent.Options {
  return { connect, connections: MOST_CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 };
}

/** What leaves this machine is https, so no other proxy counts. */
function outside(connect: buildConnector.connector, env: Env): Dispatcher {
  const tls = { rejectUnauthorized: true, timeout: CONNECT_MS };
  return new EnvHttpProxyAgent({
    ...settings(connect),
    httpProxy: "",
    httpsProxy: proxyIn(env),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? "",
    requestTls: tls,
    proxyTls: tls,
  });
}

/** Code of the error of a request that would go through a proxy whose address is none. */
export const BAD_PROXY = "bad_proxy";

/** The proxy's address, without a scheme as many write it; "" when there is none. */
function proxyIn(env: Env): string {
  const text = env.https_proxy ?? env.HTTPS_PROXY ?? "";
  if (text === "") return "";
  const address = text.includes("://") ? text : `http://${text}`;
  if (URL.canParse(address) && /^https?:/.test(address)) return address;
  throw Object.assign(new Error("the proxy has no address"), { code: BAD_PROXY });
}

/** Makes connections and keeps in mind those that are not there yet: nobody else knows how to give them up. */
function connectorOf(connecting: Set<Socket>): buildConnector.connector {
  // Said here, no variable of the environment can say otherwise.
  const connect = buildConnector({ rejectUnauthorized: true, timeout: CONNECT_MS });
  return (options, callback) => {
    const socket = connect(options, (...result) => {
      connecting.delete(socket);
      callback(...result);
    }) as unknown as Socket;
    connecting.add(socket);
  };
}
