import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Job, RunEnd } from "../../dist/contracts.js";
import { createCore } from "../../dist/launcher/core.js";

const home = mkdtempSync(join(tmpdir(), "launcher-hand-over-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function job(script: string): Job {
  const run = {
    run_id: randomUUID(),
    hook_id: "test",
    surface: "single-argv",
    origin: { file: "config.toml", line: 1 },
    command: { argv: ["sh", "-c", script] },
    timeout_ms: 20_000,
    payload: 0,
    env: {},
    lane: "gate",
    blocks: true,
  } as const;
  return { event_id: "e", event_type: "t", session_id: "s", cwd: "/", payloads: [{ json: "{}" }], runs: [run] };
}

/** Processes whose command line holds a mark. */
function alive(mark: string): number {
  const lines = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return lines.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
    } catch {
      return false;
    }
  }).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.runIf(process.platform === "linux")("a core that hands over", () => {
  it("closes at once and leaves what a hook left behind to a sweeper, which ends it", async () => {
    const mark = `mark-${randomUUID()}`;
    const core = createCore({
      codex_home: home,
      limits: { max_stdin_payload_bytes: 16384, keep_last_n_payloads: 50 },
      linger_ms: 1000,
      kill_grace_ms: 1000,
      hand_over: true,
    });
    const ended = new Promise<RunEnd>((resolve) => {
      // The child ignores TERM and holds the hook's output open.
      core.launch(job(`sh -c 'trap "" TERM; while :; do sleep 0.1; done' ${mark} & exit 2`), resolve);
    });
    expect((await ended).outcome).toBe("blocked");
    const report = await core.close(10_000);
    expect(report).toEqual({ drained: true, left: 0, dropped: 0 });
    // Still there: close did not wait for it.
    expect(alive(mark)).toBeGreaterThan(0);
    await until(() => alive(mark) === 0);
  });

  it("waits for a run that has not ended", async () => {
    const core = createCore({
      codex_home: home,
      limits: { max_stdin_payload_bytes: 16384, keep_last_n_payloads: 50 },
      hand_over: true,
    });
    const ends: RunEnd[] = [];
    core.launch(job("sleep 0.3"), (end) => ends.push(end));
    expect(await core.close(10_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    expect(ends.map((end) => end.outcome)).toEqual(["ok"]);
  });
});
