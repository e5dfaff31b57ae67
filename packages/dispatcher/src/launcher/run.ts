/** One run, from its turn to its end: files, environment, process, outcome. */
import { ftruncateSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { performance } from "node:perf_hooks";
import { readAnswerText } from "../answer.ts";
import type { CommandRun, RunEnd } from "../contracts.ts";
import type { Trouble } from "./ends.ts";
import {
  answerTooLarge,
  type Ending,
  elapsed,
  endUnstarted,
  notStarted,
  outcomeOf,
  payloadMissing,
  payloadUnwritten,
} from "./ends.ts";
import { closeFile, type Folders, textOf, writeAll } from "./folders.ts";
import type { LogFile, LogFiles } from "./log-files.ts";
import { type Env, invocationOf } from "./platform.ts";
import { type Exit, type Group, startGroup } from "./process-group.ts";
import type { RunFacts } from "./records.ts";
import { captureSize, openCapture, openReader, readCapture, type ScratchFile } from "./scratch.ts";
import type { Delivered } from "./shared-payload.ts";
import type { ActiveRun, RunEvents, Turn } from "./turn.ts";

/** What every run of a core needs. */
export interface RunTools {
  readonly folders: Folders;
  readonly logs: LogFiles;
  readonly hostLogs: LogFiles;
  /** Environment of every hook. */
  readonly env: Env;
  /** Variables that a run cannot change. */
  readonly fixed: Env;
  readonly linger_ms: number;
  readonly kill_grace_ms: number;
  readonly trouble: (message: string) => void;
}

/** Starts a command. Never throws: what goes wrong is its end. */
export function startRun(tools: RunTools, turn: Turn<CommandRun>, events: RunEvents): ActiveRun {
  return new Run(tools, turn, events);
}

/** How much of stderr is told. */
const STDERR_BYTES = 8 * 1024;

/** How much of the stdout or stderr of a gate run goes to its log. A longer stdout is no answer. */
const CAPTURED_BYTES: number = 1024 * 1024;

/**
 * More than this nobody prints on purpose. A program that runs away prints a gigabyte in a second, and its time may be long: it must not fill
 * the disk until then.
 */
const MOST_OUTPUT: number = 64 * 1024 * 1024;

/** Between two looks at how much there is. */
const LOOK_MS = 250;

/** Longer values would make the start of the process fail. */
const LONGEST_VALUE: number = 64 * 1024;

/** A start that failed for a reason that is known already. */
class Refused extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

class Run implements ActiveRun {
  readonly #tools: RunTools;
  readonly #turn: Turn<CommandRun>;
  readonly #events: RunEvents;
  readonly #started: number = performance.now();
  readonly #cwd: string;
  readonly #env: Env;
  #delivered: Delivered | undefined;
  #log: LogFile | undefined;
  #stdout: ScratchFile | undefined;
  #stderr: ScratchFile | undefined;
  #group: Group | undefined;
  #stopped: Ending["stopped"];
  #look: NodeJS.Timeout | undefined;

  constructor(tools: RunTools, turn: Turn<CommandRun>, events: RunEvents) {
    this.#tools = tools;
    this.#turn = turn;
    this.#events = events;
    // A folder that somebody wrote down is never replaced by another: the program there would be another one too.
    this.#cwd = turn.run.cwd ?? folderFor(turn.job.cwd, tools.folders.root);
    this.#env = { ...tools.env, ...passable(turn.job.env ?? {}), ...passable(turn.run.env), ...tools.fixed };
    try {
      this.#start();
    } catch (error) {
      // Callers must have their hands free before they hear of an end.
      setImmediate(() => this.#fail(error));
    }
  }

  stop(): void {
    this.#stopped ??= "closed";
    this.#group?.stop();
  }

  handOver(): void {
    this.#group?.handOver();
  }

  #start(): void {
    const { run } = this.#turn;
    const stdin = this.#openStdin();
    try {
      this.#openOutput();
      const log = this.#log?.fd ?? "ignore";
      this.#group = startGroup(
        {
          invocation: invocationOf(run.command, this.#env),
          cwd: this.#cwd,
          env: this.#env,
          stdin: stdin.fd,
          stdout: this.#stdout?.fd ?? log,
          stderr: this.#stderr?.fd ?? log,
          timeout_ms: run.timeout_ms,
          linger_ms: this.#tools.linger_ms,
          kill_grace_ms: this.#tools.kill_grace_ms,
        },
        {
          failed: (error) => this.#fail(error),
          expired: () => {
            this.#stopped ??= "timeout";
          },
          gone: () => this.#onGone(),
          exit: (exit) => this.#onExit(exit),
        },
      );
      this.#look = setInterval(() => this.#checkOutput(), LOOK_MS);
    } finally {
      // The process is loading by now: what is done here costs it no time.
      stdin.unlink();
      this.#stdout?.unlink();
      this.#stderr?.unlink();
      closeFile(stdin.fd);
      this.#tools.logs.trim();
    }
  }

  #openStdin(): ScratchFile {
    const { run, payload } = this.#turn;
    if (payload === undefined) throw new Refused(payloadMissing(run));
    try {
      this.#delivered = payload.deliver();
      return openReader(this.#tools.folders, this.#delivered.stdin);
    } catch (error) {
      throw new Refused(payloadUnwritten(run, this.#tools.folders.root, error));
    }
  }

  /** A run without a log is better than no run, and the record then names no log; one whose answer nobody could read is not. */
  #openOutput(): void {
    const { folders, logs, trouble } = this.#tools;
    const { run } = this.#turn;
    try {
      if (run.blocks && run.answers_on_stdout) this.#stdout = openCapture(folders);
      this.#log = logs.create(run.run_id);
      if (run.lane === "gate") this.#stderr = openCapture(folders);
    } catch (error) {
      trouble(`Cannot keep the output of run ${run.run_id}: ${textOf(error)}. Make ${folders.root} writable.`);
      if (run.blocks && run.answers_on_stdout && this.#stdout === undefined) throw error;
    }
  }

  #checkOutput(): void {
    const open = [this.#log?.fd, this.#stdout?.fd, this.#stderr?.fd];
    if (open.every((fd) => fd === undefined || captureSize(fd) <= MOST_OUTPUT)) return;
    clearInterval(this.#look);
    this.#stopped ??= "flood";
    this.#group?.stop();
  }

  #fail(error: unknown): void {
    const { run, since } = this.#turn;
    const trouble = error instanceof Refused ? error.trouble : notStarted(run, error, this.#env, this.#cwd);
    if (this.#log !== undefined) this.#writeLog(Buffer.from(`${trouble.message}\n`));
    this.#closeOutput();
    const log = this.#log === undefined ? {} : { log: this.#log.path };
    const end = { ...endUnstarted(run, "not_started", trouble), queued_ms: elapsed(since, this.#started), ...log };
    this.#onGone();
    this.#events.over(end, this.#facts());
  }

  #onExit(exit: Exit): void {
    const { run, since } = this.#turn;
    const duration_ms = elapsed(this.#started);
    const answer = this.#collectAnswer();
    const stderr = this.#collectStderr();
    if (this.#stopped === "flood") this.#cutLog();
    this.#closeOutput();
    const log = this.#log?.path;
    const ending: Ending = { exit, stopped: this.#stopped, stderr, ...(answer ? { answer } : {}), log };
    const end: RunEnd = {
      run_id: run.run_id,
      exit_code: exit.code,
      signal: exit.signal,
      duration_ms,
      queued_ms: elapsed(since, this.#started),
      stderr,
      ...outcomeOf(run, ending),
      ...(log === undefined ? {} : { log }),
    };
    this.#events.over(end, this.#facts());
  }

  #onGone(): void {
    this.#log?.release();
    this.#turn.payload?.leave();
    this.#events.gone();
  }

  #facts(): RunFacts {
    const pid = this.#group?.pid;
    const { payload } = this.#turn;
    return {
      ...(payload === undefined ? {} : { payload_bytes: payload.size }),
      ...(this.#delivered === undefined ? {} : { delivery: this.#delivered.delivery }),
      ...(pid === undefined ? {} : { pid }),
    };
  }

  /** Reads what a run says on stdout, where that is its answer. */
  #collectAnswer(): Ending["answer"] {
    if (this.#stdout === undefined) return undefined;
    const { run } = this.#turn;
    try {
      const { size, bytes } = this.#collect(this.#stdout, "stdout");
      return size > CAPTURED_BYTES ? answerTooLarge(run, CAPTURED_BYTES) : readAnswerText(bytes.toString("utf8"));
    } catch (error) {
      return { kind: "unreadable", why: textOf(error) };
    }
  }

  /** The end of what a gate run wrote to stderr. */
  #collectStderr(): string {
    if (this.#stderr === undefined) return "";
    try {
      return tailOf(this.#collect(this.#stderr, "stderr").bytes);
    } catch (error) {
      this.#tools.trouble(`Cannot read stderr of run ${this.#turn.run.run_id}: ${textOf(error)}. Check the disk.`);
      return "";
    }
  }

  /** Copies what a run wrote into its log and returns it, or the end of it. */
  #collect({ fd }: ScratchFile, name: string): { readonly size: number; readonly bytes: Buffer } {
    const size = captureSize(fd);
    const from = Math.max(0, size - CAPTURED_BYTES);
    const bytes = readCapture(fd, from, size - from);
    if (from > 0) this.#writeLog(Buffer.from(`[${from} bytes of ${name} left out]\n`));
    if (bytes.length > 0) this.#writeLog(bytes);
    return { size, bytes };
  }

  #writeLog(bytes: Buffer): void {
    if (this.#log === undefined) return;
    try {
      writeAll(this.#log.fd, bytes);
    } catch (error) {
      this.#tools.trouble(`Cannot write log "${this.#log.path}": ${textOf(error)}. See that its disk has room.`);
    }
  }

  /** Of a flood, the beginning says enough. */
  #cutLog(): void {
    if (this.#log === undefined || captureSize(this.#log.fd) <= CAPTURED_BYTES) return;
    ftruncateSync(this.#log.fd, CAPTURED_BYTES);
    this.#writeLog(Buffer.from("\n[the rest is left out]\n"));
  }

  #closeOutput(): void {
    clearInterval(this.#look);
    closeFile(this.#log?.fd);
    closeFile(this.#stdout?.fd);
    closeFile(this.#stderr?.fd);
    this.#stdout = undefined;
    this.#stderr = undefined;
  }
}

/** The end of a text in UTF-8, never starting within a character. */
function tailOf(bytes: Buffer): string {
  let from = Math.max(0, bytes.length - STDERR_BYTES);
  while (from > 0 && from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.toString("utf8", from).trim();
}

/** The job's folder; our own when there is none. Ours may have been deleted under us. */
function folderFor(cwd: string, root: string): string {
  try {
    if (isAbsolute(cwd) && statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd;
  } catch {
    // A path that cannot even be asked about (a NUL, a folder without permission) is no folder to run in.
  }
  try {
    return process.cwd();
  } catch {
    return root;
  }
}

/** Leaves out what no environment can hold. */
function passable(env: Env): Env {
  const entries = Object.entries(env);
  const good = entries.filter(([key, value]) => isPassable(key) && !key.includes("=") && isPassable(value));
  return good.length === entries.length ? env : Object.fromEntries(good);
}

function isPassable(text: string): boolean {
  return !text.includes("\0") && (text.length <= LONGEST_VALUE / 4 || Buffer.byteLength(text) <= LONGEST_VALUE);
}
