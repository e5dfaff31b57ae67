import assert from "node:assert/strict";
import { EVENT, hook, line, runProcess, saved, shell } from "./support.ts";

const REPLIES = { env: { XCODEX_HOOKS_REPLIES: "1" } };
const ALLOW_REPLIES = "--allow-env=XCODEX_HOOKS_REPLIES";
const numbered = (...numbers: number[]) => numbers.map((n) => line(n, { ...EVENT, tool_input: { n } })).join("");

Deno.test("serve handles events in order, one at a time", async () => {
  const body = `let busy = 0; await serve(async (e) => {
    if (busy++) console.log("overlap");
    await new Promise((r) => setTimeout(r, e.tool_input.ms)); busy--; console.log(e.tool_input.n); });`;
  const lines = [30, 1, 15].map((ms, n) => line(n + 1, { ...EVENT, tool_input: { ms, n } })).join("");
  const { code, stdout, stderr } = await runProcess(hook(body), lines);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "0\n1\n2\n" });
});

Deno.test("serve resolves at the end of the input and gives stdout back", async () => {
  const body = `await serve(() => console.log("to stderr"));
    console.log("to stdout"); Deno.stdout.writeSync(new TextEncoder().encode("too\\n"));`;
  const { code, stdout, stderr } = await runProcess(hook(body), line(1));
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "to stdout\ntoo\n", stderr: "to stderr\n" });
});

Deno.test("serve skips a line longer than the cap, says so, and goes on", async () => {
  const body = "await serve((e) => console.log(e.session_id), { maxBytes: 1000 });";
  const ended = await runProcess(hook(body), line(1) + line(2, { ...EVENT, x: "x".repeat(300_000) }) + line(3));
  assert.match(ended.stderr, /^session-1\nxcodex-hooks: line 2 skipped: input_too_large: .*\nsession-1\n$/);
});

Deno.test("serve survives what a hook throws after it has returned", async () => {
  const body = `await serve(async (e) => {
    if (e.tool_input.n === 1) {
      setTimeout(() => { throw new Error("from a timer"); }, 1);
      Promise.reject(new Error("from a promise"));
      Promise.reject(Object.create(null));
    }
    await new Promise((r) => setTimeout(r, 30)); console.log("event", e.tool_input.n); });`;
  const ended = await runProcess(hook(body), numbered(1, 2));
  assert.equal(ended.code, 0);
  for (const said of ["from a timer", "from a promise", "the hook threw an object", "event 2"]) {
    assert.ok(ended.stderr.includes(said), ended.stderr);
  }
});

Deno.test("serve leaves a program its own say in what was thrown", async () => {
  const body = `addEventListener("unhandledrejection", (e) => { e.preventDefault(); console.error("mine", e.reason.message); });
    await serve(async () => { Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 20)); });`;
  assert.equal((await runProcess(hook(body), line(1))).stderr, "mine stray\n");
});

Deno.test("serve goes on when onDropped throws", async () => {
  const body = `await serve((e) => console.log(e.session_id), { onDropped: ({ count }) => { throw new Error("lost " + count); } });`;
  const dropped = `{"schema_version":1,"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"queue full"}\n`;
  const ended = await runProcess(hook(body), dropped + line(5));
  assert.match(ended.stderr, /Error: lost 3[\s\S]*session-1\n$/);
});

Deno.test("serve goes on when nobody reads its replies any more", async () => {
  const body = "await new Promise((r) => setTimeout(r, 200)); await serve((e) => console.error(e.tool_input.n));";
  const ended = await runProcess(shell("$HOOK | true", hook(body, ALLOW_REPLIES)), numbered(1, 2, 3), REPLIES);
  assert.equal(ended.stderr, "1\n2\n3\n");
});

Deno.test("serve has replies when an option says so, whatever the environment", async () => {
  const on = hook("await serve(() => {}, { replies: true });");
  assert.equal((await runProcess(on, line(1))).stdout, '{"seq":1}\n');
  const off = hook("await serve(() => {}, { replies: false });", ALLOW_REPLIES);
  assert.equal((await runProcess(off, line(1), REPLIES)).stdout, "");
});

Deno.test("serve says of a block that replies are off", async () => {
  const ended = await runProcess(hook(`await serve(() => block("no"));`), line(1));
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /replies/);
});

Deno.test("serve reads from a file and from a pipe on which more comes later", async () => {
  const lines = saved(line(1) + line(2));
  const argv = hook("await serve(() => {});", ALLOW_REPLIES);
  assert.equal((await runProcess(shell(`$HOOK < '${lines}'`, argv), "", REPLIES)).stdout, '{"seq":1}\n{"seq":2}\n');
  const later = `{ cat '${lines}'; sleep 0.4; cat '${lines}'; } | $HOOK`;
  assert.equal((await runProcess(shell(later, argv), "", REPLIES)).stdout, '{"seq":1}\n{"seq":2}\n'.repeat(2));
});

Deno.test("block in a host counts although the hook catches everything", async () => {
  const body = `await serve(() => { try { block("no"); } catch {} console.log("went on"); });`;
  const ended = await runProcess(hook(body, ALLOW_REPLIES), line(1) + line(2), REPLIES);
  assert.equal(
    ended.stdout,
    '{"seq":1,"decision":"block","reason":"no"}\n{"seq":2,"decision":"block","reason":"no"}\n',
  );
  assert.equal(ended.stderr, "went on\nwent on\n");
});

Deno.test("block in a host works from deep inside, after an await", async () => {
  const body = `const deep = async () => { await null; block("deep"); }; await serve(async () => { await Promise.all([deep(), deep()]); });`;
  const { code, stdout, stderr } = await runProcess(hook(body, ALLOW_REPLIES), line(1), REPLIES);
  assert.deepEqual(
    { code, stdout, stderr },
    { code: 0, stdout: '{"seq":1,"decision":"block","reason":"deep"}\n', stderr: "" },
  );
});

Deno.test("block in a host is an error when it comes too late, and does not hit the next event", async () => {
  const body = `await serve(async (e) => {
    if (e.tool_input.n === 1) setTimeout(() => block("late"), 10); else await new Promise((r) => setTimeout(r, 80)); });`;
  const ended = await runProcess(hook(body, ALLOW_REPLIES), numbered(1, 2), REPLIES);
  assert.deepEqual([ended.code, ended.stdout], [0, '{"seq":1}\n{"seq":2}\n']);
  assert.match(ended.stderr, /its hook has returned already/);
});

Deno.test("block ends the process again once the host is done", async () => {
  const ended = await runProcess(hook(`await serve(() => {}); block("after");`), line(1));
  assert.deepEqual([ended.code, ended.stderr], [2, "after\n"]);
});
