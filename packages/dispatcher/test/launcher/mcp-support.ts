/** Real servers of tools, and runs that call them: what every test of MCP tools needs. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Job, Launcher, McpServer, McpToolRun, RunEnd } from "../../dist/contracts.js";
import { type Home, job, until } from "./support.ts";

const SERVER = fileURLToPath(new URL("../fixtures/mcp-server.mjs", import.meta.url));

/** What a server wrote down about itself. */
export interface Traced {
  readonly pid: number;
  readonly [key: string]: unknown;
}

/** A server that is started by whoever uses it, and what happened to it. */
export interface Served {
  readonly server: McpServer;
  readonly trace: () => Traced[];
  /** Arguments of the calls so far, in order. */
  readonly calls: () => unknown[];
  /** Processes it was, in order. */
  readonly pids: () => number[];
}

/** How a server differs from one that is well. */
export interface Differences {
  readonly modes?: readonly string[];
  readonly startup_timeout_ms?: number;
  readonly transport?: object;
}

/** A server over stdio. */
export function stdioServer(
  home: Pick<Home, "file">,
  { modes = [], startup_timeout_ms = 20_000, transport = {} }: Differences = {},
): Served {
  const file = home.file(`trace-${randomUUID()}`);
  const stdio = {
    kind: "stdio",
    argv: [process.execPath, SERVER, file, ...modes],
    env: {},
    env_vars: [],
    ...transport,
  };
  return served(file, {
    name: "scanner",
    origin: { file: "/home/ada/.xcodex/config.toml", line: 3 },
    startup_timeout_ms,
    transport: stdio as McpServer["transport"],
  });
}

/** A server over HTTP on this machine, started now. */
export async function httpServer(
  home: Pick<Home, "file">,
  { modes = [], startup_timeout_ms = 20_000, transport = {} }: Differences = {},
  path = "/mcp",
  env: Record<string, string> = {},
): Promise<Served & { readonly url: string }> {
  const file = home.file(`trace-${randomUUID()}`);
  const argv = [SERVER, file, "http", ...modes];
  const child = spawn(process.execPath, argv, { stdio: "ignore", env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill("SIGKILL"));
  await until(() => traceOf(file).some(({ port }) => port !== undefined), "the server listens");
  const url = `http://127.0.0.1:${traceOf(file).find(({ port }) => port !== undefined)?.port}`;
  const http = {
    kind: "http",
    url: `${url}${path}`,
    headers: {},
    env_headers: {},
    ...transport,
  } as McpServer["transport"];
  const origin = { file: "/home/ada/.xcodex/config.toml", line: 3 };
  return { ...served(file, { name: "scanner", origin, startup_timeout_ms, transport: http }), url };
}

function served(file: string, server: McpServer): Served {
  const trace = (): Traced[] => traceOf(file);
  return {
    server,
    trace,
    calls: () => trace().flatMap((line) => (line.tool === undefined ? [] : [line.arguments])),
    pids: () => trace().flatMap((line) => (line.started === undefined ? [] : [line.pid])),
  };
}

function traceOf(file: string): Traced[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Traced]));
  } catch {
    return [];
  }
}

/** A run that calls a tool and may stop the agent. */
export function toolRun(
  server: McpServer,
  tool: string,
  args: Record<string, unknown> = {},
  more: Partial<McpToolRun> = {},
): McpToolRun {
  return {
    run_id: randomUUID(),
    hook_id: "hooks-toml:exec.before:1",
    surface: "hooks-toml",
    origin: { file: "/home/ada/.xcodex/hooks.toml", line: 7 },
    mcp_tool: { server, tool, arguments: args },
    timeout_ms: 20_000,
    lane: "gate",
    blocks: true,
    ...more,
  };
}

/** Calls a tool and waits for the end. */
export function call(launcher: Launcher, ...[server, tool, args, more]: Parameters<typeof toolRun>): Promise<RunEnd> {
  return endOf(launcher, toolRun(server, tool, args, more));
}

/** Launches runs and waits for the ends of all, in the order of the runs. */
export async function endsOf(launcher: Launcher, runs: readonly McpToolRun[]): Promise<RunEnd[]> {
  const got = new Map<string, RunEnd>();
  await new Promise<void>((settle) => {
    launcher.launch(toolJob(runs), (end) => {
      got.set(end.run_id, end);
      if (got.size === runs.length) settle();
    });
  });
  return runs.map((run) => got.get(run.run_id) as RunEnd);
}

async function endOf(launcher: Launcher, run: McpToolRun): Promise<RunEnd> {
  return (await endsOf(launcher, [run]))[0] as RunEnd;
}

/** A job that calls tools. */
export function toolJob(runs: readonly McpToolRun[]): Job {
  return { ...job([]), payloads: [], runs };
}
