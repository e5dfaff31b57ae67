import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { hostLines, numbered, runHookInHost, TELLS, told } from "./support/host.ts";
import { PYTHON } from "./support/install.ts";
import { AGENTS, captured, onWire } from "./support/payloads.ts";

describe.skipIf(!PYTHON.there)("lines", () => {
  it("are plain dicts for the hook, as they were sent", async () => {
    const payloads = AGENTS.flatMap((agent) => captured(agent)).map((payload) => onWire(payload, "xcodex"));
    const code = "import json\ndef on_event(event):\n    print(type(event) is dict, json.dumps(event))\n";
    const ran = await runHookInHost(code, hostLines(payloads));
    const lines = ran.stderr.trimEnd().split("\n");
    expect(lines.every((line) => line.startsWith("True "))).toBe(true);
    expect(lines.map((line) => JSON.parse(line.slice(5)) as unknown)).toEqual(payloads);
  });

  it("that are bad are named with their number, and the ones around them are handled", async () => {
    const [one, two, three] = hostLines(numbered(3)).split("\n");
    const ran = await runHookInHost(TELLS, [one, "{", two, "", "7", three, ""].join("\n"));
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(
      /^1\nxcodex-hooks: line 2 skipped: not_json: .*\n2\nxcodex-hooks: line 5 skipped: not_object: .*\n3\n$/,
    );
  });

  it("end where they end, even when the next one would complete them", async () => {
    const whole = hostLines(numbered(1)).trimEnd();
    const at = whole.indexOf('"event":{');
    const broken = `${whole.slice(0, at)}\n${whole.slice(at)}\n`;
    const inside = whole.replace('"s-1",', '"s-1",\n');
    const ran = await runHookInHost(TELLS, `${broken}${inside}\n${hostLines(numbered(2))}`);
    expect(ran.stderr.match(/line [1-4] skipped: not_json/g)).toHaveLength(4);
    expect(ran.stderr.endsWith(told(2))).toBe(true);
  });

  it.each([
    ["what JSON has not", '{"n":NaN}'],
    ["something after the object", '{"n":1}}'],
    ["a tab in a string", '{"n":"\t"}'],
  ])("with %s are refused, however fast the way there is", async (_, event) => {
    const whole = `{"schema_version":1,"type":"event","seq":1,"event":${event.replace("{", '{"session_id":"s",')}}\n`;
    const ran = await runHookInHost(TELLS, whole);
    expect(ran.stderr).toMatch(/^xcodex-hooks: line 1 skipped: not_json: [^\n]*\n$/);
  });

  it("whose last brace is something else are refused, however fast the way there is", async () => {
    const ran = await runHookInHost(TELLS, hostLines(numbered(2)).replace("}}", "}]"));
    expect(ran.stderr).toMatch(/^xcodex-hooks: line 1 skipped: not_json: [^\n]*\n2\n$/);
  });

  it("may say more than they have to", async () => {
    const ran = await runHookInHost(TELLS, hostLines(numbered(2)).replace("}}", '},"more":{}}'));
    expect(ran.stderr).toBe(told(2));
  });

  it("need not be in order, nor have the numbers of their neighbours", async () => {
    const lines = [7, 7, -1, 1e3, "x", null].map((seq, at) => ({ type: "event", seq, event: numbered(6)[at] }));
    const ran = await runHookInHost(TELLS, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    expect(ran.stderr).toBe(told(6));
  });

  it("of 20 MB are handled, and so is what comes after them without an end", async () => {
    const [long] = numbered(1, { text: "ü".repeat(10_000_000) });
    const code = "def on_event(event):\n    print(event['n'], len(event.get('text', '')))\n";
    const ran = await runHookInHost(code, hostLines([...numbered(1), long, ...numbered(1)]).trimEnd());
    expect(ran).toMatchObject({ code: 0, stdout: "", stderr: "1 0\n1 10000000\n1 0\n" });
  }, 60_000);

  it("beyond the cap are skipped, and not held in memory", async () => {
    const code = `import resource\n${TELLS}    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 400_000)\n`;
    const feed = async ({ stdin }: ChildProcess): Promise<void> => {
      for (let at = 0; at < 500; at += 1)
        if (!stdin?.write("x".repeat(1_000_000))) await once(stdin as Writable, "drain");
      stdin?.end(`\n${hostLines(numbered(1))}`);
    };
    const ran = await runHookInHost(code, feed);
    expect(ran.stderr).toMatch(/^xcodex-hooks: line 1 skipped: input_too_large: .*500000000 bytes.*\n1\n/);
    if (process.platform === "linux") expect(ran.stderr.endsWith("True\n")).toBe(true);
  }, 120_000);

  it("may come in any pieces", async () => {
    const bytes = Buffer.from(hostLines(numbered(5, { text: "漢字 🚀" })));
    const feed = async ({ stdin }: ChildProcess): Promise<void> => {
      for (const byte of bytes) await new Promise((resolve) => stdin?.write(Buffer.of(byte), resolve));
      stdin?.end();
    };
    const ran = await runHookInHost(`${TELLS}    assert event["text"] == "漢字 🚀"\n`, feed);
    expect(ran.stderr).toBe(told(5));
  });

  it("are handled as they come, though the input goes on", async () => {
    const feed = async ({ stdin, stderr }: ChildProcess): Promise<void> => {
      for (const line of hostLines(numbered(3)).split(/(?<=\n)/)) {
        const answer = once(stderr as Readable, "data");
        stdin?.write(line);
        await answer;
      }
      stdin?.end();
    };
    expect((await runHookInHost(TELLS, feed)).stderr).toBe(told(3));
  });

  it("of small and of large events, many of each, are all handled in order", async () => {
    const events = numbered(3000).map((event, at) => ({ ...event, text: "x".repeat((at * 7919) % 40_000) }));
    const code = `seen = []
def on_event(event):
    seen.append((event["n"], len(event["text"])))
import atexit
atexit.register(lambda: print(seen == [(at + 1, at * 7919 % 40_000) for at in range(3000)]))
`;
    expect((await runHookInHost(code, hostLines(events))).stderr).toBe("True\n");
  }, 60_000);
});
