import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { hostCommand, hostHome, hostLines, numbered, runHookInHost, runHost, TELLS, told } from "./support/host.ts";
import { PYTHON } from "./support/install.ts";

describe.skipIf(!PYTHON.there)("hooks", () => {
  it("that raise are logged with their stack, event by event, and nothing else ends", async () => {
    const code = `def on_event(event):
    if event["n"] == 2: raise ValueError("boom")
    if event["n"] == 3: raise SystemExit(7)
    if event["n"] == 4: raise GeneratorExit("odd")
    print(event["n"])
`;
    const ran = await runHookInHost(code, hostLines(numbered(5)));
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr.match(/own\.py", line 2/g)).toHaveLength(1);
    expect(ran.stderr).toMatch(
      /^1\nxcodex-hooks: Traceback [\s\S]*ValueError: boom\n[\s\S]*SystemExit: 7\n[\s\S]*odd\n5\n$/,
    );
  });

  it("that raise for every event let the others have theirs", async () => {
    const home = hostHome({ "bad.py": "def on_event(event):\n    raise ValueError(event['n'])\n", "good.py": TELLS });
    const ran = await runHost(home, hostCommand(["hooks/bad.py", "hooks/good.py"]), hostLines(numbered(3)));
    expect(ran.code).toBe(0);
    expect(ran.stderr.match(/^(ValueError: )?\d$/gm)).toEqual([1, 2, 3].flatMap((n) => [`ValueError: ${n}`, `${n}`]));
  });

  it("may be several files of the same name, with dataclasses and helpers beside them", async () => {
    const home = hostHome({ "helper_of_mine.py": "PREFIX = 'helped '\n" });
    const code = (at: number): string => `from __future__ import annotations
from dataclasses import dataclass
from helper_of_mine import PREFIX
from xcodex_hooks import parse_event

@dataclass
class Seen:
    n: int | None

def on_event(event):
    print(PREFIX + str(${at}), Seen(event["n"]), parse_event(event).type)
`;
    const files = ["one", "two"].map((name, at) => {
      const file = join(home, `hooks/${name}-hook.py`);
      writeFileSync(file, code(at + 1));
      return file;
    });
    const ran = await runHost(home, hostCommand(files), hostLines(numbered(1)));
    expect(ran.stderr).toBe("helped 1 Seen(n=1) session-start\nhelped 2 Seen(n=1) session-start\n");
  });

  it("may be async", async () => {
    const code = "import asyncio\nasync def on_event(event):\n    await asyncio.sleep(0)\n    print(event['n'])\n";
    expect((await runHookInHost(code, hostLines(numbered(2)))).stderr).toBe(told(2));
  });

  it("with on_events get lists, all events once and in order, whatever they do with them", async () => {
    const code = `count = 0
def on_events(events):
    global count
    count += 1
    for event in events: print(event["n"])
    events.clear()
    if count == 1: raise ValueError("boom")
def on_event(event):
    raise AssertionError("not with on_events")
`;
    const home = hostHome({ "own.py": code, "second.py": code });
    const lines = hostLines(numbered(500));
    const ran = await runHost(home, hostCommand(["hooks/own.py", "hooks/second.py"]), lines);
    expect(ran.stderr.match(/ValueError: boom/g)).toHaveLength(2);
    expect(ran.stderr).not.toContain("AssertionError");
    const numbers = ran.stderr
      .split("\n")
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(numbered(500).flatMap(({ n }) => [n, n]));
  });

  it("are told of dropped events, and so is whoever reads the log", async () => {
    const notice = {
      schema_version: 1,
      type: "events-dropped",
      from_seq: 2,
      to_seq: 4,
      count: 3,
      reason: "queue full",
    };
    const code = `${TELLS}def on_dropped(notice):\n    print("dropped", notice["count"])\n    raise ValueError("boom")\n`;
    const [one, two] = hostLines(numbered(2)).split(/(?<=\n)/);
    const ran = await runHookInHost(code, `${one}${JSON.stringify(notice)}\n${two}`);
    expect(ran.stderr).toMatch(
      /^1\nxcodex-hooks: events were dropped .*"queue full".*\ndropped 3\n[\s\S]*ValueError: boom\n2\n$/,
    );
  });

  it("cannot take lines from the host, nor can programs that they start", async () => {
    const code = `import atexit, subprocess, sys
count = 0
def on_event(event):
    global count
    count += 1
    if count == 1: print(repr(sys.stdin.read()), subprocess.run(["cat"], capture_output=True).stdout)
atexit.register(lambda: print(count))
`;
    // More than the host has read and the pipe holds when the hook is called for the first time.
    const ran = await runHookInHost(code, hostLines(numbered(5000, { text: "x".repeat(1000) })));
    expect(ran.stderr).toBe("'' b''\n5000\n");
  });

  it("that fork do not serve twice", async () => {
    const code = `import os
def on_event(event):
    if os.fork() == 0: return
    os.wait()
    print(event["n"])
`;
    expect((await runHookInHost(code, hostLines(numbered(3)))).stderr).toBe(told(3));
  });

  it("are run to the end of the input, and what they registered for the end as well", async () => {
    const code = `import atexit\natexit.register(print, "end")\n${TELLS}`;
    expect(await runHookInHost(code, hostLines(numbered(2)))).toMatchObject({ code: 0, stderr: `${told(2)}end\n` });
  });
});

describe.skipIf(!PYTHON.there)("a hook file that cannot be used", () => {
  it.each([
    ["a syntax error", "x = 1\ndef on_event(event)\n    pass\n", "hook_not_loaded", /bad\.py:2\. /],
    ["an exception", "x = 1\n\ny = x.z\n", "hook_not_loaded", /AttributeError: .* at .*bad\.py:3\. /],
    ["an import that fails", "import no_such_module\n", "hook_not_loaded", /no_such_module.* at .*bad\.py:1\. /],
    ["run(hook) in it", "from xcodex_hooks import run\nrun(print)\n", "hook_not_loaded", /__main__/],
    ["no function", "x = 1\n", "hook_without_function", /on_event/],
    ["no callable function", "on_event = 1\n", "hook_without_function", /on_event/],
  ])("because of %s is named with its line, and the others go on", async (_, code, errorCode, says) => {
    const home = hostHome({ "bad.py": code, "good.py": TELLS });
    const ran = await runHost(home, hostCommand(["hooks/bad.py", "hooks/good.py"]), hostLines(numbered(1)));
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(new RegExp(`^${errorCode}: Cannot [^\\n]*"hooks/bad\\.py"`, "m"));
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr.endsWith("\n1\n")).toBe(true);
  });

  it("is the end of a host that has no other", async () => {
    const ran = await runHost(hostHome(), hostCommand(["hooks/none.py"]), hostLines(numbered(1)));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(
      /^hook_not_loaded: [\s\S]*none\.py[\s\S]*\nno_hook_loaded: Cannot start the host: .*\n$/,
    );
  });

  it("is missed when none is named", async () => {
    const ran = await runHost(hostHome(), hostCommand([]), "");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^usage: Cannot start the host: .*host\.py HOOK\.py.*\n$/);
  });
});

describe.skipIf(!PYTHON.there || process.platform === "win32")("signals", () => {
  // Python may write the line break after the number apart from it, and it may not come to that.
  const QUIET = { stdout: "", stderr: expect.stringMatching(/^1\n?$/) };

  const signalled = (signal: NodeJS.Signals) =>
    runHookInHost(TELLS, async (child) => {
      const handled = once(child.stderr as Readable, "data");
      child.stdin?.write(hostLines(numbered(1)));
      await handled;
      child.kill(signal);
    });

  it("end it: TERM at once", async () => {
    expect(await signalled("SIGTERM")).toMatchObject({ code: null, signal: "SIGTERM", ...QUIET });
  });

  it("end it: INT without a stack", async () => {
    expect(await signalled("SIGINT")).toMatchObject({ code: 130, ...QUIET });
  });
});
