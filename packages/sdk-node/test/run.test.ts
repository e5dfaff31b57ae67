import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EVENT, hook, line, piped } from "./support/hook.ts";
import { runProcess } from "./support/process.ts";
import { tempFolder } from "./support/temp.ts";

const JSON_TEXT = JSON.stringify(EVENT);

describe("run, for one event", () => {
  it("exits with 0 when the hook is done, and waits for it", async () => {
    const ended = await runProcess(
      hook(
        `await run(async (event) => { await new Promise((r) => setTimeout(r, 50)); console.error(event.tool_name); });`,
      ),
      JSON_TEXT,
    );
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "shell\n" });
  });

  it("lets what the hook has started finish", async () => {
    const ended = await runProcess(hook(`run(() => { setTimeout(() => console.log("later"), 100); });`), JSON_TEXT);
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "later\n" });
  });

  it("keeps an exit code that the hook has set", async () => {
    expect((await runProcess(hook(`run(() => { process.exitCode = 7; });`), JSON_TEXT)).code).toBe(7);
  });

  it("sends everything that the hook prints to stderr", async () => {
    const body = `run(() => { console.log("a"); console.info("b"); console.debug("c"); process.stdout.write("d\\n"); });`;
    expect(await runProcess(hook(body), JSON_TEXT)).toMatchObject({ code: 0, stdout: "", stderr: "a\nb\nc\nd\n" });
  });

  it.each(["", "> /dev/null", "| cat"])("does so too for those who took hold of stdout before (%s)", async (to) => {
    const body = `console.log("before"); const out = process.stdout; await run(() => { out.write("a\\n"); console.log("b"); });`;
    const ended = await runProcess(["sh", "-c", `"$0" "$1" ${to}`, ...hook(body)], JSON_TEXT);
    expect(ended).toMatchObject({ stdout: to.startsWith(">") ? "" : "before\n", stderr: "a\nb\n" });
  });

  it.each([
    ["a file", `"$0" "$1" < "$EVENT"`],
    ["a pipe", `cat "$EVENT" | { sleep 0.2; "$0" "$1"; }`],
  ])("loads no streams for an event from %s that prints nothing", async (_, command) => {
    const body = `const { writeSync } = process.getBuiltinModule("node:fs");
      await run(() => {});
      const loaded = ["net", "tty", "stream", "internal/fs/sync_write_stream", "crypto"];
      writeSync(2, loaded.filter((name) => process.moduleLoadList.includes("NativeModule " + name)).join());`;
    const EVENT_FILE = join(tempFolder("run"), "event.json");
    writeFileSync(EVENT_FILE, JSON_TEXT);
    const ended = await runProcess(["sh", "-c", command, ...hook(body)], "", { env: { EVENT: EVENT_FILE } });
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("says code and message, and no stack, when there is no event", async () => {
    const ended = await runProcess(hook(`run(() => {});`), JSON_TEXT.slice(0, 50));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^not_json: Cannot read an event from stdin as JSON: .*\n$/);
  });

  it.each(["throw new Error('boom')", "await Promise.reject(new Error('boom'))"])(
    "says the stack of `%s`",
    async (body) => {
      const ended = await runProcess(hook(`run(async () => { setInterval(() => {}, 1000); ${body}; });`), JSON_TEXT);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/^Error: boom\n {4}at /);
    },
  );

  it.each([
    [`"boom"`, 'the string "boom"'],
    ["undefined", "undefined"],
    ["Object.create(null)", "an object"],
  ])("says what was thrown when it is no error but %s", async (thrown, said) => {
    const ended = await runProcess(hook(`run(() => { throw ${thrown}; });`), JSON_TEXT);
    expect(ended).toMatchObject({ code: 1, stderr: `the hook threw ${said}\n` });
  });

  it.each(["run", "await run"])("ends with 1, at once, when a hook of `%s` can never be done", async (start) => {
    const ended = await runProcess(hook(`${start}(() => new Promise(() => {}));`), JSON_TEXT);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^Cannot finish the hook: .*\n$/);
    expect(ended.ms).toBeLessThan(20_000);
  });

  it("does not wait for ever for a writer that never closes", async () => {
    const ended = await runProcess(hook(`run(() => {}, { timeoutMs: 200 });`), (child) => void child.stdin?.write("{"));
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toMatch(/^input_timeout: /);
  });

  it("has a cap for what comes with the first line, too", async () => {
    const ended = await runProcess(hook(`run(() => {}, { maxBytes: 20 });`), `{"session_id":\n${" ".repeat(100)}"a"}`);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toMatch(/^input_too_large: /);
  });

  it("has a cap before the first line has ended, too", async () => {
    const ended = await runProcess(piped("yes | tr -d '\\n'", `run(() => {}, { maxBytes: 100000 });`), "");
    expect(ended.stderr).toMatch(/^input_too_large: /);
  });
});

describe("run, as a host", () => {
  const HOST = `run((event) => { console.log(event.session_id); if (event.tool_name === "rm") block("no rm"); }, { timeoutMs: 200 });`;

  it("handles a line when it comes and not when the input ends", async () => {
    const ended = await runProcess(
      hook(HOST),
      async (child) => {
        child.stdin?.write(line(1));
        const [first] = child.stdout ? await once(child.stdout, "data") : [];
        expect(first).toBe('{"seq":1}\n');
        child.stdin?.end(line(2, { ...EVENT, tool_name: "rm" }));
      },
      { env: { XCODEX_HOOKS_REPLIES: "1" } },
    );
    expect(ended).toMatchObject({ code: 0, stdout: '{"seq":1}\n{"seq":2,"decision":"block","reason":"no rm"}\n' });
  });

  it("has a cap for each line, not for all that is there when it starts", async () => {
    const body = `run((event) => console.log(event.tool_input.n), { maxBytes: 1000 });`;
    const lines = [1, 2, 3, 4, 5].map((n) => line(n, { ...EVENT, tool_input: { n } })).join("");
    expect(lines.length).toBeGreaterThan(1000);
    expect(await runProcess(hook(body), lines)).toMatchObject({ code: 0, stderr: "1\n2\n3\n4\n5\n" });
  });

  it("keeps stdout for replies, also from what is printed when the input has ended", async () => {
    const body = `run(() => { setTimeout(() => console.log("later"), 200); });`;
    const ended = await runProcess(hook(body), line(1), { env: { XCODEX_HOOKS_REPLIES: "1" } });
    expect(ended).toMatchObject({ code: 0, stdout: '{"seq":1}\n', stderr: "later\n" });
  });

  it("may be idle longer than the deadline, between lines", async () => {
    const ended = await runProcess(hook(HOST), async (child) => {
      child.stdin?.write(line(1));
      await sleep(600);
      child.stdin?.end(line(2));
    });
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "session-1\nsession-1\n" });
  });

  it("may be idle before the first line when the dispatcher says that it is a host", async () => {
    const feed = async (child: { stdin: { end: (text: string) => void } | null }): Promise<void> => {
      await sleep(800);
      child.stdin?.end(line(1));
    };
    expect(await runProcess(hook(HOST), feed, { env: { XCODEX_HOOKS_REPLIES: "0" } })).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(await runProcess(hook(HOST), feed)).toMatchObject({ code: 1 });
  });
});

describe("block", () => {
  it("exits at once with 2 and the reason on stderr", async () => {
    const ended = await runProcess(
      hook(`run(() => { block("not here: äöü 🚀"); console.error("never"); });`),
      JSON_TEXT,
    );
    expect(ended).toMatchObject({ code: 2, stdout: "", stderr: "not here: äöü 🚀\n" });
  });

  it("needs neither run nor an event", async () => {
    expect(await runProcess(hook(`await readEvent(); block("no");`), JSON_TEXT)).toMatchObject({
      code: 2,
      stderr: "no\n",
    });
    expect(await runProcess(hook(`block("no");`), "")).toMatchObject({ code: 2, stderr: "no\n" });
  });

  it.each([`""`, `" \\n"`, "undefined", "null"])("gives a reason when it is given %s", async (reason) => {
    expect(await runProcess(hook(`block(${reason})`), "")).toMatchObject({ code: 2, stderr: "Blocked by a hook.\n" });
  });

  it.each(["Object.create(null)", '{ toString: "a" }', "{ toString() { throw 1; } }"])(
    "blocks although %s cannot be a text",
    async (reason) => {
      expect(await runProcess(hook(`block(${reason})`), "")).toMatchObject({ code: 2, stderr: "Blocked by a hook.\n" });
    },
  );

  it.each([`process.exitCode = 0`, `throw new Error("on exit")`])(
    "ends with 2 whatever else the program does on exit: %s",
    async (body) => {
      const ended = await runProcess(
        hook(`process.on("exit", () => { ${body}; }); run(() => block("no"));`),
        JSON_TEXT,
      );
      expect(ended).toMatchObject({ code: 2, stderr: "no\n" });
    },
  );

  it("loses nothing of a long reason to a slow reader", async () => {
    const child = spawn("sh", [
      "-c",
      `{ "$0" "$1" 2>&1 >&3 | { sleep 0.5; wc -c; }; } 3>&1`,
      ...hook(`process.stderr; block("x".repeat(1_000_000));`),
    ]);
    const said: string[] = [];
    for await (const text of child.stdout.setEncoding("utf8")) said.push(String(text));
    expect(said.join("").trim()).toBe("1000001");
  });

  it.each(["2>&-", "2>/dev/full"])("blocks although nobody can hear why (%s)", async (redirection) => {
    expect((await runProcess(["sh", "-c", `"$0" "$1" ${redirection}`, ...hook(`block("no")`)], "")).code).toBe(2);
  });

  it("blocks although the reader of stderr is gone", async () => {
    const body = `await new Promise((r) => setTimeout(r, 200)); block("x".repeat(1_000_000));`;
    const command = `{ { "$0" "$1" 2>&1 1>&3 3>&-; echo "code $?" >&3; } | true; } 3>&1`;
    expect((await runProcess(["sh", "-c", command, ...hook(body)], "")).stdout).toBe("code 2\n");
  });
});
