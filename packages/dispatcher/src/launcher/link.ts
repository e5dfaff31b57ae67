/** The agent's end of the line to one launcher process: starts it, writes frames, reads ends, notices its death or brings it about. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { RunEnd } from "../contracts.ts";
import { atExit } from "./at-exit.ts";
import type { LauncherOptions } from "./core.ts";
import { foldersOf, textOf } from "./folders.ts";
import { leaveBehind } from "./left-over.ts";
import { decodeLine, encodeMessage, type HostNews, LONGEST_FRAME, PONG } from "./protocol.ts";

/** How to start a launcher process. */
export interface LinkOptions extends LauncherOptions {
  /** The program of the launcher process. Default: `main.js` beside this file. Tests set it. */
  readonly entry?: string;
}

/** What a link says. */
export interface LinkEvents {
  /** Something came, whatever it is: the process is at work. */
  readonly heard: () => void;
  readonly ended: (end: RunEnd) => void;
  /** A ping was answered: everything that was sent before it has been dealt with. */
  readonly ponged: () => void;
  /** News about a host. */
  readonly told: (news: HostNews) => void;
  /** The process is gone, once and for all. `started` is false when there never was one. */
  readonly lost: (loss: { readonly started: boolean; readonly why: string }) => void;
}

/** A line to a launcher process. */
export interface Link {
  /**
   * Hands a frame over; frames of one turn of the event loop go together, at its end, or at once when somebody waits. False: too much is
   * waiting already, nothing was sent.
   */
  readonly send: (frame: Buffer, urgent?: boolean) => boolean;
  /** Whether this process stays alive for what comes over this line. Not at first. */
  readonly hold: (on: boolean) => void;
  /** Nothing more will be sent; the launcher finishes and exits. */
  readonly end: () => void;
  /** Kills the process. It counts as lost at once, even if it is one that no signal can end. */
  readonly kill: (why: string) => void;
}

/** Frames that may wait in memory while the pipe is full. */
const MOST_WAITING: number = 64 * 1024 * 1024;

/** Variables that would change the launcher itself. Hooks still get them. */
const NOT_FOR_NODE: readonly string[] = ["NODE_OPTIONS", "NODE_V8_COVERAGE"];

/** Starts a launcher process. Never throws; what goes wrong is a loss. */
export function openLink(options: LinkOptions, events: LinkEvents): Link {
  const { entry, env = process.env, ...rest } = options;
  try {
    const child = spawnLauncher(entry, options.codex_home, env);
    const link = linkTo(child, options.codex_home, events);
    const held = NOT_FOR_NODE.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
    link.send(encodeMessage({ type: "hello", options: rest, env: Object.fromEntries(held) }));
    return link;
  } catch (error) {
    setImmediate(() => events.lost({ started: false, why: textOf(error) }));
    return { send: () => true, hold: () => {}, end: () => {}, kill: () => {} };
  }
}

function spawnLauncher(entry: string | undefined, codexHome: string, env: NodeJS.ProcessEnv): ChildProcess {
  const main = entry ?? fileURLToPath(new URL("./main.js", import.meta.url));
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_NODE.includes(name)));
  return spawn(process.execPath, [main, codexHome], {
    env: own,
    // A group and session of its own: what the terminal sends to the agent is not for the launcher.
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
}

function linkTo(child: ChildProcess, codexHome: string, events: LinkEvents): Link {
  // `pipe` makes both a socket; the types know only streams.
  const input = child.stdin as Socket | null;
  const output = child.stdout as Socket | null;
  const sent = watchSent(child.pid, input, codexHome);
  const lose = watch(child, input, output, {
    ...events,
    lost: (loss) => {
      sent.forget();
      events.lost(loss);
    },
  });
  for (const each of [child, input, output]) each?.unref();

  let corked = false;

  function uncork(): void {
    if (corked) input?.uncork();
    corked = false;
  }

  /** A write costs more than everything else that an emit does, and mostly wakes the launcher on our processor. */
  function cork(): void {
    if (corked) return;
    corked = true;
    input?.cork();
    setImmediate(uncork);
  }

  function send(frame: Buffer, urgent = false): boolean {
    // A process that could not be started takes everything: its loss is on the way, and says what became of it.
    if (input === null || input.destroyed) return true;
    const waiting = input.writableLength;
    if (frame.length > LONGEST_FRAME || (waiting > 0 && waiting + frame.length > MOST_WAITING)) return false;
    if (!urgent) cork();
    input.write(frame, sent.note(frame));
    if (urgent) uncork();
    return true;
  }

  return {
    send,
    hold: (on) => void (on ? output?.ref() : output?.unref()),
    end: () => {
      uncork();
      input?.end();
    },
    kill: (why) => {
      child.kill("SIGKILL");
      lose(true, why);
    },
  };
}

/** The frames that the pipe has not taken, for the moment when this process exits. */
interface Sent {
  /** A frame is sent. Returns what to call when the pipe has taken it. */
  readonly note: (frame: Buffer) => () => void;
  /** There is nobody to leave anything to. */
  readonly forget: () => void;
}

function watchSent(pid: number | undefined, input: Socket | null, codexHome: string): Sent {
  const folders = foldersOf(codexHome);
  const frames = new Map<number, Buffer>();
  let count = 0;

  /** That the pipe has taken a frame is told later; how many bytes it has not taken is known at once. */
  function untaken(): Buffer[] {
    const found: Buffer[] = [];
    let bytes = input?.writableLength ?? 0;
    for (const frame of [...frames.values()].reverse()) {
      if (bytes <= 0) break;
      bytes -= frame.length;
      found.push(frame);
    }
    return found.reverse();
  }

  const forget = atExit(() => {
    const left = untaken();
    if (left.length === 0 || pid === undefined) return;
    try {
      leaveBehind(folders, pid, count - left.length, left);
    } catch {
      // The launcher says in its log that a message was cut.
    }
  });

  function note(frame: Buffer): () => void {
    if (input?.writableLength === 0) frames.clear();
    const number = count;
    count += 1;
    frames.set(number, frame);
    return () => void frames.delete(number);
  }

  return { note, forget };
}

type Lose = (started: boolean, why: string) => void;

/**
 * Its stdout ends when the launcher does, however it does; its last ends come before that. Returns how to count it as lost
 * sooner.
 */
function watch(child: ChildProcess, input: Socket | null, output: Socket | null, events: LinkEvents): Lose {
  let lost = false;
  const lose: Lose = (started, why) => {
    if (lost) return;
    lost = true;
    input?.destroy();
    output?.destroy();
    events.lost({ started, why });
  };
  child.on("error", (error) => {
    if (child.pid === undefined) lose(false, error.message);
  });
  // Writing to a launcher that died fails; that it died is noticed below.
  input?.on("error", () => {});
  output?.on("error", () => {});
  output?.on("close", () => {
    if (child.pid !== undefined) lose(true, "the launcher process ended");
  });
  output?.on("data", () => events.heard());
  readLines(output, (line) => {
    const said = decodeLine(line);
    if (`${line}\n` === PONG) events.ponged();
    if (said === undefined) return;
    if ("end" in said) events.ended(said.end);
    else events.told(said.news);
  });
  return lose;
}

function readLines(output: Socket | null, take: (line: string) => void): void {
  let rest = "";
  output?.setEncoding("utf8");
  output?.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
