import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EVENT, hook, hookFile, piped } from "./support/hook.ts";
import { runProcess } from "./support/process.ts";
import { tempFolder } from "./support/temp.ts";

const SDK = fileURLToPath(new URL("../dist/index.mjs", import.meta.url));
const JSON_TEXT = JSON.stringify(EVENT);
/** Prints what it read, or the code of the error. */
const TELL = `
  try { const event = await readEvent(); console.log(event.xcodex_event_type, event.tool_input?.command); }
  catch (error) { if (!(error instanceof HookInputError)) throw error; console.log(error.code); }
`;
const TOLD = "tool-call-started echo äöü 漢字 🚀\n";

function saved(text: string): string {
  const file = join(tempFolder("stdin"), "payload.json");
  writeFileSync(file, text);
  return file;
}

describe("a writer that is late", () => {
  const late = `sleep 0.4; cat '${saved(JSON_TEXT)}'`;

  it("makes a plain read of a touched stdin fail: the defect is there to be had", async () => {
    const body = `import { readFileSync } from "node:fs"; process.stdin.fd; try { readFileSync(0); } catch (e) { console.log(e.code); }`;
    // Later than a busy machine takes to start Node.
    expect((await runProcess(piped(`sleep 2; ${late}`, body), "")).stdout).toBe("EAGAIN\n");
  });

  it("is waited for on a pipe", async () => {
    expect(await runProcess(piped(late, TELL), "")).toMatchObject({ stdout: TOLD, stderr: "", code: 0 });
  });

  it("is waited for on a pipe that was touched before", async () => {
    const touched = `process.stdin.fd; process.stdin.isTTY; ${TELL}`;
    expect(await runProcess(piped(late, touched), "")).toMatchObject({ stdout: TOLD, stderr: "", code: 0 });
  });

  it("is waited for on a socket", async () => {
    const ended = await runProcess(hook(TELL), async (child) => {
      await sleep(300);
      child.stdin?.end(JSON_TEXT);
    });
    expect(ended).toMatchObject({ stdout: TOLD, stderr: "", code: 0 });
  });
});

describe("a pipe of which a part is there", () => {
  it("is read on when the rest comes", async () => {
    const file = saved(JSON_TEXT);
    const writer = `head -c 20 '${file}'; sleep 0.4; tail -c +21 '${file}'`;
    expect(await runProcess(piped(writer, TELL), "")).toMatchObject({ stdout: TOLD, stderr: "", code: 0 });
  });

  it("is read through stdin itself when it may not be opened again", async () => {
    const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
    const [node, file] = hook(TELL);
    const allowed = [flag, `--allow-fs-read=${dirname(file)}/`, `--allow-fs-read=${dirname(SDK)}/`];
    const ended = await runProcess(
      ["sh", "-c", `cat '${saved(JSON_TEXT)}' | "$0" "$@"`, node, "--no-warnings", ...allowed, file],
      "",
    );
    expect(ended).toMatchObject({ stdout: TOLD, stderr: "", code: 0 });
  });
});

describe("every kind of stdin", () => {
  it("takes pieces that split characters", async () => {
    const ended = await runProcess(hook(TELL), async (child) => {
      for (const byte of Buffer.from(JSON_TEXT)) {
        child.stdin?.write(Uint8Array.of(byte));
        if (byte > 0x7f) await sleep(5);
      }
      child.stdin?.end();
    });
    expect(ended.stdout).toBe(TOLD);
  });

  it("takes a stream that was told to give text", async () => {
    expect((await runProcess(hook(`process.stdin.setEncoding("utf8"); ${TELL}`), JSON_TEXT)).stdout).toBe(TOLD);
  });

  it("takes a file", async () => {
    const ended = await runProcess(["sh", "-c", `"$0" "$1" < '${saved(JSON_TEXT)}'`, ...hook(TELL)], "");
    expect(ended.stdout).toBe(TOLD);
  });

  it.each([
    ["closed", "<&-"],
    ["/dev/null", "</dev/null"],
  ])("says no_input when it is %s", async (_, redirection) => {
    const ended = await runProcess(["sh", "-c", `"$0" "$1" ${redirection}`, ...hook(TELL)], "");
    expect(ended).toMatchObject({ stdout: "no_input\n", code: 0 });
  });

  it.each([
    ["open for writing only", `0>'${saved("")}'`],
    ["a folder", "</"],
  ])("says input_unreadable when it is %s", async (_, redirection) => {
    const ended = await runProcess(["sh", "-c", `"$0" "$1" ${redirection}`, ...hook(TELL)], "");
    expect(ended).toMatchObject({ stdout: "input_unreadable\n", code: 0 });
  });

  it("takes nothing out of a pipe that is open for writing only", async () => {
    const command = `{ echo "for others"; "$0" "$1" 0>&1 1>&2; } | { sleep 0.4; cat; }`;
    const ended = await runProcess(["sh", "-c", command, ...hook(TELL)], "");
    expect(ended).toMatchObject({ stdout: "for others\n", stderr: "input_unreadable\n" });
  });

  it.skipIf(process.platform !== "linux" || !existsSync("/usr/bin/script"))(
    "says no_input at once on a terminal",
    () => {
      const [node, file] = hook(TELL);
      const ended = spawnSync("script", ["-qefc", `'${node}' '${file}'`, "/dev/null"], {
        timeout: 20_000,
        encoding: "utf8",
      });
      expect(ended.stdout).toContain("no_input");
    },
  );

  it("reads a megabyte", async () => {
    const big = JSON.stringify({ ...EVENT, tool_input: { command: "x".repeat(1_000_000) } });
    const ended = await runProcess(hook(`const e = await readEvent(); console.log(e.tool_input.command.length)`), big);
    expect(ended.stdout).toBe("1000000\n");
  });
});

describe("limits", () => {
  const OPTIONS = (options: string): string => TELL.replace("readEvent()", `readEvent(${options})`);

  it("ends with input_timeout when the writer never closes, and the process can end", async () => {
    const ended = await runProcess(hook(OPTIONS("{ timeoutMs: 250 }")), (child) => void child.stdin?.write(JSON_TEXT));
    expect(ended).toMatchObject({ stdout: "input_timeout\n", code: 0 });
    expect(ended.ms).toBeGreaterThan(250);
    expect(ended.ms).toBeLessThan(10_000);
  });

  it("does so on a pipe too", async () => {
    const fifo = `${saved("")}.fifo`;
    // The shell itself holds the pipe open for writing.
    const command = `mkfifo '${fifo}'; exec 3<>'${fifo}'; "$0" "$1" <'${fifo}' 3>&-`;
    const ended = await runProcess(["sh", "-c", command, ...hook(OPTIONS("{ timeoutMs: 250 }"))], "");
    expect(ended).toMatchObject({ stdout: "input_timeout\n", code: 0 });
    expect(ended.ms).toBeLessThan(10_000);
  });

  it("says input_too_large without reading an endless input", async () => {
    const ended = await runProcess(piped("yes", OPTIONS("{ maxBytes: 1000 }")), "");
    expect(ended).toMatchObject({ stdout: "input_too_large\n", code: 0 });
  });

  it("has a deadline for a writer that never stops, too", async () => {
    const ended = await runProcess(piped("yes", OPTIONS("{ timeoutMs: 100, maxBytes: Infinity }")), "");
    expect(ended).toMatchObject({ stdout: "input_timeout\n", code: 0 });
  });

  it("reads an input exactly as long as the cap", async () => {
    const length = Buffer.byteLength(JSON_TEXT);
    expect((await runProcess(hook(OPTIONS(`{ maxBytes: ${length} }`)), JSON_TEXT)).stdout).toBe(TOLD);
    expect((await runProcess(hook(OPTIONS(`{ maxBytes: ${length - 1} }`)), JSON_TEXT)).stdout).toBe(
      "input_too_large\n",
    );
  });

  it("waits for ever when told to", async () => {
    const ended = await runProcess(hook(OPTIONS("{ timeoutMs: Infinity }")), async (child) => {
      await sleep(300);
      child.stdin?.end(JSON_TEXT);
    });
    expect(ended.stdout).toBe(TOLD);
  });
});

describe("what went wrong is said so that it can be mended", () => {
  const MESSAGE = `await readEvent().catch((error) => console.log(error.message))`;

  it("says that an input was cut off, and where", async () => {
    const cut = JSON_TEXT.slice(0, 57);
    expect((await runProcess(hook(MESSAGE), cut)).stdout).toContain("cut off at position 57");
  });

  it("says what is no JSON", async () => {
    expect((await runProcess(hook(MESSAGE), "Welcome!")).stdout).toMatch(
      /Cannot read an event from stdin as JSON: .*Send/,
    );
  });

  it("names the file of an envelope", async () => {
    const ended = await runProcess(hook(MESSAGE), JSON.stringify({ payload_path: "/nowhere/payload.json" }));
    expect(ended.stdout).toMatch(/^Cannot read the payload file "\/nowhere\/payload.json": it does not exist\. /);
  });
});

describe("importing the package", () => {
  it("does not touch stdin, which stays what it is for a program that reads it itself", async () => {
    const body = `import { readFileSync } from "node:fs"; console.log(readFileSync(0, "utf8"));`;
    const ended = await runProcess(piped("sleep 0.3; printf hello", body), "");
    expect(ended).toMatchObject({ stdout: "hello\n", code: 0 });
  });

  it("lets a program end that never reads", async () => {
    const ended = await runProcess(
      [process.execPath, hookFile("console.log(typeof run)")],
      (child) => void child.stdin,
    );
    expect(ended).toMatchObject({ stdout: "function\n", code: 0 });
  });
});
