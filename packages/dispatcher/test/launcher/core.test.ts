/** What only the launcher in this process does: ending everything when its time is over. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunEnd } from "../../dist/contracts.js";
import { createCore } from "../../dist/launcher/core.js";
import { job, makeHome, mark, sh, until } from "./support.ts";

test("closing with too small a budget stops what runs and drops what waits", async () => {
  const home = makeHome();
  const { env, alive } = mark();
  const core = createCore(home.options({ max_concurrent: 1, kill_grace_ms: 200 }));
  const got: RunEnd[] = [];
  core.launch(job([1, 2, 3].map(() => sh("sleep 300", { env }))), (one) => got.push(one));
  await until(() => alive().length > 0, "the first one runs");
  expect(await core.close(100)).toEqual({ drained: false, left: 3, dropped: 2 });
  expect(got.map((one) => [one.outcome, one.code]).sort()).toEqual([
    ["dropped", "closed"],
    ["dropped", "closed"],
    ["failed", "closed"],
  ]);
  expect(alive()).toEqual([]);
  expect(home.records()).toHaveLength(3);
});

test("closing waits until nothing is left that a hook started", async () => {
  const { env, alive } = mark();
  const core = createCore(makeHome().options({ linger_ms: 200 }));
  core.launch(job(sh("sleep 300 & exit 0", { env })));
  expect(await core.close(10_000)).toEqual({ drained: true, left: 0, dropped: 0 });
  expect(alive()).toEqual([]);
});

test.runIf(process.platform === "linux")("no descriptor stays open, however runs end", async () => {
  const home = makeHome();
  const open = (): number => readdirSync("/proc/self/fd").length;
  const before = open();
  const core = createCore(home.options({ limit: 1 }));
  const runs = ["exit 0", "exit 1", "kill -9 $$"].flatMap((script) => [sh(script), sh(script, { lane: "gate" })]);
  const missing = { ...sh(""), command: { argv: ["no-such-program-7"] } };
  const impossible = { ...sh(""), run_id: "impossible", command: { argv: ["a\0b"] } };
  core.launch(job([...runs, missing, impossible]));
  await core.close(10_000);
  expect(open()).toBeLessThanOrEqual(before);
});
