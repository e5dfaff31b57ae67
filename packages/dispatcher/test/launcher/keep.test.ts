/** Keep-last-N: exactly N stay, and nothing goes that is in use. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startLauncher } from "../../dist/launcher/client.js";
import { createCore } from "../../dist/launcher/core.js";
import { end, ends, enveloped, job, kinds, makeHome, mark, sh, until } from "./support.ts";

const large = [enveloped('{"large":true}')];

describe.each(kinds)("%s keeps", (_, make) => {
  test("the last N payloads and logs, those of earlier days included", async () => {
    const home = makeHome();
    for (const folder of ["payloads", "logs"]) {
      mkdirSync(home.hooks(folder), { recursive: true });
      for (let n = 0; n < 9; n += 1) writeFileSync(home.hooks(folder, `100000000000${n}-old.x`), "");
    }
    const launcher = make(home.options({ keep: 3, limit: 1 }));
    const runs = Array.from({ length: 7 }, () => sh("cat >/dev/null"));
    for (const each of runs) await end(launcher, job(each, { payloads: large }));
    expect(home.list("payloads")).toHaveLength(3);
    expect(home.list("logs").map((name) => name.slice(14))).toEqual(runs.slice(-3).map((each) => `${each.run_id}.log`));
    await launcher.close(10_000);
    expect(home.list("payloads")).toHaveLength(3);
    expect(home.list("leases")).toEqual([]);
  });

  test("N after many runs at once, too", async () => {
    const home = makeHome();
    const launcher = make(home.options({ keep: 2, limit: 1 }));
    const jobs = Array.from({ length: 12 }, () =>
      job([sh("cat >/dev/null"), sh("cat >/dev/null")], { payloads: large }),
    );
    await Promise.all(jobs.map((each) => ends(launcher, each)));
    expect([home.list("payloads").length, home.list("logs").length]).toEqual([2, 2]);
    await launcher.close(10_000);
  });

  test("everything when N is 0", async () => {
    const home = makeHome();
    const launcher = make(home.options({ keep: 0, limit: 1 }));
    for (let n = 0; n < 4; n += 1) await end(launcher, job(sh("exit 0"), { payloads: large }));
    expect([home.list("payloads").length, home.list("logs").length]).toEqual([4, 4]);
    await launcher.close(10_000);
  });

  test("a payload and a log while their run goes on", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const launcher = make(home.options({ keep: 1, limit: 1 }));
    const go = home.file("go");
    const script = `while [ ! -e ${go} ]; do sleep 0.02; done; p=$(sed 's/.*payload_path":"\\([^"]*\\)".*/\\1/'); cat "$p"; echo "log alive"`;
    const slow = ends(launcher, job(sh(script, { env, lane: "gate" }), { payloads: large }));
    await until(() => alive().length > 0, "the slow one runs");
    for (let n = 0; n < 4; n += 1) await end(launcher, job(sh("exit 0"), { payloads: large }));
    writeFileSync(go, "");
    const [one] = await slow;
    expect(one?.outcome).toBe("ok");
    expect([home.list("payloads").length, home.list("logs").length]).toEqual([1, 1]);
    await launcher.close(10_000);
  });
});

test("a payload that a run still waits for stays after the runs before it", async () => {
  const home = makeHome();
  const core = createCore(home.options({ keep: 1, limit: 1, max_concurrent: 1 }));
  const read = `p=$(sed 's/.*payload_path":"\\([^"]*\\)".*/\\1/'); cat "$p"`;
  const first = ends(core, job([sh(read), sh(read), sh(read)], { payloads: large }));
  const others = ends(core, job([sh("exit 0", { lane: "gate" })], { payloads: large }));
  expect((await first).map((each) => each.outcome)).toEqual(["ok", "ok", "ok"]);
  await others;
  await core.close(10_000);
  expect(home.list("payloads")).toHaveLength(1);
});

test("a payload that another launcher's run was given stays until that run is over", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const other = startLauncher(home.options({ keep: 1, limit: 1 }));
  const go = home.file("go");
  const slow = ends(
    other,
    job(sh(`while [ ! -e ${go} ]; do sleep 0.02; done`, { env }), { event_id: "other", payloads: large }),
  );
  await until(() => alive().length > 0, "the other one's hook runs");
  const core = createCore(home.options({ keep: 1, limit: 1 }));
  for (let n = 0; n < 3; n += 1) await end(core, job(sh("exit 0"), { payloads: large }));
  expect(home.list("payloads").some((name) => name.endsWith("-other.json"))).toBe(true);
  writeFileSync(go, "");
  await slow;
  await other.close(10_000);
  await core.close(10_000);
  await until(() => home.list("payloads").length === 1, "one is left");
  expect(home.list("leases")).toEqual([]);
});

test("a lease of a launcher that died keeps nothing", async () => {
  const home = makeHome();
  const dead = spawn("true");
  await new Promise((settle) => dead.once("exit", settle));
  for (const folder of ["payloads", "leases", "scratch"]) mkdirSync(home.hooks(folder), { recursive: true });
  writeFileSync(home.hooks("payloads", "1000000000000-lost.json"), "");
  writeFileSync(home.hooks("leases", `1000000000000-lost.json.${dead.pid}`), "");
  writeFileSync(home.hooks("scratch", `1.${dead.pid}`), "secret");
  const core = createCore(home.options({ keep: 1, limit: 1 }));
  expect(home.list("scratch")).toEqual([]);
  await end(core, job(sh("exit 0"), { payloads: large }));
  await core.close(10_000);
  expect(home.list("payloads").map((name) => name.includes("lost"))).toEqual([false]);
  expect(home.list("leases")).toEqual([]);
});

test("a log that another launcher's run writes to stays until that run is over", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const other = startLauncher(home.options({ keep: 1 }));
  const go = home.file("go");
  const slow = ends(other, job(sh(`while [ ! -e ${go} ]; do sleep 0.02; done; echo still here`, { env })));
  await until(() => alive().length > 0, "the other one's hook runs");
  const core = createCore(home.options({ keep: 1 }));
  for (let n = 0; n < 3; n += 1) await end(core, job(sh("exit 0")));
  writeFileSync(go, "");
  const [one] = await slow;
  expect(readFileSync(one?.log ?? "", "utf8")).toBe("still here\n");
  await core.close(10_000);
  await other.close(10_000);
  await until(() => home.list("logs").length === 1, "one is left");
  expect(home.list("leases")).toEqual([]);
});
