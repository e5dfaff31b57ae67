/** What can be wrong with a server, in words: every text about one. Which call hears of it is said by whoever made the call. */
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError, UnauthorizedError } from "@modelcontextprotocol/client";
import type { McpServer } from "../../contracts.ts";
import type { Why } from "../ends.ts";
import { hostOf, whyNotStarted } from "../ends.ts";
import { codeOf, textOf } from "../folders.ts";
import type { Env } from "../platform.ts";
import type { Exit } from "../process-group.ts";

/** A server, or what came from it, is not as it should be. */
export class Fault extends Error implements Why {
  readonly code: string;
  readonly state: string;
  readonly advice: string;
  /** HTTP status, when it is about one. */
  readonly status: number | undefined;
  /** Whether the server certainly never saw what it is about. */
  readonly unsent: boolean = false;

  constructor(code: string, state: string, advice: string, status?: number) {
    super(state);
    this.code = code;
    this.state = state;
    this.advice = advice;
    this.status = status;
  }
}

/** A number of JSON-RPC: what arrived is no JSON. Also said by our own transports about what they cannot read. */
export const UNREADABLE = -32_700;

/** The longest message of a server, in bytes. */
export const LONGEST_MESSAGE: number = 4 * 1024 * 1024;

/** How much a server's own words may be in a message. */
const LONGEST_WORDS = 500;

/** A text on one line, cut. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_WORDS ? line : `${line.slice(0, LONGEST_WORDS - 1)}…`;
}

/** Its program could not be started. */
export function notStartedFault(argv: readonly string[], error: unknown, env: Env, cwd: string): Fault {
  const { state, advice } = whyNotStarted({ argv }, error, env, cwd);
  return new Fault("server_not_started", `its server "${argv[0]}" cannot be started: ${state}`, advice);
}

/** Its process ended by itself. `ready`: after it had begun to work. */
export function exitedFault(exit: Exit, said: string, log: string | undefined, ready: boolean): Fault {
  const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`;
  const when = ready ? "" : " before it was ready";
  const words = said === "" ? "" : `: ${oneLine(said)}`;
  return new Fault(ready ? "server_ended" : "server_not_started", `its server ${how}${when}${words}`, look(log));
}

function look(log: string | undefined): string {
  return log === undefined ? "Try its command in a terminal" : `See ${log}`;
}

/** It lives and does not talk to us any more. */
export function silentFault(what: "stdin" | "stdout", log: string | undefined): Fault {
  return new Fault("server_ended", `its server closed its ${what}, so it was stopped`, look(log));
}

/** It lives and takes nothing that it is sent. */
export function unreadFault(bytes: number): Fault {
  const state = `its server has left ${bytes} bytes on its stdin unread, so it was stopped`;
  return new Fault("server_ended", state, "Let it read its stdin while its tools work");
}

/** It was gone before a message reached it. */
export function unsentFault(): Fault {
  const fault = new Fault("server_ended", "its server ended before it had the call", "Try its command in a terminal");
  return Object.assign(fault, { unsent: true });
}

/** It sends more than anybody reads. */
export function tooLongFault(): Fault {
  const state = `its server sent a message of more than ${LONGEST_MESSAGE} bytes`;
  return new Fault("bad_answer", state, "Let its tools answer with less");
}

/** What it sent is no message of MCP. */
export function unreadableFault(why: string): Fault {
  return new Fault(
    "bad_answer",
    `its server sent no answer that can be read (${why})`,
    "Let it print messages of MCP only",
  );
}

/** It was not ready in time. */
export function slowStartFault({ startup_timeout_ms }: McpServer, log: string | undefined): Fault {
  const state = `its server was not ready after ${startup_timeout_ms} ms, so it was stopped`;
  const advice = log === undefined ? "" : ` See ${log}`;
  const text = `Let it begin sooner, or raise startup_timeout_sec of its mcp_servers entry${advice === "" ? "" : `.${advice}`}`;
  return new Fault("server_not_started", state, text);
}

/** A variable that holds a header's value is not there. */
export function unsetFault(variable: string, { name }: McpServer): Fault {
  const advice = `Set it where the agent is started, or take it out of mcp_servers.${name}`;
  return new Fault("server_not_started", `the environment variable ${variable} is not set`, advice);
}

/** A variable that holds a header's value holds what no header can. */
export function unfitFault(variable: string): Fault {
  const state = `the environment variable ${variable} holds line breaks or signs that no header can have`;
  return new Fault("server_not_started", state, "Set it to the value alone");
}

/** Its address is a secret. */
export function credentialsFault(): Fault {
  return new Fault(
    "server_not_started",
    "its url holds a password",
    "Put it into a variable and name that in env_http_headers",
  );
}

/** A server in the network that anybody could listen to. */
export function insecureFault(url: string): Fault {
  return new Fault("server_not_started", `its server "${hostOf(url)}" is reached without encryption`, "Write https");
}

/** Its address is none. It is not shown: it may hold a secret. */
export function badUrlFault(): Fault {
  return new Fault("server_not_started", "its url is no address", "Write one that begins with https://");
}

/** It failed again and again. */
export function breakerFault(times: number, seconds: number, last: string): Fault {
  const state = `its server failed ${times} times in a row and is left alone for ${seconds} s; at last ${last}`;
  return new Fault("breaker_open", state, "Mend it, and it is tried again");
}

/** We are closing. */
export function closedFault(): Fault {
  return new Fault("closed", "the dispatcher was closed", "Give close() a larger budget");
}

/** What went wrong, whatever was thrown. */
export interface Circumstances {
  readonly server: McpServer;
  /** Before it had answered `initialize`, or after. */
  readonly phase: "start" | "call";
  /** Why the connection ended, when it has. */
  readonly end: Fault | undefined;
}

/** Says what an error of the client means. */
export function faultOf(error: unknown, circumstances: Circumstances): Fault {
  if (error instanceof Fault) return error;
  const { phase, end, server } = circumstances;
  if (end !== undefined && (end.code === "closed" ? isLost(error) : !(error instanceof ProtocolError))) return end;
  if (error instanceof UnauthorizedError) return statusFault(401, "", server, phase);
  if (error instanceof SdkHttpError) return statusFault(error.status, wordsIn(error.data.text), server, phase);
  if (error instanceof ProtocolError) return refused(error, phase);
  if (error instanceof SdkError && UNREADABLE_CODES.has(error.code)) return unreadableFault(oneLine(error.message));
  if (error instanceof SyntaxError || (error as Error | undefined)?.name === "ZodError") {
    return unreadableFault(error instanceof SyntaxError ? oneLine(error.message) : "it is no message of JSON-RPC");
  }
  return unreachable(error, server, phase);
}

/** Whether it only says that the connection was closed, and not why. */
function isLost(error: unknown): boolean {
  if (error instanceof SdkError) return LOST_CODES.has(error.code);
  const { name, message } = error as Error;
  return name === "AbortError" || message === "Not connected";
}

const LOST_CODES: ReadonlySet<string> = new Set([SdkErrorCode.ConnectionClosed, SdkErrorCode.NotConnected]);

const UNREADABLE_CODES: ReadonlySet<string> = new Set([
  SdkErrorCode.InvalidResult,
  SdkErrorCode.UnsupportedResultType,
  SdkErrorCode.ClientHttpUnexpectedContent,
]);

function wordsIn(text: unknown): string {
  return typeof text === "string" ? oneLine(text) : "";
}

function refused(error: ProtocolError, phase: Circumstances["phase"]): Fault {
  if (error.code === UNREADABLE) return unreadableFault(oneLine(error.message));
  const words = oneLine(error.message);
  if (phase === "start") {
    return new Fault("server_not_started", `its server refuses to begin: ${words}`, "Give it what it wants");
  }
  return new Fault(
    "tool_refused",
    `its server refuses the call: ${words}`,
    "Correct the name of the tool and its arguments",
  );
}

function statusFault(status: number, words: string, server: McpServer, phase: Circumstances["phase"]): Fault {
  const code = phase === "start" ? "server_not_started" : "tool_refused";
  const says = words === "" ? "" : `: ${words}`;
  const state = `its server ${placeOf(server)} answered with status ${status}${says}`;
  return new Fault(code, state, adviceFor(status, server), status);
}

/** Whoever is turned away has to know which of the variables is the wrong one. */
function adviceFor(status: number, { name, transport }: McpServer): string {
  if (status !== 401 && status !== 403) return "Correct its url, or see the log of that server";
  if (transport.kind !== "http") return "Correct its url";
  const { bearer_token_env_var, env_headers } = transport;
  const variables = [
    ...(bearer_token_env_var === undefined ? [] : [bearer_token_env_var]),
    ...Object.values(env_headers),
  ];
  if (variables.length === 0)
    return `Name the variable that holds its token: bearer_token_env_var of mcp_servers.${name}`;
  return `Set ${variables.join(" and ")} to what it accepts`;
}

function unreachable(error: unknown, server: McpServer, phase: Circumstances["phase"]): Fault {
  const cause = (error as Error | undefined)?.cause;
  const why = codeOf(cause) ?? codeOf(error) ?? (cause === undefined ? textOf(error) : textOf(cause));
  const code = phase === "start" ? "server_not_started" : "server_ended";
  return new Fault(
    code,
    `its server ${placeOf(server)} cannot be reached (${oneLine(why)})`,
    "Start it, or correct its url",
  );
}

function placeOf({ transport }: McpServer): string {
  return `"${transport.kind === "http" ? hostOf(transport.url) : (transport.argv[0] ?? "")}"`;
}
