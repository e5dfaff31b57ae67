/** One connection to one server, from its start to its end. */
import { readFileSync } from "node:fs";
import { type CallToolResult, Client, type Transport } from "@modelcontextprotocol/client";
import type { McpServer } from "../../contracts.ts";
import type { CarrierTools } from "../call.ts";
import { type Fault, faultOf, slowStartFault } from "./faults.ts";
import { ServerRequests } from "./http.ts";
import type { Hide } from "./secrets.ts";
import { ServerProcess } from "./stdio.ts";

/** The client's own limit must not end a call before its deadline does. */
const NEVER_MS: number = 2 ** 31 - 1;

/** What the client speaks over, and what is known about it. */
interface Wire extends Transport {
  /** Why it ended, once it has. */
  readonly end: Fault | undefined;
  readonly log: string | undefined;
  /** Does something whose requests are given up with a signal. Absent where there is only one channel. */
  within?<T>(signal: AbortSignal, act: () => T): T;
}

/** A connection. */
export class Connection {
  readonly #server: McpServer;
  readonly #wire: Wire;
  readonly #client: Client;
  #over = false;
  #calls = 0;
  #onIdle: (() => void) | undefined;
  #tooLate: Fault | undefined;

  /**
   * @param hide takes out of a text what the server was given in confidence
   * @param onEnd it ended, whoever ended it; called once
   * @throws Fault when it is not even worth a try
   */
  constructor(server: McpServer, tools: CarrierTools, hide: Hide, onEnd: () => void) {
    this.#server = server;
    this.#wire = wireFor(server, tools, hide);
    // No capabilities: a hook's server gets nothing from us but calls.
    this.#client = new Client({ name: "xcodex-hooks", version: version() }, { capabilities: {} });
    this.#client.onclose = () => {
      if (this.#over) return;
      this.#over = true;
      onEnd();
    };
  }

  /** Where the server's output went, when it had any. */
  get log(): string | undefined {
    return this.#wire.log;
  }

  /** Whether it can be used no longer. */
  get over(): boolean {
    return this.#over;
  }

  /** Why it ended, once it has. */
  get end(): Fault | undefined {
    return this.#wire.end;
  }

  /** Begins. Rejects with a fault, and has then been closed. */
  async open(): Promise<void> {
    const { startup_timeout_ms } = this.#server;
    const timer = setTimeout(() => {
      this.#tooLate = slowStartFault(this.#server, this.log);
      void this.close();
    }, startup_timeout_ms);
    try {
      await this.#client.connect(this.#wire, { timeout: NEVER_MS });
    } catch (error) {
      void this.close();
      throw this.#tooLate ?? faultOf(error, { server: this.#server, phase: "start", end: this.end });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls a tool. Rejects with a fault. Aborting tells the server that nobody waits any more. */
  async call(tool: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<CallToolResult> {
    const call = (): Promise<CallToolResult> =>
      this.#client.callTool({ name: tool, arguments: { ...args } }, { signal, timeout: NEVER_MS });
    this.#calls += 1;
    try {
      return await (this.#wire.within?.(signal, call) ?? call());
    } catch (error) {
      throw faultOf(error, { server: this.#server, phase: "call", end: this.end });
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onIdle?.();
    }
  }

  /** Settles when no call is under way. */
  idle(): Promise<void> {
    if (this.#calls === 0) return Promise.resolve();
    return new Promise((settle) => {
      this.#onIdle = settle;
    });
  }

  /**
   * Whether a call was not even looked at, and may be made again: the server had ended, or it has forgotten us, because it was restarted
   * or the session has expired.
   */
  isUntried({ status, unsent }: Fault): boolean {
    return unsent || (this.#wire.sessionId !== undefined && (status === 404 || status === 400));
  }

  /** Ends it. Settles when nothing of the server is left. Never rejects. */
  close(): Promise<void> {
    return this.#wire.close().catch(() => {});
  }
}

function wireFor(server: McpServer, tools: CarrierTools, hide: Hide): Wire {
  const { name, transport } = server;
  return transport.kind === "stdio"
    ? new ServerProcess(name, transport, tools, hide)
    : new ServerRequests(server, transport, tools.env);
}

/** What servers are told about us. The file is further up when all is in one bundle. */
function version(): string {
  for (const path of ["../../../package.json", "../package.json"]) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version?: string };
      if (manifest.version !== undefined) return manifest.version;
    } catch {
      // Not there: the next one.
    }
  }
  return "0";
}
