/**
 * The launcher process: reads jobs from its stdin, runs them with the core, tells their ends on its stdout.
 *
 * It outlives the agent: when its stdin ends, it finishes what it was given, each run within its own deadline, and exits.
 */
import { Socket } from "node:net";
import type { HostProcess, HostStart, RunEnd } from "../contracts.ts";
import { type Core, createCore } from "./core.ts";
import { foldersOf, textOf } from "./folders.ts";
import { openLauncherLog } from "./launcher-log.ts";
import { takeLeftOver } from "./left-over.ts";
import {
  decodeMessage,
  encodeEnd,
  encodeNews,
  type Frame,
  FrameReader,
  type Hello,
  type HostNews,
  type HostOrder,
  joinJob,
  PONG,
} from "./protocol.ts";
import { refusedRuns } from "./refused.ts";

/** Nothing outlives the agent longer than this. */
const FINISH_MS: number = 10 * 60 * 1000;

/** After SIGTERM, for example when the machine shuts down. */
const HURRIED_FINISH_MS = 10_000;

/** How long the agent has to take the last ends off our hands. */
const FAREWELL_MS = 1000;

/** Beyond every deadline: whatever is wrong, this process does not stay. */
const LAST_RESORT_MS = 15_000;

const codexHome: string = process.argv[2] ?? ".";
const log: (message: string) => void = openLauncherLog(codexHome);
const frames: FrameReader = new FrameReader();
/** Frames that came through the pipe. */
let received = 0;
let core: Core | undefined;
let output: Socket | undefined;
let finishing = false;
let hurried = false;

process.on("uncaughtException", (error) => log(`Cannot go on as planned: ${error.stack ?? textOf(error)}.`));
process.on("unhandledRejection", (reason) => log(`Cannot go on as planned: ${textOf(reason)}.`));
// The agent decides when we end, by closing our stdin. Its terminal does not.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("SIGTERM", () => {
  hurried = true;
});

start();

function start(): void {
  try {
    output = new Socket({ fd: 1, readable: false, writable: true });
    output.on("error", () => {
      // The agent is gone; its hooks are not.
      output = undefined;
    });
    const input = new Socket({ fd: 0, readable: true, writable: false });
    input.on("data", (chunk) => receive(chunk));
    input.on("error", () => void finish());
    input.on("end", () => void finish());
  } catch (error) {
    log(`Cannot listen on stdin: ${textOf(error)}. The launcher is started by the dispatcher, not by hand.`);
    process.exit(1);
  }
}

function receive(chunk: Buffer): void {
  if (finishing) return;
  for (const frame of frames.push(chunk)) {
    received += 1;
    obey(frame);
  }
  if (frames.garbage === undefined) return;
  log(`Cannot read from the agent: ${frames.garbage}. Report this as a bug.`);
  void finish();
}

/** A message that makes no sense is left out; those after it still count. */
function obey(frame: Frame): void {
  try {
    const message = decodeMessage(frame.header);
    if (message.type === "ping") output?.write(PONG);
    else if (message.type === "hello") core ??= coreFor(message);
    else if (core === undefined) throw new Error("it came before the hello");
    else if (message.type === "note") core.note(message.record);
    else if (message.type === "job") core.launchBytes(joinJob(message, frame.body), tell);
    else if (message.type === "host") startHost(core, message.start);
    else orderHost(message, frame.body);
  } catch (error) {
    log(`Cannot obey a message: ${textOf(error)}. Report this as a bug.`);
    for (const { end, record } of refusedRuns(frame.header, textOf(error))) {
      core?.note(record);
      tell(end);
    }
  }
}

/** Hosts that have not ended, by the id of their start. */
const hosts = new Map<string, HostProcess>();

function startHost(to: Core, start: HostStart): void {
  const host = start.start_id;
  const say = (news: HostNews): void => void output?.write(encodeNews(news));
  const started = to.host(start, {
    started: (what) => say({ host, started: what }),
    answered: (answer) => say({ host, answered: answer }),
    ended: (end) => {
      hosts.delete(host);
      say({ host, ended: end });
    },
  });
  hosts.set(host, started);
}

/** What concerns a host that has ended meanwhile concerns nobody. */
function orderHost({ type, start_id, why }: HostOrder, body: Buffer): void {
  const host = hosts.get(start_id);
  if (type === "host-connected") host?.connected();
  else if (type === "host-write") host?.write(body);
  else if (type === "host-end") host?.end();
  else host?.stop(why ?? { code: "closed", message: "Cannot go on: the agent stopped it." });
}

function coreFor(hello: Hello): Core {
  return createCore({ ...hello.options, env: { ...process.env, ...hello.env }, trouble: log });
}

function tell(end: RunEnd): void {
  output?.write(encodeEnd(end));
}

/** What the agent had no time to send, it may have left in a file. */
function obeyLeftOver(): void {
  try {
    const left = takeLeftOver(foldersOf(codexHome));
    if (left !== undefined) {
      const more = new FrameReader().push(left.bytes);
      for (const frame of more.slice(Math.max(0, received - left.first))) obey(frame);
    } else if (frames.rest > 0) {
      log("Cannot read the last message: the agent ended in the middle of it. What it held is lost.");
    }
  } catch (error) {
    log(`Cannot read what the agent left: ${textOf(error)}. What it held is lost.`);
  }
}

/** Finishes what was begun, then exits. */
async function finish(): Promise<void> {
  if (finishing) return;
  finishing = true;
  if (frames.garbage === undefined) obeyLeftOver();
  const cap = hurried ? HURRIED_FINISH_MS : FINISH_MS;
  setTimeout(() => process.exit(1), cap + LAST_RESORT_MS).unref();
  await core?.close(cap);
  setTimeout(() => process.exit(0), FAREWELL_MS);
  if (output === undefined) process.exit(0);
  output.end(() => process.exit(0));
}
