/** The life of a connection to an MCP server: shared, kept, opened again, ended with everything that belongs to it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import type { Launcher } from "../../dist/contracts.js";
import { createCore, type LauncherOptions } from "../../dist/launcher/core.js";
import { call, endsOf, stdioServer, toolJob, toolRun } from "./mcp-support.ts";
import { kinds, launchersOf, makeHome, mark, until } from "./support.ts";

function start(options: LauncherOptions): Launcher {
  const launcher = createCore(options);
  onTestFinished(async () => void (await launcher.close(0)));
  return launcher;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("all hooks of one definition share a connection, at once and one after the other", async () => {
  const home = makeHome();
  const launcher = start(home.options());
  const { server, pids, calls } = stdioServer(home);
  const elsewhere = { ...server, origin: { file: "/another/config.toml", line: 9 } };
  const runs = Array.from({ length: 40 }, (_, n) => toolRun(n % 2 === 0 ? server : elsewhere, "allow", { n }));
  expect(new Set((await endsOf(launcher, runs)).map((end) => end.outcome))).toEqual(new Set(["ok"]));
  await call(launcher, server, "allow", { n: 40 });
  expect(pids()).toHaveLength(1);
  expect(calls()).toHaveLength(41);
});

it("servers that are defined otherwise have their own", async () => {
  const home = makeHome();
  const launcher = start(home.options());
  const { server, pids } = stdioServer(home);
  if (server.transport.kind !== "stdio") throw new Error("it is one over stdio");
  const other = { ...server, transport: { ...server.transport, env: { MODE: "other" } } };
  await endsOf(launcher, [toolRun(server, "allow"), toolRun(other, "allow")]);
  expect(pids()).toHaveLength(2);
});

it("a server that ended between two calls is started again", async () => {
  const home = makeHome();
  const launcher = start(home.options());
  const { server, pids } = stdioServer(home);
  await call(launcher, server, "quit");
  await until(() => !exists(pids()[0] as number), "it has ended");
  expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
  expect(pids()).toHaveLength(2);
});

it("one that dies three times in a row is left alone for a while, and the message says why", async () => {
  const home = makeHome();
  const launcher = start(home.options());
  const { server, pids } = stdioServer(home);
  for (let n = 0; n < 3; n += 1) expect(await call(launcher, server, "die")).toMatchObject({ code: "server_ended" });
  const end = await call(launcher, server, "allow");
  expect(end).toMatchObject({ outcome: "failed", code: "breaker_open" });
  expect(end.message).toContain(
    "failed 3 times in a row and is left alone for 30 s; at last its server exited with code 3",
  );
  expect(pids()).toHaveLength(3);
});

it("an answer makes good what was before", async () => {
  const home = makeHome();
  const launcher = start(home.options());
  const { server } = stdioServer(home);
  for (const tool of ["die", "die", "allow", "die", "die", "allow"]) {
    expect(await call(launcher, server, tool)).toMatchObject(
      tool === "allow" ? { outcome: "ok" } : { code: "server_ended" },
    );
  }
});

it.each(kinds)("with %s, nothing of a server is left after close, however deaf it is", async (_, make) => {
  const home = makeHome();
  const { env, alive } = mark();
  const launcher = make(home.options({ kill_grace_ms: 300, env: { ...process.env, ...env } }));
  const { server, trace } = stdioServer(home, { modes: ["deaf"], transport: { env_vars: ["LAUNCHER_TEST_MARK"] } });
  expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
  expect(alive().length).toBeGreaterThanOrEqual(2);
  await launcher.close(5000);
  await until(() => alive().length === 0, "the server and its child are gone");
  expect(trace()).toContainEqual(expect.objectContaining({ signal: "SIGTERM" }));
});

it("one that is still starting is ended by close too", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const launcher = start(home.options({ env: { ...process.env, ...env } }));
  const { server, pids } = stdioServer(home, { modes: ["mute"], transport: { env_vars: ["LAUNCHER_TEST_MARK"] } });
  const end = call(launcher, server, "allow");
  await until(() => pids().length === 1, "the server has started");
  await launcher.close(0);
  expect(await end).toMatchObject({ outcome: "failed", code: "closed" });
  expect(alive()).toEqual([]);
});

it("a call is finished after the agent has exited, and then the server ends", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const { server, calls } = stdioServer(home, { transport: { env_vars: ["LAUNCHER_TEST_MARK"] } });
  const run = toolRun(server, "allow", { last: "words" }, { lane: "observe", blocks: false });
  const agent = fileURLToPath(new URL("../fixtures/agent.mjs", import.meta.url));
  const options = home.options({ env: { ...process.env, ...env } });
  const todo = JSON.stringify({ options, job: toolJob([run]), leave: "exit" });
  await promisify(execFile)(process.execPath, [agent, todo]);
  await until(() => home.records().length === 1, "the call is recorded");
  expect(home.records()).toMatchObject([{ outcome: "ok" }]);
  expect(calls()).toEqual([{ last: "words" }]);
  await until(() => alive().length === 0 && launchersOf(home.path).length === 0, "all have left");
});
