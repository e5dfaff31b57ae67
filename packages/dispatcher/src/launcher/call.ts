/** Runs that are no processes of their own: requests and calls of tools. Deadline, times and end are the same for all of them. */
import { performance } from "node:perf_hooks";
import type { Answer } from "../answer.ts";
import type { McpToolRun, RunEnd, WebhookRun } from "../contracts.ts";
import { answered, callTooLate, elapsed, nameOf, stoppedByClose, type Trouble } from "./ends.ts";
import { type Folders, textOf } from "./folders.ts";
import type { LogFiles } from "./log-files.ts";
import type { Env } from "./platform.ts";
import type { JobFacts } from "./records.ts";
import type { ActiveRun, RunEvents, Turn } from "./turn.ts";

/** A run that a carrier carries out. */
export type CallRun = WebhookRun | McpToolRun;

/** One call, for its carrier. */
export interface Call<R extends CallRun = CallRun> {
  readonly run: R;
  readonly job: JobFacts;
  /** What is sent, when something is. */
  readonly payload: Buffer | undefined;
  /** Of `performance.now()`: when its time is over. */
  readonly until: number;
  /** Aborted when its time is over, or the launcher is closed: then nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** Says what is known by now, to be told whatever becomes of the call. What is said later counts. */
  readonly note: (facts: CallFacts) => void;
}

/** What is told of a call beside its end: tries, the last status, where its server's output went. */
export type CallFacts = Pick<RunEnd, "attempts" | "status" | "log">;

/** How a call went. `answer` counts only where it may stop the agent. */
export type CallResult = CallFacts & ({ readonly answer: Answer } | Trouble);

/** Carries out the calls of one kind; connections are its own business, and kept warm. */
export interface Carrier<R extends CallRun = CallRun> {
  /** Lets go as soon as the call's signal says so. What it rejects with is a bug. */
  readonly carry: (call: Call<R>) => Promise<CallResult>;
  /** Lets go of everything that is kept warm. No call goes on then, and none comes. */
  readonly close: () => Promise<void>;
}

/** What carriers are made with. */
export interface CarrierTools {
  /** The environment of hooks, with what no hook can change. */
  readonly env: Env;
  readonly folders: Folders;
  /** Output of long-lived processes. */
  readonly logs: LogFiles;
  /** How long what an ended process left running may live. */
  readonly linger_ms: number;
  /** Between TERM and KILL. */
  readonly kill_grace_ms: number;
  readonly trouble: (message: string) => void;
}

/** Makes the carrier of a run when there is a run for it: what it needs is loaded then. */
export type Carriers = (run: CallRun) => Promise<Carrier>;

/** Starts a call. Never throws: what goes wrong is its end. */
export function startCall(carriers: Carriers, turn: Turn<CallRun>, events: RunEvents): ActiveRun {
  const { run, job, payload, since } = turn;
  const started = performance.now();
  const until = started + run.timeout_ms;
  const controller = new AbortController();
  let over = false;
  let known: CallFacts = {};

  function end(result: Omit<RunEnd, "run_id" | "exit_code" | "signal" | "duration_ms" | "queued_ms" | "stderr">): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    const times = { duration_ms: elapsed(started), queued_ms: elapsed(since, started) };
    const size = payload === undefined ? {} : { payload_bytes: payload.size };
    payload?.leave();
    events.over(
      { run_id: run.run_id, exit_code: null, signal: null, stderr: "", ...times, ...known, ...result },
      { ...size, delivery: "request" },
    );
    events.gone();
  }

  const note = (facts: CallFacts): void => {
    known = { ...known, ...facts };
  };
  /** Ends it although its carrier is still at it. */
  function giveUp(result: Parameters<typeof end>[0]): void {
    end(result);
    controller.abort();
  }

  const timer = setTimeout(() => giveUp({ outcome: "timeout", ...callTooLate(run) }), run.timeout_ms);
  const call: Call = { run, job, payload: payload?.bytes, until, signal: controller.signal, note };
  void carriers(run)
    .then((carrier) => carrier.carry(call))
    .then(
      (result) => end(endOf(run, result)),
      (error) => end({ outcome: "not_started", ...cannotCarry(run, error) }),
    );
  return {
    // Not from within the call that stops it.
    stop: () => setImmediate(() => giveUp({ outcome: "failed", ...stoppedByClose(run) })),
    handOver: () => {},
  };
}

function endOf(run: CallRun, result: CallResult): Pick<RunEnd, "outcome"> & Partial<RunEnd> {
  if (!("answer" in result)) return { outcome: "failed", ...result };
  const { answer, ...facts } = result;
  return { ...facts, ...answered(run, answer) };
}

function cannotCarry(run: CallRun, error: unknown): Trouble {
  return { code: "spawn_failed", message: `Cannot start ${nameOf(run)}: ${textOf(error)}. Reinstall the dispatcher.` };
}
