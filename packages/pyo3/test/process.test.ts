import { expect, FORMS, it, only, run, withAddon } from "./scenario.ts";

const COUNT = "n = 0\ndef on_event(event):\n    global n\n    n += 1\n";
const LOOP = "def on_event(event):\n    print('in')\n    while True: pass\n";

withAddon("closing", () => {
  it("waits for what was handed over, and resolves true", async () => {
    const script = "import time\ndef on_event(event): time.sleep(0.01)\n";
    const outcome = await run({ script, deliver: [{ events: [1, 2, 3], times: 5 }] });
    expect([outcome.pending, outcome.drained, outcome.left]).toEqual([[15], [true], [0]]);
    expect(outcome.reports.map(({ ticket, ok }) => [ticket, ok])).toEqual([1, 2, 3, 4, 5].map((n) => [n, 3]));
  });

  it("with nothing pending resolves true, without ever starting Python", async () => {
    const outcome = await run({ close: 0 });
    expect([outcome.drained, outcome.reports, outcome.code]).toEqual([[true], [], 0]);
  });

  it("resolves false when the budget runs out; nothing more is delivered or reported", async () => {
    const script = "import time\ndef on_event(event):\n    print(event)\n    time.sleep(0.5)\n";
    const deliver = [{ events: [1, 2] }, { events: [3] }];
    const outcome = await run({ script, deliver, close: 300, afterwards: "linger" });
    expect([outcome.pending, outcome.drained, outcome.left, outcome.reports]).toEqual([[3], [false], [3], []]);
    expect([outcome.code, outcome.log.replace("1\n", "")]).toEqual([0, ""]);
  });

  it("resolves false although the function never ends, and the process ends", async () => {
    const outcome = await run({
      script: LOOP,
      options: { timeout_ms: 60_000 },
      deliver: [{ events: [1] }],
      close: 500,
    });
    expect([outcome.drained, outcome.code, outcome.signal, outcome.stderr]).toEqual([[false], 0, null, ""]);
    expect(outcome.ticks).toBeGreaterThan(5);
  });

  it("is the end: what is handed over afterwards is ignored", async () => {
    const script = "def on_event(event): print(event)";
    const outcome = await run({ script, deliver: [{ events: [0] }], afterwards: "deliver" });
    expect([outcome.drained, outcome.log]).toEqual([[true], "0\n"]);
  });
});

withAddon("a process", () => {
  it("is not kept alive by what is pending", async () => {
    const outcome = await run({
      script: LOOP,
      options: { timeout_ms: 60_000 },
      deliver: [{ events: [1] }],
      close: "never",
    });
    expect([outcome.left, outcome.code, outcome.signal]).toEqual([[1], 0, null]);
  });

  it("is kept alive by it when it is held, until it is reported", async () => {
    const script = "import time\ndef on_event(event): time.sleep(0.3)\n";
    const outcome = await run({ script, hold: true, deliver: [{ events: [1, 2] }], close: "never" });
    expect([only(outcome).ok, outcome.left, outcome.code]).toEqual([2, [0], 0]);
  });

  it("is let go again", async () => {
    const options = { timeout_ms: 60_000 };
    const outcome = await run({ script: LOOP, options, hold: "released", deliver: [{ events: [1] }], close: "never" });
    expect([outcome.left, outcome.code, outcome.signal]).toEqual([[1], 0, null]);
  });

  it.each([
    ["in an endless loop", LOOP],
    ["asleep in C", "import time\ndef on_event(event): time.sleep(600)\n"],
    ["in C without letting go", "import re\ndef on_event(event): re.match(r'(a+)+$', 'a' * 60 + 'b')\n"],
    [
      "with a thread of the hook",
      "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\ndef on_event(e): pass",
    ],
  ])("exits while Python is %s: with its own code, without a word", async (_, script) => {
    const options = { timeout_ms: 100 };
    const outcome = await run({ script, options, deliver: [{ events: [1] }], close: 1000, afterwards: "exit" });
    expect([outcome.code, outcome.signal, outcome.stdout, outcome.stderr]).toEqual([7, null, "", ""]);
  });

  it("that exits at once is not held up by Python that is just starting", async () => {
    const outcome = await run({ script: COUNT, deliver: [{ events: [1] }], close: "never", afterwards: "exit" });
    expect([outcome.code, outcome.signal, outcome.stderr]).toEqual([7, null, ""]);
  });
});

withAddon("Python that cannot be started", () => {
  it("fails all events that are handed over, and says what to do", async () => {
    const env = { PYTHONHOME: "/nowhere" };
    const outcome = await run({ script: COUNT, deliver: [{ events: [1, 2] }, { events: [3] }], env });
    const error = expect.stringMatching(/^RuntimeError: Cannot start Python: .+\. Check .+ xcodex hooks build pyo3\.$/);
    expect(outcome.reports).toMatchObject([
      { ok: 0, failed: [{ kind: "load", index: 0, count: 2, error }] },
      { ok: 0, failed: [{ kind: "load", index: 0, count: 1, error }] },
    ]);
    expect([outcome.code, outcome.signal]).toEqual([0, null]);
  });
});

withAddon("memory", () => {
  it.each(FORMS)("of a payload of 50 MB is given back, handed over as %s", { timeout: 120_000 }, async (as) => {
    const script = "def on_event(event):\n    assert len(event['filler']) == 50_000_000\n";
    const make = { count: 1, bytes: 50_000_000 };
    const outcome = await run({ script, as, deliver: [{ make, times: 10, wait: true }] });
    expect(outcome.reports.map(({ ok }) => ok)).toEqual(Array(10).fill(1));
    // JavaScript keeps the text itself and what it was made of; ten of one copy would be 500 MB.
    expect(outcome.grown).toBeLessThan(250);
  });

  it.each(FORMS)("does not grow with the number of events, handed over as %s", { timeout: 120_000 }, async (as) => {
    const make = { count: 500, bytes: 350 };
    const outcome = await run({ script: COUNT, as, deliver: [{ make, times: 200, wait: true }] });
    expect(outcome.reports.reduce((sum, { ok }) => sum + ok, 0)).toBe(100_000);
    expect(outcome.grown).toBeLessThan(50);
  });

  it("does not grow with events that fail", { timeout: 120_000 }, async () => {
    const script = "def on_event(event): raise ValueError(event['n'])\n";
    const outcome = await run({ script, deliver: [{ make: { count: 500, bytes: 350 }, times: 20, wait: true }] });
    expect(outcome.reports.every(({ ok, failed }) => ok === 0 && failed.length === 500)).toBe(true);
    expect(outcome.grown).toBeLessThan(150);
  });
});
