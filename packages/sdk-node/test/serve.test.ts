import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT, hook, line } from "./support/hook.ts";
import { runProcess } from "./support/process.ts";
import { tempFolder } from "./support/temp.ts";

const REPLIES = { env: { XCODEX_HOOKS_REPLIES: "1" } };

describe("serve", () => {
  it("handles events in order, one at a time", async () => {
    const body = `let busy = 0; await serve(async (e) => {
      if (busy++) console.log("overlap");
      await new Promise((r) => setTimeout(r, e.tool_input.ms)); busy--; console.log(e.tool_input.n); });`;
    const lines = [30, 1, 15].map((ms, n) => line(n + 1, { ...EVENT, tool_input: { ms, n } })).join("");
    expect(await runProcess(hook(body), lines)).toMatchObject({ code: 0, stdout: "", stderr: "0\n1\n2\n" });
  });

  it("resolves at the end of the input and gives stdout back", async () => {
    const body = `await serve(() => console.log("to stderr")); console.log("to stdout");`;
    expect(await runProcess(hook(body), line(1))).toMatchObject({
      code: 0,
      stdout: "to stdout\n",
      stderr: "to stderr\n",
    });
  });

  it.each([
    ["a file", `"$0" "$1" < "$LINES"`],
    ["a pipe", `cat "$LINES" | "$0" "$1"`],
    ["a pipe on which more comes later", `{ cat "$LINES"; sleep 0.4; cat "$LINES"; } | "$0" "$1"`],
  ])("serves from %s", async (kind, command) => {
    const LINES = join(tempFolder("serve"), "lines.jsonl");
    writeFileSync(LINES, line(1) + line(2));
    const env = { ...REPLIES.env, LINES };
    const ended = await runProcess(["sh", "-c", command, ...hook(`await serve((e) => console.log(e.cwd));`)], "", {
      env,
    });
    const times = kind.endsWith("later") ? 2 : 1;
    expect(ended).toMatchObject({ code: 0, stdout: '{"seq":1}\n{"seq":2}\n'.repeat(times) });
    expect(ended.stderr).toBe(`${EVENT.cwd}\n`.repeat(2 * times));
  });

  it("skips a line longer than the cap, says so, and goes on", async () => {
    const body = `await serve((e) => console.log(e.session_id), { maxBytes: 1000 });`;
    const ended = await runProcess(hook(body), line(1) + line(2, { ...EVENT, x: "x".repeat(300_000) }) + line(3));
    expect(ended.stderr).toMatch(/^session-1\nxcodex-hooks: line 2 skipped: input_too_large: .*\nsession-1\n$/);
  });

  it("does not hold a line longer than the cap in memory", async () => {
    const body = `await serve(() => {}, { maxBytes: 1000 }); console.log(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed);`;
    const ended = await runProcess(hook(body), async (child) => {
      const chunk = "x".repeat(1_000_000);
      for (let n = 0; n < 200; n++)
        if (!child.stdin?.write(chunk)) await new Promise((r) => child.stdin?.once("drain", r));
      child.stdin?.end("\n");
    });
    expect(ended.stderr).toContain("a line of 200000000 bytes");
    expect(Number(ended.stdout)).toBeLessThan(100_000_000);
  });

  it("survives what a hook throws after it has returned", async () => {
    const body = `await serve(async (e) => {
      if (e.tool_input.n === 1) { setTimeout(() => { throw new Error("from a timer"); }, 1); Promise.reject(new Error("from a promise")); }
      await new Promise((r) => setTimeout(r, 20)); console.log("event", e.tool_input.n); });`;
    const ended = await runProcess(hook(body), [1, 2].map((n) => line(n, { ...EVENT, tool_input: { n } })).join(""));
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain("from a timer");
    expect(ended.stderr).toContain("from a promise");
    expect(ended.stderr).toContain("event 2");
  });

  it("survives a promise that is rejected with something that cannot be a text", async () => {
    const body = `await serve(async (e) => {
      if (e.tool_input.n === 1) Promise.reject(Object.create(null));
      await new Promise((r) => setTimeout(r, 20)); console.log("event", e.tool_input.n); });`;
    const ended = await runProcess(hook(body), [1, 2].map((n) => line(n, { ...EVENT, tool_input: { n } })).join(""));
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain("the hook threw an object");
    expect(ended.stderr).toContain("event 2");
  });

  it("survives an error that cannot be shown", async () => {
    const body = `await serve(async (e) => {
      if (e.tool_input.n === 1) setTimeout(() => { throw Object.defineProperty(new Error(), "stack", { get() { throw 1; } }); }, 1);
      await new Promise((r) => setTimeout(r, 20)); console.log("event", e.tool_input.n); });`;
    const ended = await runProcess(hook(body), [1, 2].map((n) => line(n, { ...EVENT, tool_input: { n } })).join(""));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/^xcodex-hooks: .*cannot be shown\nevent 1\nevent 2\n$/);
  });

  it("leaves a program its own say in what was thrown", async () => {
    const body = `process.on("unhandledRejection", (e) => console.error("mine", e.message));
      await serve(async () => { Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 20)); });`;
    expect(await runProcess(hook(body), line(1))).toMatchObject({ code: 0, stderr: "mine stray\n" });
  });

  it("goes on when onDropped throws", async () => {
    const body = `await serve((e) => console.log(e.session_id), { onDropped: ({ count }) => { throw new Error("lost " + count); } });`;
    const dropped = `{"schema_version":1,"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"queue full"}\n`;
    const ended = await runProcess(hook(body), dropped + line(5));
    expect(ended.stderr).toContain("Error: lost 3");
    expect(ended.stderr).toMatch(/session-1\n$/);
  });

  it("goes on when nobody reads its replies any more", async () => {
    const body = `await serve((e) => console.error(e.tool_input.n));`;
    const lines = [1, 2, 3].map((n) => line(n, { ...EVENT, tool_input: { n } })).join("");
    const ended = await runProcess(
      ["sh", "-c", `"$0" "$1" | true`, ...hook(`await new Promise((r) => setTimeout(r, 200)); ${body}`)],
      lines,
      REPLIES,
    );
    expect(ended.stderr).toBe("1\n2\n3\n");
  });

  it("names a type of line that it does not know once, not each time", async () => {
    const ended = await runProcess(hook(`await serve(() => {});`), `{"type":"tick"}\n`.repeat(3));
    expect(ended.stderr.match(/"tick"/g)).toHaveLength(1);
  });

  it("has replies when an option says so, whatever the environment", async () => {
    expect((await runProcess(hook(`await serve(() => {}, { replies: true });`), line(1))).stdout).toBe('{"seq":1}\n');
    expect((await runProcess(hook(`await serve(() => {}, { replies: false });`), line(1), REPLIES)).stdout).toBe("");
  });
});

describe("block in a host", () => {
  it("has blocked although the hook catches everything", async () => {
    const body = `await serve(() => { try { block("no"); } catch {} console.log("went on"); });`;
    const ended = await runProcess(hook(body), line(1) + line(2), REPLIES);
    expect(ended.stdout).toBe(
      '{"seq":1,"decision":"block","reason":"no"}\n{"seq":2,"decision":"block","reason":"no"}\n',
    );
    expect(ended.stderr).toBe("went on\nwent on\n");
  });

  it("works from deep inside, after an await", async () => {
    const body = `const deep = async () => { await null; block("deep"); }; await serve(async () => { await Promise.all([deep(), deep()]); });`;
    const ended = await runProcess(hook(body), line(1), REPLIES);
    expect(ended).toMatchObject({ code: 0, stdout: '{"seq":1,"decision":"block","reason":"deep"}\n', stderr: "" });
  });

  it("is an error when it comes too late, and does not hit the next event", async () => {
    const body = `await serve(async (e) => {
      if (e.tool_input.n === 1) setTimeout(() => block("late"), 10); else await new Promise((r) => setTimeout(r, 60)); });`;
    const ended = await runProcess(
      hook(body),
      [1, 2].map((n) => line(n, { ...EVENT, tool_input: { n } })).join(""),
      REPLIES,
    );
    expect(ended.stdout).toBe('{"seq":1}\n{"seq":2}\n');
    expect(ended.stderr).toContain("its hook has returned already");
    expect(ended.code).toBe(0);
  });

  it("is an error, too, when the host is done by then", async () => {
    const body = `serve(() => { setTimeout(() => { try { block("late"); } catch (e) { console.log(e.message); } }, 200); });`;
    const ended = await runProcess(hook(body), line(1));
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain("its hook has returned already");
  });

  it("ends the process again once the host is done", async () => {
    expect(await runProcess(hook(`await serve(() => {}); block("after");`), line(1))).toMatchObject({
      code: 2,
      stderr: "after\n",
    });
  });
});
