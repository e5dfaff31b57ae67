/** What takes a shorter time or a smaller size than users have: the runner alone, on a real launcher. */
import { completeEvent } from "@xcodex/hooks-schema";
import { expect, it } from "vitest";
import type { Hook, InprocHook, InprocTarget, Plan } from "../../dist/contracts.js";
import { deliver } from "../../dist/deliver/deliver.js";
import { createCore } from "../../dist/launcher/core.js";
import { type InprocOptions, inprocRunner } from "../../dist/runners/inproc/runner.js";
import { type Home, makeHome, outside, until } from "./homes.ts";

function hookFor(inproc: InprocTarget): InprocHook {
  return {
    id: "inproc:test:1",
    surface: "inproc",
    origin: { file: "config.toml", line: 3 },
    runner: "inproc",
    key: "*",
    event_type: "*",
    matcher: { source: "*", matches: () => true },
    wire: "xcodex",
    mode: "async",
    may_gate: false,
    required: false,
    on_failure: "allow",
    timeout_ms: 20_000,
    inproc,
  };
}

/** A runner with its launcher; `send` resolves to how the delivery ended. */
function start(home: Home, options: InprocOptions) {
  const limits = { max_stdin_payload_bytes: 16384, keep_last_n_payloads: 50 };
  const launcher = createCore({ codex_home: home.path, limits, env: outside() });
  const runner = inprocRunner({ codex_home: home.path, env: outside(), launcher, hooks: [] }, options);
  const plan = (hooks: Hook[], n: number): Plan => ({
    event: completeEvent({ type: "made-up", n }),
    gate: false,
    hooks,
  });
  return {
    send: (hook: Hook, n = 0) =>
      new Promise<string>((settle) => {
        const onReply = ({ end }: { end: { code?: string; outcome: string } }) => settle(end.code ?? end.outcome);
        deliver([[["inproc"], runner]], plan([hook], n), { onLost: launcher.note, onReply, wait: "all" });
      }),
    close: async () => {
      const report = await runner.close?.(20_000);
      await launcher.close(20_000);
      return report;
    },
  };
}

it("a breaker that was open lets one call through, and closes when that goes well", async () => {
  const home = makeHome("");
  let broken = true;
  let calls = 0;
  const on_event = (): void => {
    calls += 1;
    if (broken) throw new Error("broken");
  };
  const hook = hookFor({ on_event });
  const runner = start(home, { open_ms: 300 });
  const said: string[] = [];
  for (let n = 0; n < 4; n += 1) said.push(await runner.send(hook));
  expect(said).toEqual(["hook_threw", "hook_threw", "hook_threw", "breaker_open"]);
  const tried = async (): Promise<string> => {
    let end = "breaker_open";
    await until(() => {
      void runner.send(hook).then((now) => {
        if (end === "breaker_open") end = now;
      });
      return end !== "breaker_open";
    }, "the breaker let one through");
    return end;
  };
  expect(await tried()).toBe("hook_threw");
  const before = calls;
  expect(await runner.send(hook)).toBe("breaker_open");
  expect(calls).toBe(before);
  broken = false;
  expect(await tried()).toBe("ok");
  expect(await runner.send(hook)).toBe("ok");
  await runner.close();
  const records = home.records();
  const alone = records.filter(({ count }) => count === undefined).map(({ code, outcome }) => code ?? outcome);
  expect(alone.slice(0, 4)).toEqual(["hook_threw", "hook_threw", "hook_threw", "breaker_open"]);
  // The probe's failure may be told together with what was dropped.
  const counts = (wanted: string): number =>
    records.filter(({ code }) => code === wanted).reduce((sum, { count = 1 }) => sum + count, 0);
  expect(counts("hook_threw")).toBe(4);
  expect(counts("breaker_open")).toBeGreaterThan(2);
  const [again, ...more] = records.filter(({ outcome }) => outcome === "ok");
  expect(more).toEqual([]);
  expect(again?.message).toBe("inproc:test:1 works again and gets its events.");
});

it("a log file that grows too large is kept once, and no line is lost between two that write it", async () => {
  const home = makeHome("");
  const hook = hookFor({ builtin: "event_log_jsonl" });
  const runners = [start(home, { rotate_bytes: 40_000 }), start(home, { rotate_bytes: 40_000 })];
  const sent = 200;
  for (let n = 0; n < sent; n += 1) {
    const said = await Promise.all(runners.map((runner, at) => runner.send(hook, at * sent + n)));
    expect(said).toEqual(["ok", "ok"]);
    // One more rotation would throw away what the first has kept, as it should.
    if (home.lines("hooks.jsonl.1").length > 0) break;
  }
  await Promise.all(runners.map((runner) => runner.close()));
  const kept = home.lines("hooks.jsonl.1");
  const lines = [...kept, ...home.lines("hooks.jsonl")].map((line) => JSON.parse(line).n as number);
  expect(kept.join("\n").length).toBeGreaterThan(40_000);
  const each = (from: number): number[] => lines.filter((n) => n >= from && n < from + sent);
  expect(each(0)).toEqual(Array.from({ length: each(0).length }, (_, n) => n));
  expect(each(sent)).toEqual(Array.from({ length: each(0).length }, (_, n) => sent + n));
});
