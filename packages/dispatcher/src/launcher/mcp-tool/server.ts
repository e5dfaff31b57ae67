/** One server: its connection, opened with the first call, kept, and opened again after it ended. */

import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { CallToolResult } from "@modelcontextprotocol/client";
import { createBreaker, FAILURES_TO_OPEN, OPEN_MS } from "../../breaker.ts";
import type { McpServer } from "../../contracts.ts";
import type { CarrierTools } from "../call.ts";
import { Connection } from "./connection.ts";
import { breakerFault, closedFault, Fault } from "./faults.ts";
import { type Hide, hiderFor } from "./secrets.ts";

/** After one failure; twice as long after each further one. */
const FIRST_PAUSE_MS = 250;

/** A call that was carried out, as far as it got. */
export interface Called {
  readonly result: CallToolResult | Fault;
  readonly log: string | undefined;
}

/** A server that is used by any number of hooks. */
export class Server {
  readonly #definition: McpServer;
  readonly #tools: CarrierTools;
  /** Takes out of its texts what it was given in confidence. */
  readonly hide: Hide;
  readonly #breaker = createBreaker();
  /** The one in use, be it that it is still being opened. */
  #current: Promise<Connection> | undefined;
  /** The same, once it is ready. */
  #ready: Connection | undefined;
  /** All that are not gone. */
  readonly #alive = new Set<Connection>();
  readonly #ending = new Set<Promise<void>>();
  /** Failures since the last answer. */
  #failures = 0;
  #lastFault: Fault | undefined;
  /** Of `performance.now()`: before that it is not tried again. */
  #notBefore = 0;
  readonly #closing = new AbortController();

  constructor(definition: McpServer, tools: CarrierTools) {
    this.#definition = definition;
    this.#tools = tools;
    this.hide = hiderFor(definition, tools.env);
  }

  /** Calls a tool. Whatever goes wrong is a fault. A call that the server has not even looked at is made once more. */
  async call(tool: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Called> {
    let connection: Connection | undefined;
    try {
      connection = await unlessAborted(this.#connection(), signal);
      const first = await this.#callOver(connection, tool, args, signal);
      if (!(first instanceof Fault) || !connection.isUntried(first)) return told(first, connection);
      connection = await unlessAborted(this.#renew(connection), signal);
      return told(await this.#callOver(connection, tool, args, signal), connection);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return told(error, connection);
    }
  }

  /** Ends it. Settles when nothing of it is left. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const connection of this.#alive) this.#end(connection);
    await Promise.allSettled([this.#current]);
    while (this.#ending.size > 0) await Promise.allSettled(this.#ending);
  }

  async #callOver(
    connection: Connection,
    tool: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<CallToolResult | Fault> {
    try {
      const result = await connection.call(tool, args, signal);
      this.#onAnswer();
      return result;
    } catch (error) {
      const fault = error as Fault;
      if (signal.aborted || connection.over) return fault;
      if (fault.unsent) return fault;
      if (fault.code === "server_ended") this.#lose(connection, fault);
      else this.#onAnswer();
      return fault;
    }
  }

  #connection(): Promise<Connection> {
    if (this.#current !== undefined) return this.#current;
    if (!this.#breaker.allows()) return Promise.reject(this.#leftAlone());
    return this.#open();
  }

  /** In place of one whose session, or process, is over; that is no failure. */
  #renew(old: Connection): Promise<Connection> {
    if (this.#ready === old) {
      this.#forget(old);
      // Others that still wait for it have to hear for themselves.
      void old.idle().then(() => this.#end(old));
    }
    return this.#current ?? this.#open();
  }

  #open(): Promise<Connection> {
    const opening = this.#begin();
    this.#current = opening;
    opening.catch((fault: Fault) => {
      if (this.#current === opening) this.#current = undefined;
      if (fault.code !== "closed") this.#onFailure(fault);
    });
    return opening;
  }

  async #begin(): Promise<Connection> {
    const wait = this.#notBefore - performance.now();
    if (wait > 0) await pause(wait, undefined, { signal: this.#closing.signal }).catch(() => {});
    if (this.#closing.signal.aborted) throw closedFault();
    const connection: Connection = new Connection(this.#definition, this.#tools, this.hide, () => {
      const { end } = connection;
      if (this.#ready === connection && end !== undefined && end.code !== "closed") this.#lose(connection, end);
    });
    this.#alive.add(connection);
    try {
      await connection.open();
      if (connection.over) throw connection.end ?? closedFault();
    } catch (error) {
      this.#end(connection);
      throw error;
    }
    this.#ready = connection;
    return connection;
  }

  /** A connection that was ready is so no more. */
  #lose(connection: Connection, why: Fault): void {
    if (this.#ready !== connection) return;
    this.#forget(connection);
    this.#end(connection);
    this.#onFailure(why);
  }

  /** The next call opens a new one. */
  #forget(connection: Connection): void {
    if (this.#ready !== connection) return;
    this.#ready = undefined;
    this.#current = undefined;
  }

  #end(connection: Connection): void {
    if (!this.#alive.delete(connection)) return;
    const ending = connection.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #onAnswer(): void {
    this.#failures = 0;
    this.#breaker.succeeded();
  }

  #onFailure(why: Fault): void {
    this.#lastFault = why;
    this.#notBefore = performance.now() + FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 6);
    this.#failures += 1;
    this.#breaker.failed();
  }

  #leftAlone(): Fault {
    return breakerFault(FAILURES_TO_OPEN, OPEN_MS / 1000, this.#lastFault?.state ?? "it failed");
  }
}

function told(result: CallToolResult | Fault, connection: Connection | undefined): Called {
  return { result, log: connection?.log };
}

/** Nobody waits any longer than the call has time; what it waited for goes on without it. */
function unlessAborted<T>(what: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((settle, reject) => {
    const give = (): void => reject(closedFault());
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    what.then(settle, reject).finally(() => signal.removeEventListener("abort", give));
  });
}
