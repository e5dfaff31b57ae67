/** The line between client and launcher process, also when something else than a client is at its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { decodeMessage, encodeJob, encodeMessage, FrameReader, joinJob, PONG } from "../../dist/launcher/protocol.js";
import { enveloped, type Home, job, makeHome, sh, until } from "./support.ts";

const main = fileURLToPath(new URL("../../dist/launcher/main.js", import.meta.url));

test("frames arrive whole, however the stream is cut", () => {
  const jobs = ["", "{}", JSON.stringify("ü€𝄞".repeat(300))].map((json) =>
    job([sh("true")], { payloads: [{ json }, enveloped(`${json}!`)] }),
  );
  const stream = Buffer.concat(jobs.map(encodeJob));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sizes) => {
      const reader = new FrameReader();
      const got = [];
      for (let at = 0, n = 0; at < stream.length; n += 1) {
        const size = sizes[n % sizes.length] as number;
        got.push(...reader.push(stream.subarray(at, at + size)));
        at += size;
      }
      const texts = got.map((frame) => {
        const message = decodeMessage(frame.header);
        if (message.type !== "job") throw new Error("not a job");
        return joinJob(message, frame.body).payloads.map((payload) => payload.bytes.toString());
      });
      expect(texts).toEqual(jobs.map((each) => each.payloads.map((payload) => payload.json)));
      expect(reader.rest).toBe(0);
    }),
    { numRuns: 50 },
  );
});

interface Process {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly said: () => string;
}

function launcherProcess(home: Home): Process {
  const child = spawn(process.execPath, [main, home.path], { stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => {});
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return { child, exited: new Promise((settle) => child.once("close", settle)), said: () => text };
}

const hello = (home: Home): Buffer => encodeMessage({ type: "hello", options: home.options(), env: {} });

/** A well-formed frame around any header. */
function frameOf(header: string): Buffer {
  const frame = Buffer.alloc(12 + header.length);
  frame.writeUInt32BE(0x58484b31, 0);
  frame.writeUInt32BE(header.length, 4);
  frame.write(header, 12);
  return frame;
}

test("messages that make no sense are logged, their runs end, and those after them count", async () => {
  const home = makeHome();
  const { child, exited, said } = launcherProcess(home);
  const half = { type: "job", job: { event_id: "e", cwd: "/", payloads: [], runs: [{ run_id: "r" }] } };
  const nonsense = ["", "{", "null", '{"type":"dance"}', '{"type":"job"}', JSON.stringify(half)];
  child.stdin?.write(encodeJob(job(sh("exit 0"))));
  child.stdin?.write(hello(home));
  for (const header of nonsense) child.stdin?.write(frameOf(header));
  child.stdin?.end(encodeJob(job(sh(`touch ${home.file("ran")}; exit 6`))));
  expect(await exited).toBe(0);
  const ends = said()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(ends.map((end) => [end.outcome, end.code])).toEqual([
    ["dropped", "not_encodable"],
    ["dropped", "not_encodable"],
    ["failed", "exit_code"],
  ]);
  expect(ends[1]).toMatchObject({ run_id: "r", message: expect.stringMatching(/^Cannot start run r: /) });
  expect(home.records().map((record) => [record.run_id, record.outcome])).toEqual([
    ["r", "dropped"],
    [ends[2].run_id, "failed"],
  ]);
  expect(home.read("tmp/hooks/launcher.log").trim().split("\n")).toHaveLength(nonsense.length + 1);
});

test("a ping is answered at once, before the hello and while everything is busy", async () => {
  const home = makeHome();
  const { child, exited, said } = launcherProcess(home);
  const ping = encodeMessage({ type: "ping" });
  child.stdin?.write(ping);
  await until(() => said() === PONG, "the first ping is answered");
  child.stdin?.write(hello(home));
  child.stdin?.write(encodeJob(job(Array.from({ length: 16 }, () => sh("sleep 0.5")))));
  child.stdin?.write(ping);
  await until(() => said().length > PONG.length, "the second ping is answered");
  child.stdin?.end();
  expect(await exited).toBe(0);
  expect(said().startsWith(PONG + PONG)).toBe(true);
  expect(home.read("tmp/hooks/launcher.log")).toBe("");
});

test("garbage ends the launcher, after what came before it", async () => {
  const home = makeHome();
  const { child, exited, said } = launcherProcess(home);
  child.stdin?.write(hello(home));
  child.stdin?.write(encodeJob(job(sh("sleep 0.2; exit 6"))));
  child.stdin?.write("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  expect(await exited).toBe(0);
  expect(JSON.parse(said())).toMatchObject({ exit_code: 6 });
  expect(home.read("tmp/hooks/launcher.log")).toContain("these bytes are no frame");
});

test("half a frame at the end is logged, and the launcher leaves", async () => {
  const home = makeHome();
  const { child, exited, said } = launcherProcess(home);
  child.stdin?.write(hello(home));
  child.stdin?.end(encodeJob(job(sh("exit 0"))).subarray(0, 60));
  expect(await exited).toBe(0);
  expect(said()).toBe("");
  expect(home.read("tmp/hooks/launcher.log")).toContain("the agent ended in the middle of it");
});

test("an agent that stops listening does not stop its hooks", async () => {
  const home = makeHome();
  const { child, exited } = launcherProcess(home);
  child.stdout?.destroy();
  child.stdin?.write(hello(home));
  child.stdin?.write(encodeJob(job(sh("exit 0"))));
  await until(() => home.records().length === 1, "the first run is recorded");
  child.stdin?.end(encodeJob(job(sh("exit 0"))));
  expect(await exited).toBe(0);
  expect(home.records()).toHaveLength(2);
});
