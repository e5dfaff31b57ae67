/** One host, from its start to the moment when nothing of it is left: pipes, log, process group, record. */
import { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { HostEnd, HostEvents, HostProcess, HostStart, Outcome, RunRecord } from "../contracts.ts";
import { EVERY_EVENT } from "../contracts.ts";
import { elapsed, nameOf, notStarted, type Trouble } from "./ends.ts";
import { closeFile, textOf, writeAll } from "./folders.ts";
import { readAnswers } from "./host-answers.ts";
import { type HostPipe, makeHostPipe, openForHost, openForUs } from "./host-pipe.ts";
import type { LogFile } from "./log-files.ts";
import { type Env, invocationOf } from "./platform.ts";
import { type Exit, type Group, startGroup } from "./process-group.ts";
import type { RunTools } from "./run.ts";

/** A host that goes on. */
export interface ActiveHost extends HostProcess {
  /** Ends it, because the launcher is being closed and the time is over. */
  readonly close: () => void;
  /** Leaves what its process left behind to somebody who outlives us. Only when it has ended. */
  readonly handOver: () => void;
}

/** What a host says to the core, beside what it says to its agent. */
export interface HostListeners extends HostEvents {
  readonly record: (record: RunRecord) => void;
  /** Its files are free and nothing of it runs any more. Comes once, before or after `ended`. */
  readonly gone: () => void;
}

/** How long answers may still come after a host ended. */
const LAST_ANSWERS_MS = 200;

/** Starts a host. Never throws: what goes wrong is its end. */
export function startHost(tools: RunTools, start: HostStart, listeners: HostListeners): ActiveHost {
  return new Host(tools, start, listeners);
}

class Host implements ActiveHost {
  readonly #tools: RunTools;
  readonly #start: HostStart;
  readonly #listeners: HostListeners;
  readonly #env: Env;
  readonly #since: number = performance.now();
  #stdin: HostPipe | undefined;
  /** Our own end of its stdin, from the first write on; until then the keeper does its work. */
  #writer: Socket | undefined;
  #answers: Socket | undefined;
  #log: LogFile | undefined;
  #group: Group | undefined;
  #grace: NodeJS.Timeout | undefined;
  #told: "end" | undefined;
  #why: Trouble | undefined;
  #ended = false;

  constructor(tools: RunTools, start: HostStart, listeners: HostListeners) {
    this.#tools = tools;
    this.#start = start;
    this.#listeners = listeners;
    this.#env = { ...tools.env, ...start.env, ...tools.fixed };
    try {
      this.#spawn();
    } catch (error) {
      setImmediate(() => this.#fail(error));
    }
  }

  connected(): void {
    this.#stdin?.unlink();
  }

  write(bytes: Buffer): void {
    if (this.#ended || this.#told) return;
    this.#ourEnd()?.write(bytes);
  }

  end(): void {
    if (this.#ended || this.#told) return;
    this.#told = "end";
    const writer = this.#ourEnd();
    if (writer) writer.end();
    else this.#closeStdin();
    this.#grace = setTimeout(() => {
      const state = `it did not end within ${this.#start.grace_ms} ms after its input had`;
      const message = `Cannot wait for host ${nameOf(this.#start)}: ${state}. Let it end when its stdin does.`;
      this.stop({ code: "timeout", message });
    }, this.#start.grace_ms);
  }

  stop(why: Trouble): void {
    if (this.#ended) return;
    this.#why ??= why;
    this.#group?.stop();
  }

  close(): void {
    const message = `Cannot wait for host ${nameOf(this.#start)}: the dispatcher was closed. Give close() a larger budget.`;
    this.stop({ code: "closed", message });
  }

  handOver(): void {
    this.#group?.handOver();
  }

  #spawn(): void {
    const { start_id, command, cwd, replies } = this.#start;
    const { folders, hostLogs, linger_ms, kill_grace_ms } = this.#tools;
    this.#stdin = makeHostPipe(folders, `${start_id}.stdin`);
    this.#log = hostLogs.create(start_id);
    const stdout = replies ? makeHostPipe(folders, `${start_id}.stdout`) : undefined;
    const stdin = openForHost(this.#stdin, "read");
    const output = stdout ? openForHost(stdout, "write") : this.#log.fd;
    if (stdout) this.#listenTo(stdout);
    try {
      this.#group = startGroup(
        {
          invocation: invocationOf(command, this.#env),
          cwd,
          env: this.#env,
          stdin,
          stdout: output,
          stderr: this.#log.fd,
          timeout_ms: Number.POSITIVE_INFINITY,
          linger_ms,
          kill_grace_ms,
        },
        {
          failed: (error) => this.#fail(error),
          expired: () => {},
          gone: () => this.#onGone(),
          exit: (exit) => this.#onExit(exit),
        },
      );
    } finally {
      closeFile(stdin);
      if (stdout) closeFile(output);
      hostLogs.trim();
    }
    if (this.#group.pid !== undefined) this.#say(this.#stdin.path, this.#group.pid);
  }

  #say(pipe: string, pid: number): void {
    const log = this.#log?.path;
    setImmediate(() => {
      if (!this.#ended) this.#listeners.started({ pipe, pid, ...(log === undefined ? {} : { log }) });
    });
  }

  #listenTo(stdout: HostPipe): void {
    const fd = openForUs(stdout, "read");
    stdout.unlink();
    this.#answers = readAnswers(fd, {
      answered: (answer) => this.#listeners.answered(answer),
      other: (text) => this.#writeLog(text),
    });
  }

  #ourEnd(): Socket | undefined {
    const pipe = this.#stdin;
    if (pipe === undefined || this.#writer) return this.#writer;
    this.#stdin = undefined;
    this.#writer = new Socket({ fd: pipe.keeper, readable: false, writable: true });
    this.#writer.on("error", (error) =>
      this.#tools.trouble(`Cannot write to host ${nameOf(this.#start)}: ${textOf(error)}. See its log.`),
    );
    this.#writer.on("finish", () => this.#writer?.destroy());
    pipe.unlink();
    return this.#writer;
  }

  #closeStdin(): void {
    this.#stdin?.unlink();
    closeFile(this.#stdin?.keeper);
    this.#stdin = undefined;
  }

  #writeLog(text: string): void {
    try {
      if (this.#log && !this.#ended) writeAll(this.#log.fd, Buffer.from(text));
    } catch (error) {
      this.#tools.trouble(`Cannot write log "${this.#log?.path}": ${textOf(error)}. See that its disk has room.`);
    }
  }

  #fail(error: unknown): void {
    const trouble = notStarted(this.#start, error, this.#env, this.#start.cwd);
    this.#writeLog(`${trouble.message}\n`);
    this.#finish({ code: null, signal: null }, "not_started", trouble);
    this.#onGone();
  }

  #onExit(exit: Exit): void {
    const { why, outcome } = this.#judge(exit);
    const finish = (): void => this.#finish(exit, outcome, why);
    if (!this.#answers || this.#answers.destroyed) {
      finish();
      return;
    }
    // What it answered before it ended is on its way; what it left running may hold the pipe open.
    const late = setTimeout(finish, LAST_ANSWERS_MS);
    this.#answers.once("close", () => {
      clearTimeout(late);
      finish();
    });
  }

  #judge(exit: Exit): { readonly outcome: Outcome; readonly why: Trouble | undefined } {
    if (this.#why) return { outcome: this.#why.code === "closed" ? "failed" : "timeout", why: this.#why };
    if (this.#told === "end" && exit.code === 0) return { outcome: "ok", why: undefined };
    const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`;
    const state = this.#told === "end" ? `it ${how}` : `it ${how} although its input goes on`;
    const message = `Cannot keep host ${nameOf(this.#start)}: ${state}. See ${this.#log?.path ?? "its log"}.`;
    return { outcome: "failed", why: { code: "host_ended", message } };
  }

  #finish(exit: Exit, outcome: Outcome, why: Trouble | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#grace);
    this.#closeStdin();
    this.#writer?.destroy();
    this.#answers?.destroy();
    closeFile(this.#log?.fd);
    const log = this.#log === undefined ? {} : { log: this.#log.path };
    const end: HostEnd = { exit_code: exit.code, signal: exit.signal, ...why, ...log };
    this.#listeners.record(this.#recordOf(end, outcome));
    this.#listeners.ended(end);
  }

  #recordOf(end: HostEnd, outcome: Outcome): RunRecord {
    const { start_id, hook_id, surface, origin, session_id, agent } = this.#start;
    const pid = this.#group?.pid;
    return {
      schema_version: 1,
      at: new Date().toISOString(),
      run_id: start_id,
      event_id: "",
      event_type: EVERY_EVENT,
      session_id,
      ...(agent === undefined ? {} : { agent }),
      hook: hook_id,
      surface,
      origin: `${origin.file}:${origin.line}`,
      outcome,
      duration_ms: elapsed(this.#since),
      ...(pid === undefined ? {} : { pid }),
      ...end,
    };
  }

  #onGone(): void {
    this.#log?.release();
    this.#listeners.gone();
  }
}
