/** Servers on loopback that do what a test says, try by try, and remember what they were sent. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a server was sent. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a server does with one request. */
export type Step = (response: ServerResponse, request: Received) => void;

/** A server that listens. */
export interface TestServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections that were ever opened. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** Answers with a status, and with a body if there is one. */
export function answer(status: number, body = "", headers: Record<string, string> = {}): Step {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Answers with JSON. */
export function json(value: unknown, status = 200): Step {
  return answer(status, JSON.stringify(value), { "content-type": "application/json" });
}

/** Starts a server. Request by request it takes the next step, and the last one again and again. It stops with the test. */
export async function serve(steps: Step | readonly Step[], tls?: { key: string; cert: string }): Promise<TestServer> {
  const plan = Array.isArray(steps) ? (steps as readonly Step[]) : [steps as Step];
  const received: Received[] = [];
  let opened = 0;
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(one);
      plan[Math.min(received.length, plan.length) - 1]?.(response, one);
    });
  };
  const server: Server = tls ? createSecureServer(tls, take) : createServer(take);
  server.on("connection", () => {
    opened += 1;
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((closed) => void server.close(() => closed()));
  };
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  return { origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`, port, received, connections: () => opened, stop };
}

/** A port at which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
