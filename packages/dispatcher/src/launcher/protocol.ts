/**
 * What the client and the launcher process say to each other.
 *
 * To the launcher, on its stdin, frames: 4 bytes mark, length of the header, length of the body (both 32 bit, big endian), the
 * header as JSON, the body: the payloads of a job, one after the other, as they will be read by hooks. So a payload is encoded
 * once and never parsed. End of file means: finish, then exit.
 *
 * From the launcher, on its stdout: one `RunEnd` per line, news about hosts, and a pong for every ping.
 */
import type {
  Command,
  HostAnswer,
  HostEnd,
  HostEvents,
  HostStart,
  Job,
  Payload,
  Run,
  RunEnd,
  RunRecord,
} from "../contracts.ts";
import type { LauncherOptions } from "./core.ts";
import type { JobBytes } from "./shared-payload.ts";

/** A frame that starts otherwise is none, and nothing after it can be trusted. */
const MARK = 0x58484b31;
const PREFIX_BYTES = 12;

/** No frame is larger: a length beyond it is garbage. */
export const LONGEST_FRAME: number = 512 * 1024 * 1024;

/** The first message: how to work. The environment is inherited, but for what would change the launcher itself. */
export interface Hello {
  readonly type: "hello";
  readonly options: Omit<LauncherOptions, "env">;
  /** Variables for the hooks only. */
  readonly env: Readonly<Record<string, string>>;
}

/** A job; its payloads are in the body, in this order. */
export interface JobMessage {
  readonly type: "job";
  readonly job: Omit<Job, "payloads"> & {
    readonly payloads: readonly (Pick<Payload, "envelope"> & { readonly bytes: number })[];
  };
}

/** A record to append. */
export interface NoteMessage {
  readonly type: "note";
  readonly record: RunRecord;
}

/** Starts a host. */
export interface HostMessage {
  readonly type: "host";
  readonly start: HostStart;
}

/** Something about a host that was started; with `write` the bytes are the body. */
export interface HostOrder {
  readonly type: "host-connected" | "host-write" | "host-end" | "host-stop";
  readonly start_id: string;
  readonly why?: { readonly code: string; readonly message: string };
}

/** What the launcher says about a host, on a line of its own. */
export type HostNews = { readonly host: string } & (
  | { readonly started: Parameters<HostEvents["started"]>[0] }
  | { readonly answered: HostAnswer }
  | { readonly ended: HostEnd }
);

/** Asks whether the launcher is still at work. Answered at once, whatever else it does. */
export interface PingMessage {
  readonly type: "ping";
}

/** Everything the launcher is told. */
export type Message = Hello | JobMessage | NoteMessage | PingMessage | HostMessage | HostOrder;

/** The line that answers a ping. */
export const PONG = '"pong"\n';

/** A frame as it arrived. */
export interface Frame {
  readonly header: Buffer;
  readonly body: Buffer;
}

/** Encodes a message that has no body. */
export function encodeMessage(message: Exclude<Message, JobMessage>): Buffer {
  return encodeFrame(JSON.stringify(message), []);
}

/** Encodes bytes for the stdin of a host. */
export function encodeHostWrite(startId: string, bytes: Buffer): Buffer {
  const order: HostOrder = { type: "host-write", start_id: startId };
  const frame = encodeFrame(JSON.stringify(order), []);
  frame.writeUInt32BE(bytes.length, 8);
  return Buffer.concat([frame, bytes]);
}

/** Encodes a job, its payloads in the body. */
export function encodeJob(job: Job): Buffer {
  const bodies = job.payloads.map((payload) => payload.json);
  const payloads = job.payloads.map(({ json, envelope }) => ({ bytes: Buffer.byteLength(json), envelope }));
  return encodeFrame(JSON.stringify({ type: "job", job: { ...job, payloads } }), bodies);
}

function encodeFrame(header: string, bodies: readonly string[]): Buffer {
  const headerBytes = Buffer.byteLength(header);
  let bodyBytes = 0;
  for (const body of bodies) bodyBytes += Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + headerBytes + bodyBytes);
  frame.writeUInt32BE(MARK, 0);
  frame.writeUInt32BE(headerBytes, 4);
  frame.writeUInt32BE(bodyBytes, 8);
  let at = PREFIX_BYTES + frame.write(header, PREFIX_BYTES, "utf8");
  for (const body of bodies) at += frame.write(body, at, "utf8");
  return frame;
}

/** Cuts a stream into frames, up to the first byte that belongs to none. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #wanted: number = PREFIX_BYTES;
  #garbage: string | undefined;

  /** Takes the next bytes and returns the frames that they complete. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    while (this.#size >= this.#wanted && this.#garbage === undefined) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const [headerBytes, total] = lengthsIn(bytes);
      this.#garbage = garbageIn(bytes, total);
      if (this.#garbage !== undefined) break;
      this.#chunks = [bytes];
      this.#wanted = total;
      if (bytes.length < total) break;
      frames.push(cut(bytes, headerBytes, total));
      this.#chunks = bytes.length === total ? [] : [bytes.subarray(total)];
      this.#size = bytes.length - total;
      this.#wanted = PREFIX_BYTES;
    }
    return frames;
  }

  /** Why the stream is of no use from here on, once it is. */
  get garbage(): string | undefined {
    return this.#garbage;
  }

  /** Bytes of a frame that has not come to its end. */
  get rest(): number {
    return this.#size;
  }
}

/** Lengths of the header and of the whole frame. */
function lengthsIn(bytes: Buffer): [number, number] {
  const headerBytes = bytes.readUInt32BE(4);
  return [headerBytes, PREFIX_BYTES + headerBytes + bytes.readUInt32BE(8)];
}

function garbageIn(bytes: Buffer, total: number): string | undefined {
  if (bytes.readUInt32BE(0) !== MARK) return "these bytes are no frame";
  return total > LONGEST_FRAME ? `a frame of ${total} bytes is too long` : undefined;
}

/** The body is copied: a payload that waits must not hold the whole chunk it came in. */
function cut(bytes: Buffer, headerBytes: number, total: number): Frame {
  const middle = PREFIX_BYTES + headerBytes;
  return { header: bytes.subarray(PREFIX_BYTES, middle), body: Buffer.from(bytes.subarray(middle, total)) };
}

/** Reads a header. Throws when it is no message. */
export function decodeMessage(header: Buffer): Message {
  const message = JSON.parse(header.toString("utf8")) as Message | null;
  switch (message?.type) {
    case "hello":
      if (typeof message.options?.codex_home === "string" && isObject(message.options.limits)) return message;
      break;
    case "ping":
      return message;
    case "note":
      if (isObject(message.record)) return message;
      break;
    case "job":
      if (isJob(message.job)) return message;
      break;
    case "host":
      if (isHostStart(message.start)) return message;
      break;
    case "host-connected":
    case "host-write":
    case "host-end":
    case "host-stop":
      if (typeof message.start_id === "string") return message;
      break;
  }
  throw new Error("the header is no message");
}

/** Joins a job with its payloads. Throws when the body is shorter or longer than they are. */
export function joinJob(message: JobMessage, body: Buffer): JobBytes {
  let at = 0;
  const payloads = message.job.payloads.map(({ bytes, envelope }) => {
    const payload = body.subarray(at, at + bytes);
    at += bytes;
    return envelope === undefined ? { bytes: payload } : { bytes: payload, envelope };
  });
  if (at !== body.length) throw new Error(`the payloads have ${at} bytes but the body has ${body.length}`);
  return { ...message.job, payloads };
}

/** Encodes the end of a run. */
export function encodeEnd(end: RunEnd): string {
  return `${JSON.stringify(end)}\n`;
}

/** Encodes news about a host. */
export function encodeNews(news: HostNews): string {
  return `${JSON.stringify(news)}\n`;
}

/** Reads a line of the launcher; nothing when it is neither the end of a run nor news about a host. */
export function decodeLine(line: string): { readonly end: RunEnd } | { readonly news: HostNews } | undefined {
  try {
    const said = JSON.parse(line) as (Partial<RunEnd> & { readonly host?: unknown }) | null;
    if (typeof said?.run_id === "string" && typeof said.outcome === "string") return { end: said as RunEnd };
    return typeof said?.host === "string" ? { news: said as unknown as HostNews } : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Checks what the core relies on: a malformed job must be refused whole, not fail half-way. */
function isJob(job: JobMessage["job"]): boolean {
  return (
    isObject(job) &&
    typeof job.event_id === "string" &&
    typeof job.cwd === "string" &&
    Array.isArray(job.payloads) &&
    job.payloads.every((payload) => Number.isSafeInteger(payload?.bytes) && payload.bytes >= 0) &&
    (job.env === undefined || isEnv(job.env)) &&
    Array.isArray(job.runs) &&
    job.runs.every(isRun)
  );
}

function isHostStart(start: HostStart): boolean {
  return (
    isObject(start) &&
    typeof start.start_id === "string" &&
    typeof start.cwd === "string" &&
    typeof start.grace_ms === "number" &&
    isEnv(start.env) &&
    isObject(start.origin) &&
    isCommand(start.command)
  );
}

function isEnv(env: unknown): boolean {
  return isObject(env) && Object.values(env).every((value) => typeof value === "string");
}

function isRun(run: Run): boolean {
  return (
    isObject(run) &&
    typeof run.run_id === "string" &&
    typeof run.timeout_ms === "number" &&
    (run.lane === "gate" || run.lane === "observe") &&
    isObject(run.origin) &&
    isTarget(run)
  );
}

function isTarget(run: Run): boolean {
  if ("webhook" in run) {
    const { webhook } = run;
    return isObject(webhook) && typeof webhook.url === "string" && isEnv(webhook.headers);
  }
  if ("mcp_tool" in run) {
    const { mcp_tool } = run;
    return isObject(mcp_tool) && typeof mcp_tool.tool === "string" && isObject(mcp_tool.server?.transport);
  }
  return isEnv(run.env) && isCommand(run.command) && (run.cwd === undefined || typeof run.cwd === "string");
}

function isCommand(command: Command): boolean {
  if (!isObject(command)) return false;
  return "argv" in command
    ? Array.isArray(command.argv) && command.argv.every((each) => typeof each === "string")
    : typeof command.shell === "string";
}
