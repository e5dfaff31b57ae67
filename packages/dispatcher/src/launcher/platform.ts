/**
 * Everything that differs between Linux, macOS and Windows: shells, signals to a process group, the search for a program.
 *
 * Nothing else in this folder asks which platform it runs on.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Command } from "../contracts.ts";

const isWindows: boolean = process.platform === "win32";

/** Environment of a process. */
export type Env = Readonly<Record<string, string>>;

/** Flags that create a file which must not exist yet, through no symbolic link. `O_NOFOLLOW` is unknown to Windows. */
export const CREATE_NEW: number = constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** A command in the form that `spawn` takes. */
export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows: hand the arguments on as they are, `cmd.exe` has its own idea of quotes. */
  readonly verbatim: boolean;
}

/**
 * Variables that a server of tools gets although nobody named them: what programs need to find themselves and others. Not all, because
 * such servers are other people's programs, and an agent's environment is full of secrets (the same list as Codex and MCP's own clients).
 */
export const SAFE_VARIABLES: readonly string[] = isWindows
  ? [
      ...[
        "APPDATA",
        "COMSPEC",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "Path",
        "PATH",
        "PATHEXT",
        "PROCESSOR_ARCHITECTURE",
      ],
      ...["PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "SYSTEMDRIVE", "SYSTEMROOT"],
      ...["TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR"],
    ]
  : ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER", "__CF_USER_TEXT_ENCODING"];

/** Turns a configured command into a program and its arguments. */
export function invocationOf(command: Command, env: Env): Invocation {
  if ("argv" in command) return { file: command.argv[0] ?? "", args: command.argv.slice(1), verbatim: false };
  if (isWindows) return { file: "cmd.exe", args: ["/d", "/s", "/c", `"${command.shell}"`], verbatim: true };
  return hasBash(pathOf(env))
    ? { file: "bash", args: ["-lc", command.shell], verbatim: false }
    : { file: "sh", args: ["-c", command.shell], verbatim: false };
}

const bashOnPath = new Map<string, boolean>();

/** The answer is remembered per PATH: the search costs more than starting a run otherwise does. */
function hasBash(path: string): boolean {
  let known = bashOnPath.get(path);
  if (known === undefined) {
    known = findProgram("bash", path, "/").state === "runnable";
    bashOnPath.set(path, known);
  }
  return known;
}

/** The PATH of an environment; Windows spells it `Path` as it likes. */
export function pathOf(env: Env): string {
  if (env.PATH !== undefined || !isWindows) return env.PATH ?? "";
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH");
  return key === undefined ? "" : (env[key] ?? "");
}

/** What a search for a program found. */
export interface ProgramSearch {
  readonly state: "runnable" | "not_executable" | "missing";
  readonly path?: string;
}

/** Looks a program up the way `execvp` does. Nothing that runs asks it: only who wants to say why a start fails. */
export function findProgram(name: string, path: string, cwd: string): ProgramSearch {
  const named = isPath(name);
  const folders = named ? [cwd] : path.split(delimiter);
  const endings = isWindows ? ["", ...(process.env.PATHEXT ?? ".COM;.EXE").split(";")] : [""];
  let barred: string | undefined;
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = named ? resolve(folder, name + ending) : join(folder || ".", name + ending);
      if (!isFile(candidate)) continue;
      if (mayRun(candidate)) return { state: "runnable", path: candidate };
      barred ??= candidate;
    }
  }
  return barred === undefined ? { state: "missing" } : { state: "not_executable", path: barred };
}

/** Whether a program is named by a path, from the folder where it is started, and not looked for on PATH. */
export function isPath(name: string): boolean {
  return name.includes("/") || (isWindows && name.includes("\\"));
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/**
 * Makes a named pipe, for its owner only. Throws when that is impossible. There is no system call for it in Node, and a pipe of Node's own
 * is a socket, which no `/dev/stdin` can open.
 */
export function makePipe(path: string): void {
  if (isWindows) throw new Error("named pipes in folders do not exist on Windows; hosts need Linux or macOS");
  const env = { PATH: `/usr/bin:/bin:${pathOf(process.env as Env)}` };
  const made = spawnSync("mkfifo", ["-m", "600", path], { env, encoding: "utf8", timeout: 10_000 });
  if (made.error) throw new Error(`mkfifo cannot be run (${made.error.message})`);
  if (made.status !== 0) throw new Error(made.stderr.trim() || `mkfifo ended with ${made.status}`);
}

/** Whether this user may execute a file, or enter a folder. */
export function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process of this id exists, whoever owns it. */
export function processExists(pid: number): boolean {
  return probe(pid);
}

/** Whether the process group of this id has members. Windows has no groups: there the tree ends with its root. */
export function groupExists(pid: number): boolean {
  return !isWindows && probe(-pid);
}

/** A process that we may not signal exists all the same. */
function probe(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Signals every member of a process group; on Windows ends the tree, whatever the signal. Never throws. */
export function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    if (isWindows) endTree(pid);
    else process.kill(-pid, signal);
  } catch {
    // Gone in the meantime, or not ours to signal: either way the caller goes on watching the group.
  }
}

/** TERM after a while, KILL after another, from a shell: the arguments are the group and the two pauses in seconds. */
const SWEEP = 'sleep "$2"; kill -s TERM -- "-$1" 2>/dev/null || exit 0; sleep "$3"; kill -s KILL -- "-$1" 2>/dev/null';

/**
 * Leaves the rest of a process group to a small process of its own, which outlives this one: whoever waits for us must not wait for
 * what a hook left behind. Without a shell to do it, the group is ended at once.
 */
export function sweepLater(pid: number, linger_ms: number, kill_grace_ms: number): void {
  if (isWindows) {
    signalGroup(pid, "SIGKILL");
    return;
  }
  const pauses = [linger_ms, kill_grace_ms].map((ms) => String(Math.ceil(ms / 1000)));
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };
  const sweeper = spawn("/bin/sh", ["-c", SWEEP, "sweep", String(pid), ...pauses], {
    detached: true,
    stdio: "ignore",
    env,
    cwd: "/",
  });
  sweeper.on("error", () => signalGroup(pid, "SIGKILL"));
  sweeper.unref();
}

function endTree(pid: number): void {
  const child = spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
  child.on("error", () => {});
}
