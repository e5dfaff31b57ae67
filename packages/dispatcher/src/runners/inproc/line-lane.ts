import { performance } from "node:perf_hooks";
import { findEvent } from "@xcodex/hooks-schema";
import type { Builtin, Delivery, HookReply, InprocHook } from "../../contracts.ts";
import { HooksError } from "../../errors.ts";
import { type HooksPaths, hooksPaths } from "../../paths.ts";
import { atExit } from "../at-exit.ts";
import { type About, breakerOpen, closedBefore, type Health, queueFull } from "../health.ts";
import { failedReply, NO_TIME, silentReply, type Trouble } from "../replies.ts";
import { type Lane, MOST_WAITING } from "./lane.ts";
import { type LogFile, logFile } from "./log-file.ts";
import { summaryLine } from "./summary-line.ts";
import { textOf } from "./thrown.ts";

/** Text that waits for one file at most, in characters. A longer line is taken when nothing else waits. */
const MOST_CHARACTERS: number = 64 * 1024 * 1024;

/** What a hook that comes with the dispatcher writes, and where. */
interface Writing {
  readonly file: keyof HooksPaths;
  /** A line with its end; undefined for an event that it says nothing about. */
  readonly line: (hook: InprocHook, delivery: Delivery) => string | undefined;
}

const BUILTINS: Readonly<Record<Builtin, Writing>> = {
  tool_call_summary: {
    file: "tool_calls_log",
    line: (_, { plan: { event } }) => {
      const summary = findEvent(event.xcodex_event_type)?.facts.summary_line;
      return summary && summaryLine(event, summary);
    },
  },
  event_log_jsonl: { file: "events_log", line: (hook, { book }) => `${book.payloadOf(hook).json}\n` },
};

/** Somebody who hears how it went with one line. */
interface Listener {
  readonly hook: InprocHook;
  readonly onReply: (reply: HookReply) => void;
  readonly at: number;
}

/** Lines that go to the file together. */
interface Batch {
  readonly lines: string[];
  readonly listeners: Listener[];
  readonly first: About;
  characters: number;
}

/** The way to a log file: lines are collected and appended in the background, together in one write. */
export function lineLane(
  name: string,
  builtin: Builtin,
  health: Health,
  codexHome: string,
  rotateBytes?: number,
): Lane {
  const { file, line: lineOf } = BUILTINS[builtin];
  const path = hooksPaths(codexHome)[file];
  const log: LogFile = logFile(path, rotateBytes);
  let waiting: Batch | undefined;
  let writing: Batch | undefined;
  let closed = false;
  let onIdle: (() => void) | undefined;
  const forget = atExit(writeNow);

  function take(hook: InprocHook, delivery: Delivery): void {
    const { subject, onReply } = delivery;
    const trouble = refusalNow() ?? tryToAdd(hook, delivery);
    if (trouble === undefined) return;
    health.dropped({ hook, subject }, trouble);
    onReply?.(failedReply(hook, trouble, NO_TIME));
  }

  function refusalNow(): Trouble | undefined {
    if (closed) return closedBefore(name);
    if (health.isOpen()) return breakerOpen(name);
    return isFull(waiting) ? queueFull(name, `${waiting?.lines.length} lines`) : undefined;
  }

  function tryToAdd(hook: InprocHook, delivery: Delivery): Trouble | undefined {
    try {
      const line = lineOf(hook, delivery);
      if (line === undefined) delivery.onReply?.(silentReply(hook, NO_TIME));
      else add(line, hook, delivery);
      return undefined;
    } catch (error) {
      return notEncodable(name, error);
    }
  }

  function add(line: string, hook: InprocHook, { subject, onReply }: Delivery): void {
    if (waiting === undefined) {
      waiting = { lines: [], listeners: [], first: { hook, subject }, characters: 0 };
      if (writing === undefined) setImmediate(write);
    }
    waiting.lines.push(line);
    waiting.characters += line.length;
    if (onReply) waiting.listeners.push({ hook, onReply, at: performance.now() });
  }

  function write(): void {
    if (writing !== undefined || waiting === undefined) return;
    const batch = waiting;
    waiting = undefined;
    if (health.allows()) append(batch);
    else giveUpBatch(batch, breakerOpen(name));
  }

  function append(batch: Batch): void {
    writing = batch;
    const started = performance.now();
    const done = (trouble?: Trouble): void => {
      writing = undefined;
      end(batch, started, trouble);
      if (waiting === undefined) onIdle?.();
      else setImmediate(write);
    };
    void log.append(batch.lines.join("")).then(
      () => done(),
      (error) => done(notWritten(path, error)),
    );
  }

  function end({ first, lines, listeners }: Batch, started: number, trouble: Trouble | undefined): void {
    if (trouble === undefined) health.succeeded(first);
    else health.failed(first, trouble, { count: lines.length });
    const duration_ms = performance.now() - started;
    for (const { hook, onReply, at } of listeners) {
      const times = { queued_ms: Math.max(0, started - at), duration_ms };
      onReply(trouble ? failedReply(hook, trouble, times) : silentReply(hook, times));
    }
  }

  function giveUpBatch({ first, lines, listeners }: Batch, trouble: Trouble): void {
    health.dropped(first, trouble, lines.length);
    for (const { hook, onReply } of listeners) onReply(failedReply(hook, trouble, NO_TIME));
    if (closed) onIdle?.();
  }

  /** The process exits, and nothing goes on in the background. */
  function writeNow(): void {
    const batch = waiting ?? writing;
    waiting = undefined;
    if (batch === undefined) return;
    try {
      log.appendNow(batch === writing ? "" : batch.lines.join(""));
    } catch (error) {
      health.failed(batch.first, notWritten(path, error), { count: batch.lines.length });
    }
  }

  return {
    take,
    close: async () => {
      closed = true;
      if (waiting !== undefined || writing !== undefined) {
        await new Promise<void>((settle) => {
          onIdle = settle;
        });
      }
      await log.close().catch(() => {});
    },
    giveUp: () => {
      const left = (waiting?.lines.length ?? 0) + (writing?.lines.length ?? 0);
      if (waiting !== undefined) giveUpBatch(waiting, closedBefore(name));
      waiting = undefined;
      forget();
      health.close();
      return left;
    },
    dropped: health.droppedSoFar,
  };
}

function isFull(batch: Batch | undefined): boolean {
  return batch !== undefined && (batch.lines.length >= MOST_WAITING || batch.characters > MOST_CHARACTERS);
}

function notEncodable(name: string, error: unknown): Trouble {
  const { message } =
    error instanceof HooksError ? error : { message: `Cannot log an event in ${name}: ${textOf(error)}.` };
  return { outcome: "dropped", code: "not_encodable", message };
}

function notWritten(path: string, error: unknown): Trouble {
  const message = `Cannot append to "${path}": ${textOf(error)}. Make it a file that you may write, on a disk with room.`;
  return { outcome: "failed", code: "log_not_written", message };
}
