import assert from "node:assert/strict";
import { EVENT, type Feed, hook, JSON_TEXT, runProcess, saved, shell, sleep } from "./support.ts";

/** Prints what it read, or the code of the error. */
const TELL = `
  try { const event = await readEvent(OPTIONS); console.log(event.xcodex_event_type, event.tool_input?.command); }
  catch (error) { if (!(error instanceof HookInputError)) throw error; console.log(error.code); }
`;
const TOLD = "tool-call-started echo äöü 漢字 🚀\n";
const tell = (options = "") => hook(TELL.replace("OPTIONS", options));

async function tells(argv: readonly string[], feed: Feed, told: string): Promise<number> {
  const { code, stdout, stderr, ms } = await runProcess(argv, feed);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: told, stderr: "" });
  return ms;
}

Deno.test("a writer that is late is waited for", async () => {
  const late = async (stdin: { write: (text: string) => unknown; end: () => unknown }) => {
    await sleep(400);
    await stdin.write(JSON_TEXT);
    await stdin.end();
  };
  await tells(tell(), late, TOLD);
  await tells(shell(`(sleep 0.4; cat '${saved(JSON_TEXT)}') | $HOOK`, tell()), "", TOLD);
});

Deno.test("pieces may split characters", async () => {
  const slowly: Feed = async (stdin) => {
    for (const byte of new TextEncoder().encode(JSON_TEXT)) {
      await stdin.write(Uint8Array.of(byte));
      if (byte > 0x7f) await sleep(5);
    }
    await stdin.end();
  };
  await tells(tell(), slowly, TOLD);
});

Deno.test("stdin may be a file", async () => {
  await tells(shell(`$HOOK < '${saved(JSON_TEXT)}'`, tell()), "", TOLD);
});

Deno.test("stdin may be a pipe that does not block", async () => {
  const nonblocking = `
    const { spawn } = await import("node:child_process");
    const child = spawn(Deno.args[0], Deno.args.slice(1), { stdio: [0, "inherit", "inherit"] });
    child.on("exit", (code) => Deno.exit(code));
  `;
  // Node's streams make the pipe that they read from non-blocking, and a child that inherits it finds it so.
  const parent = saved(
    `import process from "node:process"; process.stdin.fd; process.stdin.pause();${nonblocking}`,
    "p.ts",
  );
  const argv = [Deno.execPath(), "run", "--no-config", "-A", parent, ...tell()];
  await tells(["sh", "-c", `(sleep 0.8; cat '${saved(JSON_TEXT)}') | "$0" "$@"`, ...argv], "", TOLD);
});

for (const [what, redirection] of [
  ["closed", "<&-"],
  ["/dev/null", "</dev/null"],
]) {
  Deno.test(`stdin that is ${what} is no_input`, async () => {
    await tells(shell(`$HOOK ${redirection}`, tell()), "", "no_input\n");
  });
}

for (const [what, redirection] of [
  ["open for writing only", `0>'${saved("")}'`],
  ["a folder", "</"],
]) {
  Deno.test(`stdin that is ${what} is input_unreadable`, async () => {
    await tells(shell(`$HOOK ${redirection}`, tell()), "", "input_unreadable\n");
  });
}

Deno.test({
  name: "a terminal is no_input at once",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const command = tell()
      .map((word) => `'${word}'`)
      .join(" ");
    const ended = await runProcess(["script", "-qefc", command, "/dev/null"], () => {});
    assert.match(ended.stdout, /no_input/);
    assert.ok(ended.ms < 10_000);
  },
});

Deno.test("a megabyte is read", async () => {
  const big = JSON.stringify({ ...EVENT, tool_input: { command: "x".repeat(1_000_000) } });
  const ended = await runProcess(hook("console.log((await readEvent()).tool_input.command.length)"), big);
  assert.equal(ended.stdout, "1000000\n");
});

Deno.test("a writer that never closes is input_timeout, and the process can end", async () => {
  const ms = await tells(tell("{ timeoutMs: 250 }"), (stdin) => stdin.write(JSON_TEXT), "input_timeout\n");
  assert.ok(ms > 250 && ms < 10_000, `${ms}`);
});

Deno.test("a writer that never stops is input_timeout too", async () => {
  await tells(shell("yes | $HOOK", tell("{ timeoutMs: 100, maxBytes: Infinity }")), "", "input_timeout\n");
});

Deno.test("an endless input is input_too_large", async () => {
  await tells(shell("yes | $HOOK", tell("{ maxBytes: 1000 }")), "", "input_too_large\n");
});

Deno.test("an input exactly as long as the cap is read", async () => {
  const length = new TextEncoder().encode(JSON_TEXT).length;
  await tells(tell(`{ maxBytes: ${length} }`), JSON_TEXT, TOLD);
  await tells(tell(`{ maxBytes: ${length - 1} }`), JSON_TEXT, "input_too_large\n");
});

Deno.test("without a deadline it is waited for ever", async () => {
  const late: Feed = async (stdin) => {
    await sleep(300);
    await stdin.write(JSON_TEXT);
    await stdin.end();
  };
  await tells(tell("{ timeoutMs: Infinity }"), late, TOLD);
});

Deno.test("stdin is left alone by the import: a program that never reads ends", async () => {
  await tells(hook("console.log(typeof run);"), () => {}, "function\n");
});
