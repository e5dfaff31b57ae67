/** How runs end, in words: every text that the launcher has for a run that did not end well. */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { Answer } from "../answer.ts";
import type { Command, CommandRun, McpToolRun, Origin, Outcome, Run, RunEnd, WebhookRun } from "../contracts.ts";
import { codeOf, textOf } from "./folders.ts";
import { type Env, findProgram, invocationOf, isPath, mayRun, pathOf } from "./platform.ts";
import type { Exit } from "./process-group.ts";

/** What went wrong and what to do, with its code from `errors.ts`. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** A reason is told to the agent whole, unless somebody floods it. */
const LONGEST_REASON: number = 8 * 1024;

/** A record is one write and a message a part of it: keep it short. */
const LONGEST_MESSAGE = 2000;

/** What can be named in a message: a run, or a host. */
export type Named =
  | Pick<CommandRun, "command" | "origin">
  | Pick<WebhookRun, "webhook" | "origin">
  | Pick<McpToolRun, "mcp_tool" | "origin">;

/** How a run is named in messages: what is run and where it was configured. */
export function nameOf(run: Named): string {
  return `${what(run)} of ${placeOf(run.origin)}`;
}

function what(run: Named): string {
  if ("webhook" in run) return `webhook to "${hostOf(run.webhook.url)}"`;
  if ("mcp_tool" in run) return `tool "${run.mcp_tool.tool}" of MCP server "${run.mcp_tool.server.name}"`;
  return `hook "${shorten(programOf(run.command), 80)}"`;
}

function placeOf({ file, line }: Origin): string {
  return `${file}:${line}`;
}

/** Where a request goes. Not more of it: paths and queries hold secrets. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "?";
}

function programOf(command: Command): string {
  return "argv" in command ? (command.argv[0] ?? "") : command.shell;
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The end of a run that never was a process. */
export function endUnstarted(run: Pick<Run, "run_id">, outcome: Outcome, trouble: Trouble, since?: number): RunEnd {
  return {
    run_id: run.run_id,
    outcome,
    exit_code: null,
    signal: null,
    duration_ms: 0,
    queued_ms: since === undefined ? 0 : elapsed(since),
    stderr: "",
    ...trouble,
  };
}

/** Milliseconds since a time of `performance.now()`, to the microsecond. */
export function elapsed(since: number, until: number = performance.now()): number {
  return Math.round((until - since) * 1000) / 1000;
}

/** The waiting line is full. */
export function queueFull(run: Named, waiting: string): Trouble {
  const advice = "Make the hooks faster, or subscribe to fewer events";
  return { code: "queue_full", message: `Cannot queue ${nameOf(run)}: ${waiting}. ${advice}.` };
}

/** The dispatcher was closed before the run's turn came. */
export function closedBefore(run: Named): Trouble {
  const advice = "Give close() a larger budget, or emit before closing";
  return { code: "closed", message: `Cannot start ${nameOf(run)}: the dispatcher has been closed. ${advice}.` };
}

/** The launcher process went away, or is not back yet. */
export function launcherLost(run: Named, state: string, log: string): Trouble {
  return { code: "launcher_lost", message: `Cannot finish ${nameOf(run)}: ${state}. See ${log}.` };
}

/** The launcher process cannot be started. */
export function launcherMissing(run: Named, program: string, why: string): Trouble {
  const state = `the launcher "${program}" cannot be started (${why})`;
  return { code: "spawn_failed", message: `Cannot start ${nameOf(run)}: ${state}. Make that program runnable.` };
}

/** The payload could not be put where the hook would read it. */
export function payloadUnwritten(run: Named, folder: string, error: unknown): Trouble {
  const state = `its payload cannot be written (${textOf(error)})`;
  const advice = `Make ${folder} writable and see that its disk has room`;
  return { code: "payload_file", message: `Cannot start ${nameOf(run)}: ${state}. ${advice}.` };
}

/** A job that names a payload it does not bring. */
export function payloadMissing(run: Run): Trouble {
  const state = `its job has no payload number ${run.payload}`;
  return { code: "payload_file", message: `Cannot start ${nameOf(run)}: ${state}. Report this as a bug.` };
}

/** What is wrong and what to do, before it is said about anything: parts of a message. */
export interface Why {
  readonly code: string;
  readonly state: string;
  readonly advice: string;
}

/** Finds out why a process could not be started: the system's own word for it does not say what is missing. */
export function whyNotStarted(command: Command, error: unknown, env: Env, cwd: string): Why {
  const program = invocationOf(command, env).file;
  const search = findProgram(program, pathOf(env), cwd);
  const code = codeOf(error);
  const failed = (state: string, advice: string): Why => ({ code: "spawn_failed", state, advice });
  if (!mayRun(cwd)) return failed(`the folder "${cwd}" cannot be entered`, "Create it, or make it accessible");
  if (code === "ENOENT" && search.state === "missing") return notFound(program, cwd);
  if (code === "EACCES" && search.state === "not_executable") {
    const state = `"${search.path}" may not be executed`;
    return { code: "program_not_executable", state, advice: `Run: chmod +x ${search.path}` };
  }
  if (code === "ENOENT") {
    const state = `the interpreter in the first line of "${search.path}" does not exist`;
    return failed(state, "Install it or correct that line");
  }
  return failed(textOf(error), "Try the command in a terminal");
}

function notFound(program: string, cwd: string): Why {
  const state = isPath(program) ? `there is no file "${resolve(cwd, program)}"` : "no such program on PATH";
  return { code: "program_not_found", state, advice: howToFind(program, cwd) };
}

/** Who writes these expects a shell, which nobody asks here. */
function howToFind(program: string, cwd: string): string {
  if (/^~|\$/.test(program)) return "No shell reads it: write the path whole";
  if (isPath(program)) return "Create it, or write the path of a program that is there";
  if (/\s/.test(program)) return 'Write every word by itself, or ["sh", "-c", "…"] for a shell';
  const here = findProgram(`./${program}`, "", cwd).state !== "missing";
  return here ? `Write ./${program} for the one in ${cwd}` : "Install it or write its absolute path";
}

/** The process could not be started. */
export function notStarted(
  run: Pick<CommandRun, "command" | "origin">,
  error: unknown,
  env: Env,
  cwd: string,
): Trouble {
  return troubleOf("start", run, whyNotStarted(run.command, error, env, cwd));
}

/** The message about a run: what cannot be done with it, why, and what to do. */
export function troubleOf(verb: string, run: Named, { code, state, advice }: Why): Trouble {
  return { code, message: shorten(`Cannot ${verb} ${nameOf(run)}: ${state}. ${advice}.`, LONGEST_MESSAGE) };
}

/** What is known when a process has ended. */
export interface Ending {
  readonly exit: Exit;
  /** Why we stopped it, when we did. */
  readonly stopped: "timeout" | "closed" | "flood" | undefined;
  /** Of a gate run. */
  readonly stderr: string;
  /** What its stdout says, or why that cannot be read; of a run whose stdout is its answer. */
  readonly answer?: Answer | Trouble;
  readonly log: string | undefined;
}

/** What a run that is over said. */
export type Told = Pick<RunEnd, "outcome" | "reason" | "halts"> & Partial<Trouble>;

/** The outcome of a process that was started. */
export function outcomeOf(run: CommandRun, ending: Ending): Told {
  const { exit, stopped } = ending;
  if (stopped === "timeout") return { outcome: "timeout", ...timedOut(run, ending) };
  if (stopped === "closed") return { outcome: "failed", ...stoppedByClose(run) };
  if (stopped === "flood") return { outcome: "failed", ...flooded(run) };
  if (exit.code === 0) return readable(run, ending.answer);
  if (exit.code === 2 && run.blocks) return blocked(run, ending);
  return { outcome: "failed", ...failed(run, ending) };
}

function readable(run: CommandRun, answer: Ending["answer"]): Told {
  if (answer === undefined) return { outcome: "ok" };
  return "kind" in answer ? answered(run, answer) : { outcome: "failed", ...answer };
}

function timedOut(run: CommandRun, ending: Ending): Trouble {
  const survived = ending.exit.code === null && ending.exit.signal === null;
  return tooLate(
    run,
    `still running after ${run.timeout_ms} ms, ${survived ? "and it could not be killed" : "so it was stopped"}`,
  );
}

function tooLate(run: Run, state: string): Trouble {
  // What the key is called depends on where it was configured.
  const key = run.surface === "hooks-toml" ? "timeout" : "timeout_sec";
  return { code: "timeout", message: `Cannot finish ${nameOf(run)}: ${state}. Make it faster, or raise its ${key}.` };
}

/** A request or a call that has had its time. */
export function callTooLate(run: Run): Trouble {
  return tooLate(run, `no answer after ${run.timeout_ms} ms, so it was given up`);
}

/** What an answer makes of a run that went well: where it may stop the agent, else nothing. */
export function answered(run: Run, answer: Answer): Told {
  if (!run.blocks) return { outcome: "ok" };
  if (answer.kind === "block") {
    const { reason } = answer;
    const halts = answer.halts ? { halts: answer.halts } : {};
    if (reason === undefined)
      return { outcome: "blocked", ...halts, message: withoutReason(run, "an answer with a reason") };
    return { outcome: "blocked", ...halts, ...because(reason) };
  }
  if (answer.kind === "unreadable") {
    const advice = 'Answer nothing, or {"decision": "block", "reason": "…"}';
    const message = `Cannot follow the answer of ${nameOf(run)}: ${answer.why}. ${advice}.`;
    return { outcome: "failed", code: "bad_answer", message };
  }
  if (answer.ignored === undefined) return { outcome: "ok" };
  const message = `Cannot follow ${answer.ignored} in the answer of ${nameOf(run)}: hooks can only stop the agent here. Leave it out.`;
  return { outcome: "ok", code: "answer_ignored", message };
}

/** The dispatcher was closed before a run was over. */
export function stoppedByClose(run: Run): Trouble {
  const state = "still running when the dispatcher was closed, so it was stopped";
  return { code: "closed", message: `Cannot finish ${nameOf(run)}: ${state}. Give close() a larger budget.` };
}

/** Exit 2. Its words are on stderr (seed 004), or else in its answer. */
function blocked(run: CommandRun, { stderr, answer }: Ending): Told {
  if (stderr !== "") return { outcome: "blocked", message: shorten(stderr, LONGEST_MESSAGE) };
  const reason = answer !== undefined && "reason" in answer ? answer.reason : undefined;
  if (reason !== undefined) return { outcome: "blocked", ...because(reason) };
  return { outcome: "blocked", message: withoutReason(run, "a reason on stderr") };
}

function because(reason: string): { readonly reason: string; readonly message: string } {
  return { reason: shorten(reason, LONGEST_REASON), message: shorten(reason, LONGEST_MESSAGE) };
}

function flooded(run: CommandRun): Trouble {
  const state = "it printed more than 64 MiB, so it was stopped";
  return { code: "output_too_large", message: `Cannot finish ${nameOf(run)}: ${state}. Let it print less.` };
}

/** Nobody reads an answer of any length. `most` in bytes. */
export function answerTooLarge(run: Run, most: number): Trouble {
  const state = `it has more than ${most} bytes`;
  const advice = "Print the answer alone, and everything else to stderr";
  return { code: "answer_too_large", message: `Cannot read the answer of ${nameOf(run)}: ${state}. ${advice}.` };
}

function withoutReason(run: Run, what: string): string {
  return `Cannot go on: ${nameOf(run)} blocked without a reason. Let it give ${what}.`;
}

function failed(run: CommandRun, ending: Ending): Trouble {
  const { code, signal } = ending.exit;
  const how = signal === null ? `exited with code ${code}` : `killed by ${signal}`;
  const said = lastLines(ending.stderr);
  const state = said === "" ? how : `${how}: ${said}`;
  const advice = ending.log === undefined ? "Try the command in a terminal." : `See ${ending.log}.`;
  const message = `Cannot finish ${nameOf(run)}: ${state}${/[.!?]$/.test(state) ? "" : "."} ${advice}`;
  return { code: signal === null ? "exit_code" : "killed_by_signal", message };
}

/** The last lines of stderr mostly say it: an interpreter's error comes after its trace. */
function lastLines(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  return shorten(lines.slice(-2).join(" / "), 500);
}
