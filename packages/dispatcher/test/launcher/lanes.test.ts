/** Whose turn it is, who waits, who is dropped, and how a launcher is closed. */
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CommandRun, RunEnd } from "../../dist/contracts.js";
import { end, ends, job, kinds, makeHome, mark, sh, until } from "./support.ts";

describe.each(kinds)("%s", (_, make) => {
  test("runs eight at a time and never more", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    // Every hook counts how many are inside together with it.
    const inside = home.file("inside");
    const script = `mkdir -p ${inside}; touch ${inside}/$$; ls ${inside} | wc -l >> ${home.file("counts")}; sleep 0.15; rm ${inside}/$$`;
    const got = await ends(launcher, job(Array.from({ length: 40 }, () => sh(script))));
    expect(got.every((each) => each.outcome === "ok")).toBe(true);
    const counts = home.read("counts").trim().split("\n").map(Number);
    expect(counts).toHaveLength(40);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
    expect(Math.max(...counts)).toBeGreaterThan(4);
    expect(Math.max(...got.map((each) => each.queued_ms))).toBeGreaterThan(100);
    await launcher.close(10_000);
  });

  test("does not let observers that hang delay a gate", async () => {
    const { env, alive } = mark();
    const launcher = make(makeHome().options());
    const hung = Array.from({ length: 12 }, () => sh("sleep 300", { env, timeout_ms: 2000 }));
    launcher.launch(job(hung));
    await until(() => alive().length >= 8, "eight observers hang");
    const gate = await end(launcher, job(sh("exit 0", { lane: "gate" })));
    expect(gate.outcome).toBe("ok");
    expect(gate.queued_ms).toBeLessThan(1000);
    expect(alive().length).toBeGreaterThanOrEqual(8);
    await launcher.close(20_000);
    await until(() => alive().length === 0, "the observers are gone");
  });

  test("drops what does not fit the waiting line, counts it and records it", async () => {
    const home = makeHome();
    const launcher = make(home.options({ max_concurrent: 1, max_queued: 2 }));
    const got = await ends(launcher, job(Array.from({ length: 6 }, () => sh("sleep 0.2"))));
    expect(got.map((each) => each.outcome)).toEqual(["ok", "ok", "ok", "dropped", "dropped", "dropped"]);
    expect(got[5]).toMatchObject({ code: "queue_full", exit_code: null });
    expect(got[5]?.message).toMatch(/^Cannot queue hook "sh" of .*: 2 runs are waiting already\./);
    expect(home.records().filter((record) => record.code === "queue_full")).toHaveLength(3);
    expect(await launcher.close(10_000)).toEqual({ drained: true, left: 0, dropped: 3 });
  });

  test("drops what would wait behind more payload than may be held, but never for its own payload", async () => {
    const home = makeHome();
    const launcher = make(home.options({ max_concurrent: 1, max_held_bytes: 1000 }));
    const go = home.file("go");
    const wait = (): CommandRun => sh(`while [ ! -e ${go} ]; do sleep 0.02; done`);
    const jobs = [2000, 500, 600].map((size) => job([wait(), wait()], { payloads: [{ json: "x".repeat(size) }] }));
    const all = Promise.all(jobs.map((each) => ends(launcher, each)));
    await until(() => home.records().length === 4, "the two later jobs are dropped");
    writeFileSync(go, "");
    const got = await all;
    expect(got.map((each) => each.map((one) => one.code ?? "ok"))).toEqual([
      ["ok", "ok"],
      ["queue_full", "queue_full"],
      ["queue_full", "queue_full"],
    ]);
    expect(got[1]?.[0]?.message).toContain(": payloads of 2000 bytes are waiting already.");
    const [last] = await ends(launcher, job([sh("exit 0")]));
    expect(last?.outcome).toBe("ok");
    expect(await launcher.close(10_000)).toEqual({ drained: true, left: 0, dropped: 4 });
  });

  test("finishes what waits when it is closed in good time, and takes nothing new", async () => {
    const home = makeHome();
    const launcher = make(home.options({ max_concurrent: 1 }));
    const got: RunEnd[] = [];
    launcher.launch(job([1, 2, 3].map((n) => sh(`echo ${n} >> ${home.file("out")}`))), (one) => got.push(one));
    const closing = launcher.close(15_000);
    const late = await end(launcher, job(sh("exit 0")));
    expect(late).toMatchObject({ outcome: "dropped", code: "closed" });
    expect(await closing).toEqual({ drained: true, left: 0, dropped: 1 });
    expect(got.map((each) => each.outcome)).toEqual(["ok", "ok", "ok"]);
    expect(home.read("out")).toBe("1\n2\n3\n");
    await until(() => home.records().length === 4, "the late run is recorded too");
  });

  test("can be closed at once, and twice", async () => {
    const launcher = make(makeHome().options());
    expect(await launcher.close(5000)).toEqual({ drained: true, left: 0, dropped: 0 });
    expect(await launcher.close(5000)).toEqual({ drained: true, left: 0, dropped: 0 });
  });

  test("goes on when a listener throws", async () => {
    const launcher = make(makeHome().options());
    let calls = 0;
    const warned = new Promise((settle) => process.once("warning", settle));
    launcher.launch(job([sh("exit 0"), sh("exit 0")]), () => {
      calls += 1;
      throw new Error("listener at fault");
    });
    expect((await launcher.close(10_000)).drained).toBe(true);
    expect(calls).toBe(2);
    if (make.name === "startLauncher") await warned;
  });
});
