/** Runs that wait for other runs: stages of one event, and hooks that want their events in order. */
import { describe, expect, test } from "vitest";
import { ends, job, kinds, makeHome, sh, until } from "./support.ts";

describe.each(kinds)("%s", (_, make) => {
  test("begins a stage when all of the one before have ended, whatever became of them", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const say = (word: string, stage: number, more = ""): ReturnType<typeof sh> =>
      sh(`echo ${word} >> ${home.file("order")}; ${more}`, { stage });
    const runs = [
      say("third", 2),
      say("second", 1, `sleep 0.2; echo second-ends >> ${home.file("order")}`),
      say("first", 0, "exit 1"),
      sh("sleep 60", { stage: 0, timeout_ms: 300 }),
    ];
    const got = await ends(launcher, job(runs));
    expect(got.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "failed", "timeout"]);
    expect(home.read("order").trim().split("\n")).toEqual(["first", "second", "second-ends", "third"]);
    await launcher.close(10_000);
  });

  test("runs those of one stage together", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    // Each waits for the other: one after the other they would run out of time.
    const meet = (own: string, other: string): ReturnType<typeof sh> =>
      sh(`touch ${home.file(own)}; while [ ! -e ${home.file(other)} ]; do sleep 0.02; done`, { stage: 1 });
    const got = await ends(launcher, job([meet("a", "b"), meet("b", "a")]));
    expect(got.map(({ outcome }) => outcome)).toEqual(["ok", "ok"]);
    await launcher.close(10_000);
  });

  test("does not let those without a stage wait for anybody", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const wait = (name: string): string => `while [ ! -e ${home.file(name)} ]; do sleep 0.02; done`;
    const got = await ends(launcher, job([sh(wait("free"), { stage: 0 }), sh(`touch ${home.file("free")}`)]));
    expect(got.map(({ outcome }) => outcome)).toEqual(["ok", "ok"]);
    await launcher.close(10_000);
  });

  test("runs the later stages too when it is closed meanwhile", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    launcher.launch(job([0, 1, 2].map((stage) => sh(`sleep 0.1; echo ${stage} >> ${home.file("order")}`, { stage }))));
    expect(await launcher.close(10_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    expect(home.read("order")).toBe("0\n1\n2\n");
  });

  test("gives up the stages that are left when its time is over", async () => {
    const home = makeHome();
    const launcher = make(home.options({ kill_grace_ms: 100 }));
    const runs = [sh("sleep 60", { stage: 0, timeout_ms: 60_000 }), sh("true", { stage: 1 })];
    const told = ends(launcher, job(runs));
    const report = await launcher.close(200);
    expect(report).toMatchObject({ drained: false, left: 2 });
    // The launcher process goes on without us; the core has nobody to leave it to.
    if (make.name === "createCore") {
      expect((await told).map(({ code }) => code)).toEqual(["closed", "closed"]);
      await until(() => home.records().length === 2, "both are recorded");
    } else void told;
  });
});
