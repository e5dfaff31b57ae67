/** A launcher process that is there but does nothing: who waits for a run must not wait for ever. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Launcher } from "../../dist/contracts.js";
import { type ClientOptions, startLauncher } from "../../dist/launcher/client.js";
import { end, ends, type Home, job, launchersOf, makeHome, mark, sh, until } from "./support.ts";

/** Asked early and given little time, so that tests are fast. */
const impatient = (home: Home): ClientOptions => ({ ...home.options({ kill_grace_ms: 100 }), patience_ms: 500 });

/** Suspends the launcher of a home, as a user, a debugger or a disk may; it is gone when the test is over. */
function suspend(home: Home): number {
  const [pid, ...more] = launchersOf(home.path);
  if (pid === undefined || more.length > 0) throw new Error("there should be exactly one launcher");
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => {
    if (launchersOf(home.path).includes(pid)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

/** Keeps this process from doing anything else, as a long computation does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("a suspended launcher", () => {
  test("is killed when a gate is overdue; all its runs end once and the next launch starts another", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const client = startLauncher(impatient(home));
    const lost = ends(
      client,
      job([
        sh("sleep 300", { env, lane: "gate", timeout_ms: 300 }),
        sh("sleep 300", { env, lane: "gate", timeout_ms: 100_000 }),
        sh("sleep 300", { env }),
      ]),
    );
    await until(() => alive().length >= 3, "all run");
    const pid = suspend(home);
    const unread = ends(client, job([sh("exit 0"), sh("exit 0", { lane: "gate" })]));
    const got = [...(await lost), ...(await unread)];
    expect(got.map((each) => [each.outcome, each.code])).toEqual(Array(5).fill(["dropped", "launcher_lost"]));
    expect(got[0]?.message).toMatch(
      /^Cannot finish hook "sh" of .*: the launcher process did not answer for 500 ms, so it was killed\. See /,
    );
    await until(() => !launchersOf(home.path).includes(pid), "it is gone");
    expect((await end(client, job(sh("exit 0", { lane: "gate" })))).outcome).toBe("ok");
    expect(await client.close(5000)).toEqual({ drained: true, left: 0, dropped: 5 });
    const records = home.records().filter((record) => record.code === "launcher_lost");
    expect(records.map((record) => record.run_id).sort()).toEqual(got.map((each) => each.run_id).sort());
  });

  test("is left alone while no gate is overdue, and goes on where it was", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const client = startLauncher(impatient(home));
    const one = end(client, job(sh("sleep 1; exit 3", { env, lane: "gate", timeout_ms: 20_000 })));
    await until(() => alive().length > 0, "it runs");
    const pid = suspend(home);
    await new Promise((settle) => setTimeout(settle, 1500));
    process.kill(pid, "SIGCONT");
    expect(await one).toMatchObject({ outcome: "failed", exit_code: 3 });
    expect(launchersOf(home.path)).toEqual([pid]);
    await client.close(5000);
  });

  test("does not hold up closing: what waits ends, long before the budget is spent", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const client = startLauncher(impatient(home));
    const one = end(client, job(sh("sleep 300", { env, lane: "gate", timeout_ms: 300 })));
    await until(() => alive().length > 0, "it runs");
    suspend(home);
    const before = performance.now();
    expect(await client.close(60_000)).toEqual({ drained: true, left: 0, dropped: 1 });
    expect(performance.now() - before).toBeLessThan(15_000);
    expect((await one).code).toBe("launcher_lost");
  });

  test("does not hold up closing when only observers are left: the budget ends it", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const client = startLauncher(impatient(home));
    client.launch(job(sh("sleep 300", { env, timeout_ms: 100 })));
    await until(() => alive().length > 0, "it runs");
    suspend(home);
    const before = performance.now();
    expect(await client.close(300)).toEqual({ drained: false, left: 1, dropped: 0 });
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

describe("an agent whose launcher is suspended", () => {
  const agentFile = fileURLToPath(new URL("../fixtures/agent.mjs", import.meta.url));

  /** Starts an agent, suspends its launcher as soon as the hook runs, and returns what the agent said until it left. */
  async function outlast(what: object, lane: "gate" | "observe"): Promise<Record<string, unknown>[]> {
    const home = makeHome();
    const { env } = mark();
    const started = home.file("started");
    const work = job(sh(`touch ${started}; sleep 300`, { env, lane, timeout_ms: 6000 }));
    const input = JSON.stringify({ options: impatient(home), job: work, ...what });
    const child = spawn(process.execPath, [agentFile, input], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    const exited = new Promise((settle) => child.once("close", settle));
    await until(() => existsSync(started), "the hook runs");
    suspend(home);
    expect(await exited).toBe(0);
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  }

  test("gets an end for the gate it waits for, and can leave", async () => {
    expect(await outlast({ leave: "return" }, "gate")).toMatchObject([{ outcome: "dropped", code: "launcher_lost" }]);
  });

  test("gets it also after closing has given up, and can leave", async () => {
    expect(await outlast({ leave: "close", budget: 300 }, "gate")).toMatchObject([
      { drained: false, left: 1, dropped: 0 },
      { outcome: "dropped", code: "launcher_lost" },
    ]);
  });

  test("leaves after closing when only observers are left", async () => {
    expect(await outlast({ leave: "close", budget: 300 }, "observe")).toEqual([
      { drained: false, left: 1, dropped: 0 },
    ]);
  });
});

describe("a launcher that answers is not killed", () => {
  /** Eight gates at work, and a ninth whose own time is long over when its turn comes. */
  async function queueBehindEight(client: Launcher, meanwhile: () => Promise<void>): Promise<void> {
    const slow = Array.from({ length: 8 }, () => sh("sleep 3", { lane: "gate" }));
    const got = ends(client, job([...slow, sh("exit 0", { lane: "gate", timeout_ms: 1000 })]));
    await meanwhile();
    const all = await got;
    expect(all.map((each) => each.outcome)).toEqual(Array(9).fill("ok"));
    expect(all[8]?.queued_ms).toBeGreaterThan(2500);
  }

  test("while a gate waits for its turn beyond its own timeout", async () => {
    const home = makeHome();
    const client = startLauncher({ ...impatient(home), patience_ms: 300 });
    await end(client, job(sh("exit 0")));
    const before = launchersOf(home.path);
    await queueBehindEight(client, async () => {});
    expect(launchersOf(home.path)).toEqual(before);
    await client.close(5000);
  });

  test("while the agent has begun to close", async () => {
    const home = makeHome();
    const client = startLauncher({ ...impatient(home), patience_ms: 300 });
    await queueBehindEight(client, async () => {
      expect(await client.close(20_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    });
  });

  test("while the agent itself stands still again and again", async () => {
    const home = makeHome();
    const client = startLauncher({ ...impatient(home), patience_ms: 300 });
    await end(client, job(sh("exit 0")));
    const before = launchersOf(home.path);
    await queueBehindEight(client, async () => {
      for (let n = 0; n < 6; n += 1) {
        block(700);
        // One turn of the event loop: enough to ask, too little for the answer.
        await new Promise((settle) => setImmediate(settle));
      }
    });
    expect(launchersOf(home.path)).toEqual(before);
    await client.close(5000);
  });
});

test("a launcher that killing does not get rid of is given up at once", async () => {
  const home = makeHome();
  const { env } = mark();
  const entry = home.file("undead.mjs");
  // Its line stays open after it was killed, like that of a process that is stuck in the kernel.
  writeFileSync(
    entry,
    `import { spawn } from "node:child_process";
spawn("sleep", ["300"], { stdio: ["ignore", "inherit", "ignore"], env: { ...process.env, ...${JSON.stringify(env)} } });`,
  );
  const client = startLauncher({ ...impatient(home), entry });
  const got = await end(client, job(sh("exit 0", { lane: "gate", timeout_ms: 100 })));
  expect(got).toMatchObject({ outcome: "dropped", code: "launcher_lost" });
  expect(await client.close(5000)).toEqual({ drained: true, left: 0, dropped: 1 });
});

test("an end that comes late, twice or for no run at all is ignored", async () => {
  const home = makeHome();
  const entry = home.file("stutters.mjs");
  const protocol = JSON.stringify(new URL("../../dist/launcher/protocol.js", import.meta.url).href);
  writeFileSync(
    entry,
    `import { decodeMessage, encodeEnd, FrameReader, PONG } from ${protocol};
const frames = new FrameReader();
const over = [];
const tell = (run_id) => process.stdout.write(encodeEnd({ run_id, outcome: "ok", exit_code: 0, signal: null, duration_ms: 1, queued_ms: 0, stderr: "" }));
process.stdin.on("data", (chunk) => {
  for (const { header } of frames.push(chunk)) {
    const message = decodeMessage(header);
    if (message.type !== "job") continue;
    for (const { run_id } of message.job.runs) over.push(run_id, "nobody", run_id);
    process.stdout.write(PONG);
    for (const run_id of over) tell(run_id);
  }
});
`,
  );
  const client = startLauncher({ ...home.options(), entry });
  const heard: string[] = [];
  const work = [1, 2, 3].map(() => job(sh("exit 0", { lane: "gate" })));
  for (const one of work) {
    client.launch(one, (each) => heard.push(each.run_id));
    await until(() => heard.includes(one.runs[0]?.run_id ?? ""), "it has ended");
  }
  expect(await client.close(5000)).toEqual({ drained: true, left: 0, dropped: 0 });
  expect(heard).toEqual(work.map((one) => one.runs[0]?.run_id));
});

test("one timer watches over all gates, and none when nobody waits", async () => {
  const started = vi.spyOn(globalThis, "setInterval");
  const stopped = vi.spyOn(globalThis, "clearInterval");
  onTestFinished(() => void vi.restoreAllMocks());
  const client = startLauncher(makeHome().options());
  client.launch(job([sh("exit 0"), sh("exit 0", { lane: "gate" })]));
  await end(client, job(sh("exit 0")));
  expect(started).not.toHaveBeenCalled();
  await Promise.all(Array.from({ length: 20 }, () => end(client, job(sh("exit 0", { lane: "gate" })))));
  expect(started).toHaveBeenCalledTimes(1);
  const timer = started.mock.results[0]?.value as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(false);
  expect(stopped).toHaveBeenCalledWith(timer);
  await client.close(5000);
});
