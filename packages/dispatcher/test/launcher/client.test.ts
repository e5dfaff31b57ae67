/** What only the launcher process does: outlive the agent, and be outlived by it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startLauncher } from "../../dist/launcher/client.js";
import { end, ends, job, launchersOf, makeHome, mark, processesWith, run, sh, until } from "./support.ts";

const agentFile = fileURLToPath(new URL("../fixtures/agent.mjs", import.meta.url));
const clientUrl = new URL("../../dist/launcher/client.js", import.meta.url).href;

interface Agent {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly said: () => Record<string, unknown>[];
}

function agent(what: object): Agent {
  const child = spawn(process.execPath, [agentFile, JSON.stringify(what)], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  const exited = new Promise<number | null>((settle) => child.once("close", (code) => settle(code)));
  const lines = (): string[] => text.split("\n").filter((line) => line !== "");
  return { child, exited, said: () => lines().map((line) => JSON.parse(line)) };
}

describe("after the agent", () => {
  test.each(["exit", "kill", "return"])("has left by %s, what it handed over is finished", async (leave) => {
    const home = makeHome();
    const big = { json: JSON.stringify("x".repeat(50_000)) };
    const work = job([sh(`sleep 0.3; cat > ${home.file("out")}`), sh("exit 5")], { payloads: [big] });
    const { exited } = agent({ options: home.options(), job: work, leave });
    await exited;
    await until(() => home.records().length === 2, "both runs are recorded");
    expect(home.read("out") === big.json).toBe(true);
    expect(
      home
        .records()
        .map((record) => record.outcome)
        .sort(),
    ).toEqual(["failed", "ok"]);
    await until(() => launchersOf(home.path).length === 0, "the launcher has left too");
  });

  test("has exited at once, more than a pipe holds is finished all the same, each run once", async () => {
    const home = makeHome();
    const payloads = [{ json: JSON.stringify("x".repeat(20_000)) }];
    const work = job(sh("cat >/dev/null"), { payloads });
    await agent({ options: home.options(), job: work, times: 60, leave: "exit" }).exited;
    await until(() => home.records().length >= 60, "all runs are recorded");
    await until(() => launchersOf(home.path).length === 0, "the launcher has left too");
    expect(new Set(home.records().map((record) => record.run_id)).size).toBe(60);
    expect(home.records().filter((record) => record.outcome === "ok")).toHaveLength(60);
    expect([home.list("scratch"), home.list("launcher.log")]).toEqual([[], []]);
  });

  test("has exited at once, one payload that is larger than the pipe arrives whole", async () => {
    const home = makeHome();
    const json = JSON.stringify(`${"ü€𝄞".repeat(200_000)}!`);
    writeFileSync(home.file("job"), json);
    const script = `cat > ${home.file("out")}`;
    const agentScript = `import { readFileSync } from "node:fs"; import { startLauncher } from ${JSON.stringify(clientUrl)};
const [options, job, file] = JSON.parse(process.argv[1]);
startLauncher(options).launch({ ...job, payloads: [{ json: readFileSync(file, "utf8") }] });
process.exit(0);`;
    const what = JSON.stringify([home.options(), job(sh(script)), home.file("job")]);
    spawnSync(process.execPath, ["--input-type=module", "-e", agentScript, what], { stdio: "inherit" });
    await until(() => home.records().length === 1, "the run is recorded");
    expect(home.records()[0]?.outcome).toBe("ok");
    expect(home.read("out") === json).toBe(true);
  });

  test("has exited at once, what could not be handed over is recorded", async () => {
    const home = makeHome();
    const work = job(sh("exit 0"));
    await agent({ options: home.options(), job: work, times: 3, leave: "late", budget: 0 }).exited;
    expect(home.records().map((record) => [record.outcome, record.code])).toEqual(Array(3).fill(["dropped", "closed"]));
  });

  test("has left, a hook that hangs is stopped at its own deadline", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const work = job(sh("sleep 300", { env, timeout_ms: 1500 }));
    await agent({ options: home.options(), job: work, leave: "exit" }).exited;
    await until(() => home.records().length === 1, "the run is recorded");
    expect(home.records()[0]?.outcome).toBe("timeout");
    await until(() => alive().length === 0 && launchersOf(home.path).length === 0, "nothing is left");
  });

  test("waits for a gate it does not end, and gets its answer", async () => {
    const home = makeHome();
    const work = job(sh("sleep 0.3; echo no >&2; exit 2", { lane: "gate", blocks: true }));
    const { exited, said } = agent({ options: home.options(), job: work, leave: "return" });
    expect(await exited).toBe(0);
    expect(said()).toMatchObject([{ outcome: "blocked", stderr: "no" }]);
  });

  test("waits for an observer that somebody waits for, too", async () => {
    const home = makeHome();
    const work = job(sh("sleep 0.3"));
    const { exited, said } = agent({ options: home.options(), job: work, wait: "all", leave: "return" });
    expect(await exited).toBe(0);
    expect(said()).toMatchObject([{ outcome: "ok" }]);
  });

  test("closes with too small a budget, it is told what is left, and that is finished", async () => {
    const home = makeHome();
    const work = job(sh(`sleep 1; echo done > ${home.file("out")}`));
    const { exited, said } = agent({ options: home.options(), job: work, leave: "close", budget: 50 });
    expect(await exited).toBe(0);
    expect(said()).toEqual([{ drained: false, left: 1, dropped: 0 }]);
    await until(() => home.read("out") === "done\n", "the run is finished");
    await until(() => launchersOf(home.path).length === 0, "the launcher has left too");
  });
});

test("signals of a terminal do not end the launcher", async () => {
  const home = makeHome();
  const client = startLauncher(home.options());
  await end(client, job(sh("exit 0")));
  const [pid] = launchersOf(home.path);
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.kill(pid as number, signal);
  expect((await end(client, job(sh("exit 0")))).outcome).toBe("ok");
  expect(launchersOf(home.path)).toEqual([pid]);
  await client.close(5000);
});

test("when the launcher is killed, its runs end, are recorded, and the next run works", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const client = startLauncher(home.options());
  const lost = ends(client, job([sh("sleep 20", { env }), sh("sleep 20", { env, lane: "gate" })]));
  await until(() => alive().length >= 2, "both run");
  for (const pid of launchersOf(home.path)) process.kill(pid, "SIGKILL");
  const got = await lost;
  expect(got.map((each) => [each.outcome, each.code])).toEqual(Array(2).fill(["dropped", "launcher_lost"]));
  expect(got[0]?.message).toMatch(
    /^Cannot finish hook "sh" of .*: the launcher process ended\. See .*launcher\.log\.$/,
  );
  expect((await end(client, job(sh("exit 0")))).outcome).toBe("ok");
  expect(await client.close(5000)).toEqual({ drained: true, left: 0, dropped: 2 });
  expect(home.records().filter((record) => record.code === "launcher_lost")).toHaveLength(2);
});

test("a launcher that keeps failing costs no start per event, and every run ends", async () => {
  const home = makeHome();
  const entry = home.file("broken.mjs");
  writeFileSync(
    entry,
    `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(home.file("starts"))}, "x");`,
  );
  const client = startLauncher({ ...home.options(), entry });
  const last = Date.now() + 1500;
  let count = 0;
  while (Date.now() < last) {
    expect(await end(client, job(sh("exit 0")))).toMatchObject({ outcome: "dropped", code: "launcher_lost" });
    count += 1;
  }
  const starts = home.read("starts").length;
  expect(starts).toBeGreaterThanOrEqual(2);
  expect(starts).toBeLessThan(8);
  expect(await client.close(5000)).toEqual({ drained: true, left: 0, dropped: count });
  expect(home.records()).toHaveLength(count);
});

test("without a program to start it, runs end as not started and nothing throws", async () => {
  const home = makeHome();
  const real = process.execPath;
  process.execPath = "/no/such/node";
  onTestFinished(() => {
    process.execPath = real;
  });
  const client = startLauncher(home.options());
  for (let n = 0; n < 3; n += 1) {
    const one = await end(client, job(sh("exit 0", { lane: "gate" })));
    expect(one).toMatchObject({ outcome: "not_started", code: "spawn_failed" });
    expect(one.message).toContain('the launcher "/no/such/node" cannot be started');
  }
  expect((await client.close(5000)).drained).toBe(true);
  expect(home.records()).toHaveLength(3);
});

test("a job that cannot be encoded ends its runs and nothing throws", async () => {
  const client = startLauncher(makeHome().options());
  const head: Record<string, unknown> = {};
  head.self = head;
  const keys = { path: "p", bytes: "b", sha256: "s" };
  const one = await end(client, job(run({ argv: ["true"] }), { payloads: [{ json: "{}", envelope: { head, keys } }] }));
  expect(one).toMatchObject({ outcome: "not_started", code: "payload_file" });
  await client.close(5000);
});

test("when the launcher does not read, what no longer fits is dropped, counted and recorded", async () => {
  const home = makeHome();
  const entry = home.file("deaf.mjs");
  writeFileSync(entry, "setInterval(() => {}, 1000); setTimeout(() => process.exit(), 15000);");
  const client = startLauncher({ ...home.options(), entry });
  const payloads = [{ json: JSON.stringify("x".repeat(30 * 1024 * 1024)) }];
  const got: string[] = [];
  for (let n = 0; n < 4; n += 1) client.launch(job(sh("exit 0"), { payloads }), (one) => got.push(one.code ?? "ok"));
  await until(() => got.length >= 2, "what does not fit has ended");
  expect(got).toEqual(["queue_full", "queue_full"]);
  const report = await client.close(100);
  expect(report).toEqual({ drained: false, left: 2, dropped: 2 });
  await until(() => home.records().length >= 2, "the drops are recorded");
  for (const pid of processesWith(entry)) process.kill(pid, "SIGKILL");
  await until(() => got.length === 4, "the others end with their launcher");
});

test("payloads that are refused are not kept in memory until the agent hears of it", () => {
  const home = makeHome();
  const entry = home.file("deaf.mjs");
  writeFileSync(entry, "setInterval(() => {}, 1000); setTimeout(() => process.exit(), 5000);");
  const script = `import { startLauncher } from ${JSON.stringify(clientUrl)};
const [options, job] = JSON.parse(process.argv[1]);
const client = startLauncher(options);
for (let n = 0; n < 60; n += 1) {
  const runs = job.runs.map((run) => ({ ...run, run_id: String(n) }));
  client.launch({ ...job, runs, payloads: [{ json: JSON.stringify([n, "x".repeat(10_000_000)]) }] });
}
setImmediate(() => process.exit(7));`;
  const what = JSON.stringify([{ ...home.options(), entry }, job(sh("exit 0"))]);
  const args = ["--max-old-space-size=200", "--input-type=module", "-e", script, what];
  expect(spawnSync(process.execPath, args, { stdio: "ignore" }).status).toBe(7);
  expect(home.records().filter((record) => record.code === "queue_full").length).toBeGreaterThan(50);
});
