import { join } from "node:path";
import { expect, it, only, run, withAddon } from "./scenario.ts";

withAddon("a function that takes too long", () => {
  it("in a loop is interrupted there; the events after it are delivered, and Node goes on meanwhile", async () => {
    const script = `
def on_event(event):
    print("got", event)
    if event == 2:
        while True:
            pass
`;
    const outcome = await run({
      script,
      options: { timeout_ms: 400 },
      deliver: [{ events: [1, 2, 3] }, { events: [4] }],
    });
    const { ok, failed, ticks } = outcome.reports[0] ?? { ok: -1, failed: [], ticks: 0 };
    expect(ok).toBe(2);
    expect(failed).toMatchObject([
      {
        ...{ kind: "timeout", index: 1, count: 1, error: "TimeoutError: the call took longer than 400 ms" },
        file: join(outcome.home, "hook.py"),
      },
    ]);
    expect([5, 6]).toContain(failed[0]?.line);
    expect(failed[0]?.traceback).toMatch(/hook\.py", line [56], in on_event/);
    expect(ticks).toBeGreaterThan(5);
    expect(outcome.reports[1]).toMatchObject({ ok: 1, failed: [] });
    expect(outcome.log).toBe("got 1\ngot 2\ngot 3\ngot 4\n");
  });

  it("is interrupted again when it catches that, and harder in the end", async () => {
    const script = `
n = 0
def on_event(event):
    global n
    while event == "loop":
        try:
            turns = 0
            while True: turns += 1
        except Exception:
            n += 1
    print(n > 0)
`;
    const outcome = await run({
      script,
      options: { timeout_ms: 300 },
      deliver: [{ events: ["loop", 1] }, { events: [2] }],
    });
    expect(
      outcome.reports.map(({ ok, failed }) => [ok, failed.map(({ kind, index, count }) => [kind, index, count])]),
    ).toEqual([
      [0, [["timeout", 0, 2]]],
      [1, []],
    ]);
    expect(outcome.log).toBe("True\n");
  });

  it("and then ends well is a timeout all the same", async () => {
    const script = `
def on_event(event):
    try:
        turns = 0
        while True: turns += 1
    except TimeoutError as error:
        print(error)
`;
    const outcome = await run({ script, options: { timeout_ms: 200 }, deliver: [{ events: [1] }] });
    expect(only(outcome)).toMatchObject({ ok: 0, failed: [{ kind: "timeout", count: 1, traceback: "" }] });
    expect(outcome.log).toBe("the hook ran longer than its timeout\n");
  });

  it("asleep in C is reported before it wakes up; the rest of its events is lost, the next are not", async () => {
    const script = `
import time
def on_event(event):
    print("got", event)
    if event == "sleep": time.sleep(4)
    print("done", event)
`;
    const deliver = [{ events: ["a", "sleep", "b", "c"] }, { events: ["next"] }];
    const outcome = await run({ script, options: { timeout_ms: 500 }, deliver });
    const [stuck, next] = outcome.reports;
    expect(stuck).toMatchObject({
      ok: 1,
      failed: [{ kind: "timeout", index: 1, count: 3, file: join(outcome.home, "hook.py"), line: 5 }],
    });
    expect(next).toMatchObject({ ok: 1, failed: [] });
    // A timer of 10 ms fired between the report and the end of the four seconds.
    expect((next?.ticks ?? 0) - (stuck?.ticks ?? 0)).toBeGreaterThan(5);
    expect(outcome.log).toBe("got a\ndone a\ngot sleep\ngot next\ndone next\n");
  });

  it("in C without letting go of Python is reported, too, and Node goes on", async () => {
    const script = "import re\ndef on_event(event):\n    if event: re.match(r'(a+)+$', 'a' * 25 + 'b')\n";
    const outcome = await run({ script, options: { timeout_ms: 200 }, deliver: [{ events: [1, 1] }, { events: [0] }] });
    expect(outcome.reports[0]).toMatchObject({ ok: 0, failed: [{ kind: "timeout", index: 0, count: 2 }] });
    expect(outcome.reports[1]).toMatchObject({ ok: 1 });
    expect(outcome.reports[0]?.ticks).toBeGreaterThan(0);
  });

  it("with a batch fails for all of it", async () => {
    const script = "def on_events(events):\n    while len(events) > 1: pass\n";
    const options = { batch: true, timeout_ms: 200 };
    const outcome = await run({ script, options, deliver: [{ events: [1, 2, 3] }, { events: [1] }] });
    expect(outcome.reports).toMatchObject([
      { ok: 0, failed: [{ kind: "timeout", index: 0, count: 3, line: 2 }] },
      { ok: 1, failed: [] },
    ]);
  });

  it("in what its exception says of itself is interrupted, too", async () => {
    const script = `
class Endless(Exception):
    def __str__(self):
        while True: pass
def on_event(event):
    raise Endless()
`;
    const outcome = await run({
      script,
      options: { timeout_ms: 200 },
      deliver: [{ events: [1] }, { events: [], text: "[1]", count: 1 }],
    });
    expect(outcome.reports.map(({ failed }) => failed[0]?.kind)).toEqual(["timeout", "timeout"]);
  });

  it("is counted per call: many that are quick may take long together", async () => {
    const script = "import time\ndef on_event(event): time.sleep(0.06)\n";
    const outcome = await run({ script, options: { timeout_ms: 2000 }, deliver: [{ events: Array(40).fill(0) }] });
    expect(only(outcome)).toMatchObject({ ok: 40, failed: [] });
  });

  it("has no effect on a script that loads slowly", async () => {
    const script = "import time\ntime.sleep(1.5)\ndef on_event(event): pass\n";
    const outcome = await run({ script, options: { timeout_ms: 1000 }, deliver: [{ events: [1] }] });
    expect(only(outcome)).toMatchObject({ ok: 1, failed: [] });
  });

  it("after which the thread slept: the next slow one is found as well", async () => {
    const script = "import time\ndef on_event(event):\n    while event: pass\n";
    const idle = "import time\ndef on_event(event): time.sleep(2.5)\n";
    const outcome = await run({
      files: { "a.py": script, "b.py": idle },
      opens: [
        { label: "a", script_path: "a.py", timeout_ms: 200 },
        { label: "b", script_path: "b.py", timeout_ms: 20_000 },
      ],
      deliver: [
        { at: 0, events: [1] },
        { at: 1, events: [0] },
        { at: 0, events: [1] },
      ],
    });
    expect(outcome.reports.map(({ label, failed }) => [label, failed.map(({ kind }) => kind)])).toEqual([
      ["a", ["timeout"]],
      ["b", []],
      ["a", ["timeout"]],
    ]);
  });

  it("while a thread of the hook works: the thread goes on", async () => {
    const script = `
import threading, time
beats = 0
def beat():
    global beats
    while True:
        beats += 1
        time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()
def on_event(event):
    while event: pass
    before = beats
    time.sleep(0.3)
    print(beats > before)
`;
    const outcome = await run({ script, options: { timeout_ms: 1000 }, deliver: [{ events: [1, 0] }] });
    expect(only(outcome)).toMatchObject({ ok: 1, failed: [{ kind: "timeout", index: 0 }] });
    expect(outcome.log).toBe("True\n");
  });
});
