/** Hooks that print without end. */
import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { end, job, kinds, makeHome, sh } from "./support.ts";

/** Long enough that only being stopped for the flood ends it in time for the test. */
const timeout_ms = 300_000;
const MIB = 1024 * 1024;

describe.each(kinds)("%s", (_, make) => {
  test.each([
    ["an observer", sh("yes", { timeout_ms }), MIB],
    [
      "a gate, on stdout that is its answer",
      sh("yes", { timeout_ms, lane: "gate", blocks: true, answers_on_stdout: true }),
      2 * MIB,
    ],
    ["a gate, on stderr", sh("yes >&2", { timeout_ms, lane: "gate", blocks: true }), 2 * MIB],
  ])("stops %s long before its time is over, and keeps little of it", async (_who, run, most) => {
    const home = makeHome();
    const launcher = make(home.options());
    const got = await end(launcher, job(run));
    expect(got).toMatchObject({ outcome: "failed", code: "output_too_large" });
    expect(got.message).toContain("it printed more than 64 MiB, so it was stopped.");
    const log = got.log ?? "";
    expect(statSync(log).size).toBeLessThan(most + 4096);
    expect(readFileSync(log, "utf8")).toContain("left out]");
    await launcher.close(10_000);
  });
});
