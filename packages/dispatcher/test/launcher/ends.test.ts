/** How runs end, what they leave, and what is recorded. */
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { end, ends, job, kinds, makeHome, mark, run, sh, until, writeScript } from "./support.ts";

describe.each(kinds)("%s", (_, make) => {
  test("tells exit codes apart", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const got = await ends(
      launcher,
      job([
        sh("exit 0"),
        sh("echo 'not in my house' >&2; exit 2", { lane: "gate", blocks: true }),
        sh("exit 2", { lane: "gate" }),
        sh("echo first >&2; echo last >&2; exit 3", { lane: "gate" }),
        sh("exit 3"),
        sh("kill -9 $$"),
      ]),
    );
    expect(got.map((each) => [each.outcome, each.exit_code, each.code])).toEqual([
      ["ok", 0, undefined],
      ["blocked", 2, undefined],
      ["failed", 2, "exit_code"],
      ["failed", 3, "exit_code"],
      ["failed", 3, "exit_code"],
      ["failed", null, "killed_by_signal"],
    ]);
    expect(got[0]?.message).toBeUndefined();
    expect(got[1]).toMatchObject({ stderr: "not in my house", message: "not in my house" });
    expect(got[3]?.message).toContain("exited with code 3: first / last. See ");
    expect(got[4]?.message).toContain(`exited with code 3. See ${got[4]?.log}.`);
    expect(got[5]?.signal).toBe("SIGKILL");
    await launcher.close(10_000);
  });

  test("keeps stdout and stderr in the log, and the end of a gate run's stderr", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const script = "echo out; echo err >&2";
    const long = 'i=0; while [ $i -lt 2000 ]; do echo "line $i ü" >&2; i=$((i+1)); done';
    const got = await ends(launcher, job([sh(script), sh(script, { lane: "gate" }), sh(long, { lane: "gate" })]));
    const log = (n: number): string => home.read(String(got[n]?.log).slice(home.path.length + 1));
    expect([log(0), got[0]?.stderr]).toEqual(["out\nerr\n", ""]);
    expect([log(1), got[1]?.stderr]).toEqual(["out\nerr\n", "err"]);
    expect(log(2).split("\n")).toHaveLength(2001);
    expect(got[2]?.stderr).toMatch(/line 1999 ü$/);
    expect(Buffer.byteLength(got[2]?.stderr ?? "")).toBeLessThanOrEqual(8192);
    expect(got[2]?.stderr).not.toContain("\ufffd");
    await launcher.close(10_000);
  });

  test("reads the stdout of a run that answers on it, and keeps that in the log too", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const answers = { lane: "gate", blocks: true, answers_on_stdout: true } as const;
    const block = `printf '%s' '{"decision":"block","reason":"no"}'`;
    const got = await ends(
      launcher,
      job([
        sh(`echo err >&2; ${block}`, answers),
        // Somebody who keeps it open holds nothing up.
        sh(`sleep 300 & ${block}`, answers),
        sh("printf '\\377\\376'", answers),
        sh(block, { ...answers, blocks: false }),
        sh(block, { ...answers, answers_on_stdout: false }),
      ]),
    );
    const log = (n: number): string => home.read(String(got[n]?.log).slice(home.path.length + 1));
    expect(got.map(({ outcome }) => outcome)).toEqual(["blocked", "blocked", "ok", "ok", "ok"]);
    expect(got[0]).toMatchObject({ reason: "no", message: "no", stderr: "err", exit_code: 0 });
    expect(log(0)).toBe('{"decision":"block","reason":"no"}err\n');
    expect(log(3)).toBe('{"decision":"block","reason":"no"}');
    expect(home.list("scratch")).toEqual([]);
    await launcher.close(10_000);
  });

  test("is not held up by a hook that never reads its stdin", async () => {
    const launcher = make(makeHome().options());
    const payloads = [{ json: JSON.stringify("z".repeat(3_000_000)) }];
    expect((await end(launcher, job(sh("exit 0"), { payloads }))).outcome).toBe("ok");
    await launcher.close(10_000);
  });

  test("is not held up by a child that keeps the output open, and ends that child", async () => {
    const { env, alive } = mark();
    const launcher = make(makeHome().options({ linger_ms: 1000, max_concurrent: 1 }));
    const first = await end(launcher, job(sh("sleep 300 & echo $!", { env, lane: "gate" })));
    expect(first).toMatchObject({ outcome: "ok" });
    expect(first.duration_ms).toBeLessThan(5000);
    await until(() => alive().length === 1, "the child is seen");
    expect((await end(launcher, job(sh("exit 0", { lane: "gate" })))).outcome).toBe("ok");
    await until(() => alive().length === 0, "the child is gone");
    await launcher.close(10_000);
  });

  test("does not touch a child that ends by itself in time", async () => {
    const home = makeHome();
    const { env, alive } = mark();
    const launcher = make(home.options());
    await end(launcher, job(sh(`(sleep 0.3; echo done > ${home.file("out")}) &`, { env })));
    await until(() => alive().length === 0, "the child is gone");
    expect(home.read("out")).toBe("done\n");
    await launcher.close(10_000);
  });

  test("stops a hook at its deadline, with everything it started", async () => {
    const { env, alive } = mark();
    const launcher = make(makeHome().options());
    const one = await end(launcher, job(sh("sh -c 'sleep 300' & sleep 300", { env, timeout_ms: 300 })));
    expect(one).toMatchObject({ outcome: "timeout", code: "timeout", signal: "SIGTERM" });
    expect(one.message).toContain(
      "still running after 300 ms, so it was stopped. Make it faster, or raise its timeout_sec.",
    );
    await until(() => alive().length === 0, "the whole group is gone");
    await launcher.close(10_000);
  });

  test("kills what ignores TERM", async () => {
    const { env, alive } = mark();
    const launcher = make(makeHome().options({ kill_grace_ms: 200 }));
    const script = "trap '' TERM; (trap '' TERM; while :; do sleep 0.05; done) & while :; do sleep 0.05; done";
    const one = await end(launcher, job(sh(script, { env, timeout_ms: 200 })));
    expect(one).toMatchObject({ outcome: "timeout", signal: "SIGKILL" });
    expect(one.duration_ms).toBeGreaterThanOrEqual(399);
    await until(() => alive().length === 0, "the whole group is gone");
    await launcher.close(10_000);
  });

  test("says what is missing when a hook cannot be started", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const plain = writeScript(home.file("plain.sh"), "#!/bin/sh\n", 0o644);
    const orphan = writeScript(home.file("orphan.sh"), "#!/no/such/interpreter\n");
    const argvs = [["no-such-program-7"], ["./no-such-file-7.sh"], [plain], [orphan], ["sh", "a\0b"], []];
    const got = await ends(launcher, job(argvs.map((argv) => run({ argv }))));
    expect(got.map((each) => each.outcome)).toEqual(Array(6).fill("not_started"));
    expect(got.map((each) => each.code)).toEqual([
      "program_not_found",
      "program_not_found",
      "program_not_executable",
      "spawn_failed",
      "spawn_failed",
      "spawn_failed",
    ]);
    expect(got[0]?.message).toBe(
      'Cannot start hook "no-such-program-7" of /home/ada/.xcodex/config.toml:7: no such program on PATH. ' +
        "Install it or write its absolute path.",
    );
    expect(got[1]?.message).toMatch(
      /: there is no file "\/.*\/no-such-file-7\.sh"\. Create it, or write the path of a program that is there\.$/,
    );
    expect(got[2]?.message).toContain(`chmod +x ${plain}`);
    expect(got[3]?.message).toContain("the interpreter in the first line");
    expect((await launcher.close(10_000)).drained).toBe(true);
  });

  test("says how to write what was written for a shell, or without its folder", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    writeScript(home.file("here.sh"), "#!/bin/sh\n");
    const cwd = dirname(home.file("here.sh"));
    const argvs = [["~/hook.sh"], ["${HOME}/hook.sh"], ["echo hi && ls"], ["here.sh"]];
    const got = await ends(launcher, job(argvs.map((argv) => run({ argv }, { cwd }))));
    expect(got.map(({ code }) => code)).toEqual(Array(4).fill("program_not_found"));
    expect(got.map(({ message }) => message?.split(". ").at(-1))).toEqual([
      "No shell reads it: write the path whole.",
      "No shell reads it: write the path whole.",
      'Write every word by itself, or ["sh", "-c", "…"] for a shell.',
      `Write ./here.sh for the one in ${cwd}.`,
    ]);
    expect((await launcher.close(10_000)).drained).toBe(true);
  });

  test("records every run once, before its end is told", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const runs = [sh("exit 0"), sh("exit 4"), run({ argv: ["no-such-program-7"] })];
    const recorded: boolean[] = [];
    const what = job(runs, { agent: "gemini" });
    let left = runs.length;
    await new Promise<void>((settle) => {
      launcher.launch(what, (one) => {
        recorded.push(home.records().some((record) => record.run_id === one.run_id));
        left -= 1;
        if (left === 0) settle();
      });
    });
    expect(recorded).toEqual([true, true, true]);
    const records = runs.map((each) => home.records().filter((record) => record.run_id === each.run_id));
    expect(records.map((each) => each.length)).toEqual([1, 1, 1]);
    expect(records[1]?.[0]).toEqual({
      schema_version: 1,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      run_id: runs[1]?.run_id,
      event_id: what.event_id,
      event_type: "tool-call-started",
      session_id: "session-1",
      agent: "gemini",
      hook: "command:PreToolUse:1",
      surface: "command",
      origin: "/home/ada/.xcodex/config.toml:7",
      outcome: "failed",
      exit_code: 4,
      signal: null,
      duration_ms: expect.any(Number),
      queued_ms: expect.any(Number),
      payload_bytes: 17,
      delivery: "stdin",
      pid: expect.any(Number),
      log: expect.stringContaining(`${runs[1]?.run_id}.log`),
      code: "exit_code",
      message: expect.stringContaining("exited with code 4"),
    });
    await launcher.close(10_000);
  });

  test("writes notes, and starts a new file of records when the old one is long", async () => {
    const home = makeHome();
    mkdirSync(home.hooks(), { recursive: true });
    writeFileSync(home.hooks("runs.jsonl"), "", { mode: 0o600 });
    truncateSync(home.hooks("runs.jsonl"), 32 * 1024 * 1024 + 1);
    const launcher = make(home.options());
    const note = {
      schema_version: 1,
      at: "2026-01-01T00:00:00Z",
      run_id: "note-1",
      event_id: "e",
      event_type: "t",
    } as const;
    launcher.note({ ...note, session_id: "s", outcome: "skipped", code: "recursion_guard" });
    await launcher.close(10_000);
    await until(() => home.list().includes("runs.1.jsonl"), "the old file is put aside");
    await until(() => home.records().length === 1, "the note is written");
    expect(home.records()[0]?.run_id).toBe("note-1");
    expect(statSync(home.hooks("runs.1.jsonl")).size).toBe(32 * 1024 * 1024 + 1);
    expect(home.list().filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  test("goes on when its folders are removed under it", async () => {
    const home = makeHome();
    const launcher = make(home.options({ limit: 1 }));
    await end(launcher, job(sh("exit 0")));
    rmSync(home.hooks(), { recursive: true });
    expect((await end(launcher, job(sh("exit 0")))).outcome).toBe("ok");
    expect(home.records()).toHaveLength(1);
    await launcher.close(10_000);
  });
});
