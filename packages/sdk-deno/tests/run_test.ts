import assert from "node:assert/strict";
import { EVENT, hook, JSON_TEXT, line, runProcess, shell, sleep } from "./support.ts";

const REPLIES = { env: { XCODEX_HOOKS_REPLIES: "1" } };
const ALLOW_REPLIES = "--allow-env=XCODEX_HOOKS_REPLIES";

Deno.test("run ends with 0 when the hook is done, and waits for it", async () => {
  const body =
    "run(async (event) => { await new Promise((r) => setTimeout(r, 50)); console.error(event.tool_name); });";
  const { code, stdout, stderr } = await runProcess(hook(body), JSON_TEXT);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "shell\n" });
});

Deno.test("run lets what the hook has started finish", async () => {
  const body = `run(() => { setTimeout(() => console.log("later"), 100); });`;
  const { code, stdout, stderr } = await runProcess(hook(body), JSON_TEXT);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "later\n" });
});

Deno.test("everything that the hook prints goes to stderr", async () => {
  const body = `
    const text = (line) => new TextEncoder().encode(line);
    await run(async () => {
      console.log("a %d", 1, { b: 2 });
      console.group("in"); console.info("c"); console.groupEnd(); console.debug("d");
      console.dir({ e: { f: { g: 1 } } }, { depth: 1 });
      console.table([{ h: 1 }]); console.count("i"); console.time("j"); console.timeEnd("j");
      await Deno.stdout.write(text("k\\n")); Deno.stdout.writeSync(text("l\\n"));
      await new Response("m\\n").body.pipeTo(Deno.stdout.writable, { preventClose: true });
    });`;
  const ended = await runProcess(hook(body), JSON_TEXT);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /^a 1 \{ b: 2 \}\nin\n {2,4}c\nd\n\{ e: \{ f: \[Object\] \} \}\n/);
  assert.match(ended.stderr, /│ h │[\s\S]*i: 1\nj: [\s\S]*\nk\nl\nm\n$/);
  assert.equal(ended.code, 0);
});

Deno.test("run says code and message, and no stack, when there is no event", async () => {
  const ended = await runProcess(hook("run(() => {});"), JSON_TEXT.slice(0, 50));
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^not_json: Cannot read an event from stdin as JSON: .* cut off at position 50\. .*\n$/);
});

for (const boom of ["throw new Error('boom')", "await Promise.reject(new Error('boom'))"]) {
  Deno.test(`run says the stack of ${boom}, and what is open does not keep it alive`, async () => {
    const ended = await runProcess(hook(`run(async () => { setInterval(() => {}, 1000); ${boom}; });`), JSON_TEXT);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^Error: boom\n {4}at /);
  });
}

Deno.test("run says what was thrown when it is no error", async () => {
  const ended = await runProcess(hook(`run(() => { throw "boom"; });`), JSON_TEXT);
  assert.deepEqual([ended.code, ended.stderr], [1, 'the hook threw the string "boom"\n']);
});

Deno.test("run ends with 1, at once, when the hook can never be done", async () => {
  const ended = await runProcess(hook("run(() => new Promise(() => {}));"), JSON_TEXT);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^Cannot finish the hook: .*\n$/);
  // Deno itself says so of what is awaited at the top of a module.
  assert.equal((await runProcess(hook("await run(() => new Promise(() => {}));"), JSON_TEXT)).code, 1);
});

Deno.test("run does not wait for ever for a writer that never closes", async () => {
  const ended = await runProcess(hook("run(() => {}, { timeoutMs: 200 });"), (stdin) => stdin.write("{"));
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^input_timeout: /);
});

const HOST = `run((event) => { console.log(event.session_id); if (event.tool_name === "rm") block("no rm"); }, { timeoutMs: 300 });`;

Deno.test("a host handles a line when it comes and not when the input ends", async () => {
  const ended = await runProcess(
    hook(HOST, ALLOW_REPLIES),
    async (stdin, stdout) => {
      await stdin.write(line(1));
      assert.equal((await stdout.read()).value, '{"seq":1}\n');
      await stdin.write(line(2, { ...EVENT, tool_name: "rm" }));
      await stdin.end();
    },
    REPLIES,
  );
  assert.deepEqual([ended.code, ended.stdout], [0, '{"seq":1}\n{"seq":2,"decision":"block","reason":"no rm"}\n']);
});

Deno.test("a host keeps stdout for replies, also from what is printed when the input has ended", async () => {
  const body = `run(() => { setTimeout(() => console.log("later"), 200); }, { replies: true });`;
  const ended = await runProcess(hook(body), line(1));
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '{"seq":1}\n', "later\n"]);
});

Deno.test("a host may be idle longer than the deadline, between lines", async () => {
  const ended = await runProcess(hook(HOST), async (stdin) => {
    await stdin.write(line(1));
    await sleep(700);
    await stdin.write(line(2));
    await stdin.end();
  });
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", "session-1\nsession-1\n"]);
});

Deno.test("a host may be idle before the first line when the dispatcher says that it is one", async () => {
  const late = async (stdin: { write: (text: string) => unknown; end: () => unknown }) => {
    await sleep(900);
    await stdin.write(line(1));
    await stdin.end();
  };
  assert.equal((await runProcess(hook(HOST, ALLOW_REPLIES), late, { env: { XCODEX_HOOKS_REPLIES: "0" } })).code, 0);
  assert.equal((await runProcess(hook(HOST), late)).code, 1);
});

Deno.test("block ends with 2 at once, with the reason on stderr", async () => {
  const body = `run(() => { block("not here: äöü 🚀"); console.error("never"); });`;
  const { code, stdout, stderr } = await runProcess(hook(body), JSON_TEXT);
  assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: "not here: äöü 🚀\n" });
});

Deno.test("block works although everything is caught", async () => {
  const ended = await runProcess(hook(`run(() => { try { block("no"); } catch {} });`), JSON_TEXT);
  assert.deepEqual([ended.code, ended.stderr], [2, "no\n"]);
});

for (const reason of [`""`, `" \\n"`, "undefined", "null"]) {
  Deno.test(`block gives a reason when it is given ${reason}`, async () => {
    const ended = await runProcess(hook(`block(${reason});`), "");
    assert.deepEqual([ended.code, ended.stderr], [2, "Blocked by a hook.\n"]);
  });
}

for (const body of ["Deno.exitCode = 0", `throw new Error("on exit")`]) {
  Deno.test(`block ends with 2 whatever else the program does on exit: ${body}`, async () => {
    const argv = hook(`addEventListener("unload", () => { ${body}; }); run(() => block("no"));`);
    const ended = await runProcess(argv, JSON_TEXT);
    assert.deepEqual([ended.code, ended.stderr], [2, "no\n"]);
  });
}

Deno.test("block works although its reason cannot be a text", async () => {
  const ended = await runProcess(hook("run(() => block(Object.create(null)));"), JSON_TEXT);
  assert.deepEqual([ended.code, ended.stderr], [2, "Blocked by a hook.\n"]);
});

Deno.test("block loses nothing of a long reason to a slow reader", async () => {
  const command = "{ $HOOK 2>&1 >&3 | { sleep 0.5; wc -c; }; } 3>&1";
  const ended = await runProcess(shell(command, hook(`block("x".repeat(1_000_000));`)), "");
  assert.equal(ended.stdout.trim(), "1000001");
});

for (const redirection of ["2>&-", "2>/dev/full"]) {
  Deno.test(`block works although nobody can hear why (${redirection})`, async () => {
    assert.equal((await runProcess(shell(`$HOOK ${redirection}`, hook(`block("no");`)), "")).code, 2);
  });
}

Deno.test("block works although the reader of stderr is gone", async () => {
  const body = `await new Promise((r) => setTimeout(r, 200)); block("x".repeat(1_000_000));`;
  const command = `{ { $HOOK 2>&1 1>&3 3>&-; echo "code $?" >&3; } | true; } 3>&1`;
  assert.equal((await runProcess(shell(command, hook(body)), "")).stdout, "code 2\n");
});
