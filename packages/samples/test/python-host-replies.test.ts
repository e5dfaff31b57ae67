import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { hostLines, numbered, REPLIES, runHookInHost, TELLS } from "./support/host.ts";
import { PYTHON } from "./support/install.ts";

describe.skipIf(!PYTHON.there)("replies", () => {
  const blocked = (n: number): string => `{"seq":${n},"decision":"block","reason":"no ${n}"}\n`;

  it.each([
    ["by calling block", "    if event['n'] % 2 == 0: block('no ' + str(event['n']))\n"],
    [
      "by what they return",
      "    if event['n'] % 2 == 0: return {'decision': 'block', 'reason': 'no ' + str(event['n'])}\n",
    ],
  ])("are one per event, and hooks block %s, whatever they print", async (_, body) => {
    const code = `import os\nfrom xcodex_hooks import block\n${TELLS}    os.system("echo stray")\n${body}`;
    const ran = await runHookInHost(code, hostLines(numbered(4)), REPLIES);
    expect(ran.stdout).toBe(`{"seq":1}\n${blocked(2)}{"seq":3}\n${blocked(4)}`);
    expect(ran.stderr).toBe([1, 2, 3, 4].map((n) => `${n}\nstray\n`).join(""));
  });

  it("come at once, each before the next event", async () => {
    const feed = async ({ stdin, stdout }: ChildProcess): Promise<void> => {
      for (const line of hostLines(numbered(3)).split(/(?<=\n)/)) {
        const answer = once(stdout as Readable, "data");
        stdin?.write(line);
        await answer;
      }
      stdin?.end();
    };
    expect((await runHookInHost(TELLS, feed, REPLIES)).stdout).toBe('{"seq":1}\n{"seq":2}\n{"seq":3}\n');
  });

  it("come from hooks with lists as well, of one event each", async () => {
    const code = `from xcodex_hooks import block
def on_events(events):
    print(len(events))
    if events[0]["n"] == 2: block("no 2")
`;
    const ran = await runHookInHost(code, hostLines(numbered(3)), REPLIES);
    expect(ran).toMatchObject({ stdout: `{"seq":1}\n${blocked(2)}{"seq":3}\n`, stderr: "1\n1\n1\n" });
  });

  it("are given for events whose hook raised and whose line cannot be used", async () => {
    const lines = `${hostLines(numbered(1))}{"type":"event","seq":2,"event":7}\n`;
    const ran = await runHookInHost("def on_event(event):\n    raise ValueError('boom')\n", lines, REPLIES);
    expect(ran.stdout).toBe('{"seq":1}\n{"seq":2}\n');
    expect(ran.stderr).toMatch(/ValueError: boom[\s\S]*line 2 skipped: not_object/);
  });

  it.each(["block('no')", "return {'decision': 'block', 'reason': 'no'}"])(
    "that nobody reads are said to be off: %s",
    async (statement) => {
      const code = `from xcodex_hooks import block\n${TELLS}    ${statement}\n`;
      const ran = await runHookInHost(code, hostLines(numbered(2)));
      expect(ran).toMatchObject({ code: 0, stdout: "" });
      expect(ran.stderr.match(/^(\d|xcodex-hooks: Cannot block the event: .*`replies = true`.*)$/gm)).toHaveLength(4);
      expect(ran.stderr).not.toContain("Traceback");
    },
  );
});
