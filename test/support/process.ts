import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** What a process is fed, step by step; undefined leaves its stdin open for ever. */
export type Feed = string | Uint8Array | ((child: ChildProcess) => void | Promise<void>);

/** Runs a command to its end. Its stdin is what Node gives children: a socket pair. */
export async function runProcess(
  argv: readonly string[],
  feed: Feed,
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<Ended> {
  const [program = "", ...args] = argv;
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  if (options.env?.XCODEX_HOOKS_REPLIES === undefined) delete env.XCODEX_HOOKS_REPLIES;
  const startedAt = performance.now();
  const child = spawn(program, args, { env, cwd: options.cwd, stdio: ["pipe", "pipe", "pipe"] });
  // A hook that does not read to the end is no failure of the test.
  child.stdin.on("error", () => {});
  const ended = new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve([code, signal]));
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  if (typeof feed === "function") await feed(child);
  else child.stdin.end(feed);
  const [code, signal] = await ended;
  return { code, signal, stdout: stdout.join(""), stderr: stderr.join(""), ms: performance.now() - startedAt };
}

/** What a stream says, as it says it. */
function collect(stream: Readable): readonly string[] {
  const said: string[] = [];
  stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
  return said;
}
