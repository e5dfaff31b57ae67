/**
 * A server that is a process: messages go to its stdin and come from its stdout, one per line.
 *
 * Our own instead of the client's, because here a whole process group is ended, nothing that it prints is lost or fills a disk, and the
 * call whose answer cannot be read hears of it.
 */

import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { deserializeMessage, type JSONRPCMessage, type RequestId, type Transport } from "@modelcontextprotocol/client";
import { DEPTH, type McpServer } from "../../contracts.ts";
import type { CarrierTools } from "../call.ts";
import { closeFile, textOf, writeAll } from "../folders.ts";
import type { LogFile } from "../log-files.ts";
import { type Env, invocationOf, SAFE_VARIABLES } from "../platform.ts";
import { type Exit, type Group, startGroup } from "../process-group.ts";
import {
  closedFault,
  exitedFault,
  type Fault,
  LONGEST_MESSAGE,
  notStartedFault,
  silentFault,
  tooLongFault,
  UNREADABLE,
  unreadFault,
  unsentFault,
} from "./faults.ts";
import { Lines } from "./lines.ts";
import type { Hide } from "./secrets.ts";

/** What it is told in a definition. */
type Stdio = Extract<McpServer["transport"], { kind: "stdio" }>;

/** How long it has to end once its stdin has. */
const STDIN_GRACE_MS = 1_000;

/** How long its last words may come after it has ended. */
const LAST_WORDS_MS = 200;

/** How long it may stay after it closed its stdin or stdout: ending takes a while, and says more. */
const SILENT_MS = 1_000;

/** A server that reads nothing must not fill our memory. */
const MOST_UNREAD: number = 16 * 1024 * 1024;

/** A longer line of its stderr is cut. */
const LONGEST_LOG_LINE: number = 64 * 1024;

/** How much of what it prints beside messages goes to its log. */
const MOST_LOGGED: number = 1024 * 1024;

/** What programs print for people does not begin so. */
const BEGINS_AS_MESSAGE = /^\s*\{\s*"(?:jsonrpc|id|result|error)"/;

/** The environment of a server: what is safe, what its definition asks for and gives, and what nobody can change. */
export function environmentFor({ env, env_vars }: Stdio, outside: Env): Env {
  const wanted = [...SAFE_VARIABLES, "CODEX_HOME", ...env_vars];
  const taken = wanted.flatMap((name) => (outside[name] === undefined ? [] : [[name, outside[name]] as const]));
  const depth = outside[DEPTH];
  return { ...Object.fromEntries(taken), ...env, ...(depth === undefined ? {} : { [DEPTH]: depth }) };
}

/** A server process, as the client's transport. */
export class ServerProcess implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #stdio: Stdio;
  readonly #name: string;
  readonly #tools: CarrierTools;
  readonly #hide: Hide;
  readonly #env: Env;
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};
  #group: Group | undefined;
  #log: LogFile | undefined;
  #room: number = MOST_LOGGED;
  #lastWords = "";
  /** Ids of requests that have no answer yet. */
  readonly #waiting = new Set<RequestId>();
  #ready = false;
  #exited = false;
  /** How many of these are still to come: its last words, and the end of its group. */
  #open = 2;
  #end: Fault | undefined;

  /** @param hide takes out of its words what it was given in confidence */
  constructor(name: string, stdio: Stdio, tools: CarrierTools, hide: Hide) {
    this.#name = name;
    this.#stdio = stdio;
    this.#tools = tools;
    this.#env = environmentFor(stdio, tools.env);
    this.#hide = hide;
    this.#gone = new Promise((settle) => {
      this.#tellGone = settle;
    });
  }

  /** Why it ended, once it has. */
  get end(): Fault | undefined {
    return this.#end;
  }

  /** Where its output went, when it had any. */
  get log(): string | undefined {
    return this.#log?.path;
  }

  /** It has begun to work. */
  setProtocolVersion(): void {
    this.#ready = true;
  }

  start(): Promise<void> {
    const { argv, cwd = this.#tools.env.CODEX_HOME ?? "." } = this.#stdio;
    return new Promise((settle, reject) => {
      const failed = (error: unknown): void => {
        const fault = notStartedFault(argv, error, this.#env, cwd);
        this.#tellGone();
        this.#finish(fault);
        reject(fault);
      };
      try {
        this.#group = startGroup(
          {
            ...{ invocation: invocationOf({ argv }, this.#env), cwd, env: this.#env },
            ...{ stdin: "pipe", stdout: "pipe", stderr: "pipe", timeout_ms: Number.POSITIVE_INFINITY },
            ...{ linger_ms: this.#tools.linger_ms, kill_grace_ms: this.#tools.kill_grace_ms },
          },
          { failed, expired: () => {}, gone: () => this.#onClosed(), exit: (exit) => this.#onExit(exit) },
        );
      } catch (error) {
        failed(error);
        return;
      }
      if (this.#group.pid === undefined) return;
      this.#listen(this.#group.pipes);
      settle();
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#group?.pipes.stdin;
    if (this.#end !== undefined || stdin == null) throw this.#end ?? closedFault();
    if ("id" in message && "method" in message) this.#waiting.add(message.id);
    await new Promise<void>((settle, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(unsentFault()) : settle()));
      if (stdin.writableLength > MOST_UNREAD) this.#break(unreadFault(stdin.writableLength));
    });
  }

  /** Its stdin ends; then TERM, then KILL to all of its group. Settles when nothing of it is left. Never rejects. */
  async close(): Promise<void> {
    this.#finish(closedFault());
    if (this.#group?.pid === undefined) return;
    this.#group.pipes.stdin?.end();
    const grace = setTimeout(() => this.#group?.stop(), STDIN_GRACE_MS);
    if (this.#exited) this.#group.stop();
    await this.#gone;
    clearTimeout(grace);
  }

  #listen({ stdin, stdout, stderr }: Group["pipes"]): void {
    stdin?.on("error", () => this.#onSilent("stdin"));
    const messages = new Lines(LONGEST_MESSAGE, (line, cut) => this.#onLine(line, cut));
    const words = new Lines(LONGEST_LOG_LINE, (line) => this.#onWords(line));
    pour(stdout, messages);
    pour(stderr, words);
    stdout?.on("end", () => this.#onSilent("stdout"));
  }

  #onLine(line: string, cut: boolean): void {
    if (this.#end !== undefined) return;
    if (cut) {
      this.#break(tooLongFault());
      return;
    }
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch {
      this.#onOther(line);
      return;
    }
    if ("id" in message && message.id !== undefined && !("method" in message)) this.#waiting.delete(message.id);
    this.onmessage?.(message);
  }

  /** Programs print banners. But what means to be a message and is none, somebody waits for. */
  #onOther(line: string): void {
    this.#write(line);
    if (!BEGINS_AS_MESSAGE.test(line)) return;
    const named = [...line.matchAll(/"id"\s*:\s*(\d{1,15})\b/g)].map(([, id]) => Number(id));
    const meant = named.filter((id) => this.#waiting.has(id));
    for (const id of meant.length > 0 ? meant : [...this.#waiting]) {
      this.#waiting.delete(id);
      this.onmessage?.({ jsonrpc: "2.0", id, error: { code: UNREADABLE, message: "it is no message of JSON-RPC" } });
    }
  }

  #onWords(line: string): void {
    if (line.trim() !== "") this.#lastWords = this.#hide(line);
    this.#write(line);
  }

  #write(line: string): void {
    if (this.#room <= 0) return;
    this.#room -= line.length + 1;
    const text = this.#room > 0 ? this.#hide(line) : "[more is left out]";
    try {
      this.#log ??= this.#openLog();
      writeAll(this.#log.fd, Buffer.from(`${text}\n`));
    } catch (error) {
      this.#room = 0;
      this.#tools.trouble(
        `Cannot keep the output of MCP server "${this.#name}": ${textOf(error)}. See that its folder is writable.`,
      );
    }
  }

  #openLog(): LogFile {
    const log = this.#tools.logs.create(`mcp-${randomUUID()}`);
    this.#tools.logs.trim();
    return log;
  }

  /** A process that has just ended says more by the way it did. */
  #onSilent(what: "stdin" | "stdout"): void {
    setTimeout(() => {
      if (!this.#exited) this.#break(silentFault(what, this.log));
    }, SILENT_MS).unref();
  }

  /** It cannot be used any longer, and is ended. */
  #break(why: Fault): void {
    if (this.#end !== undefined) return;
    this.#finish(why);
    this.#group?.stop();
  }

  #onExit(exit: Exit): void {
    this.#exited = true;
    const { stdout, stderr } = this.#group?.pipes ?? {};
    // What it said before it ended is on its way; what it left running may hold the pipes open.
    let done = false;
    const finish = (): void => {
      if (done) return;
      done = true;
      clearTimeout(late);
      this.#finish(exitedFault(exit, this.#lastWords, this.log, this.#ready));
      if (this.#end?.code === "closed") this.#group?.stop();
      stdout?.destroy();
      stderr?.destroy();
      this.#onClosed();
    };
    const late = setTimeout(finish, LAST_WORDS_MS);
    void Promise.all([closed(stdout), closed(stderr)]).then(finish);
  }

  /** Nobody hears anything of it after this. */
  #finish(why: Fault): void {
    if (this.#end !== undefined) return;
    this.#end = why;
    this.#waiting.clear();
    this.onclose?.();
  }

  #onClosed(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#room = 0;
    closeFile(this.#log?.fd);
    this.#log?.release();
    this.#tellGone();
  }
}

function pour(stream: Readable | null | undefined, lines: Lines): void {
  stream?.on("data", (chunk: Buffer) => lines.push(chunk));
  stream?.on("end", () => lines.end());
  stream?.on("error", () => {});
}

function closed(stream: Readable | null | undefined): Promise<void> {
  if (stream == null || stream.closed) return Promise.resolve();
  return new Promise((settle) => stream.once("close", () => settle()));
}
