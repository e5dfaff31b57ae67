import { join } from "node:path";
import { expect, it, only, run, withAddon } from "./scenario.ts";

withAddon("a function that raises", () => {
  it("fails for that event alone", async () => {
    const script = "def on_event(event):\n    print(event)\n    if event % 2: raise ValueError(f'odd {event}')\n";
    const outcome = await run({ script, deliver: [{ events: [0, 1, 2, 3, 4] }] });
    const at = { kind: "exception", count: 1, file: join(outcome.home, "hook.py"), line: 3 };
    expect(only(outcome)).toMatchObject({
      ok: 3,
      failed: [
        { ...at, index: 1, error: "ValueError: odd 1" },
        { ...at, index: 3, error: "ValueError: odd 3" },
      ],
    });
    expect(outcome.log).toBe("0\n1\n2\n3\n4\n");
  });

  it("for every event alike is one failure with their number, and one traceback", async () => {
    const script = "def on_event(event):\n    if event: raise KeyError('session')\n";
    const outcome = await run({ script, deliver: [{ events: [0, 1, 1, 1, 0, 1] }] });
    const { ok, failed } = only(outcome);
    expect([ok, failed.map(({ index, count, error }) => [index, count, error])]).toEqual([
      2,
      [
        [1, 3, "KeyError: 'session'"],
        [5, 1, "KeyError: 'session'"],
      ],
    ]);
    expect(failed[0]?.traceback).toMatch(
      /^Traceback \(most recent call last\):\n {2}File ".*hook\.py", line 2, in on_event\n/,
    );
    expect(failed[0]?.traceback).toMatch(/\nKeyError: 'session'\n$/);
  });

  it("is placed at the innermost line of the user's files, not of the library that it called", async () => {
    const outcome = await run({
      script: "import helper\n\ndef on_event(event):\n    helper.read(event)\n",
      files: { "hooks/helper.py": "import json\n\ndef read(text):\n    return json.loads(text)\n" },
      deliver: [{ events: ["{"] }],
    });
    const { failed } = only(outcome);
    expect(failed).toMatchObject([{ file: join(outcome.home, "hooks", "helper.py"), line: 4 }]);
    expect(failed[0]?.error).toMatch(/^JSONDecodeError: /);
    expect(failed[0]?.traceback).toContain("json/decoder.py");
  });

  it.each([
    ["sys.exit()", /^SystemExit$/],
    ["sys.exit(3)", /^SystemExit: 3$/],
    ["raise KeyboardInterrupt", /^KeyboardInterrupt$/],
    ["raise GeneratorExit", /^GeneratorExit$/],
    ["raise type('Odd', (BaseException,), {})('x')", /^Odd: x$/],
    ["raise StopIteration", /^StopIteration$/],
    ["on_event(event)", /^RecursionError: maximum recursion depth exceeded/],
    ["raise ValueError('\\ud800 half')", /^ValueError: \ufffd+ half$/],
    ["raise ValueError('a\\nb')", /^ValueError: a b$/],
  ])("with `%s` does not end the process", async (line, error) => {
    const script = `import sys\ndef on_event(event):\n    ${line}\n`;
    const outcome = await run({ script, deliver: [{ events: [1] }, { events: [2] }] });
    expect(outcome.reports.map(({ ok }) => ok)).toEqual([0, 0]);
    expect(outcome.reports[0]?.failed).toMatchObject([
      { kind: "exception", index: 0, count: 1, error: expect.stringMatching(error), line: 3 },
    ]);
    expect([outcome.code, outcome.signal, outcome.stderr]).toEqual([0, null, ""]);
  });

  it("with an exception that cannot be said is a failure all the same", async () => {
    const script = `
class Mute(Exception):
    def __str__(self): raise RuntimeError("no")
def on_event(event): raise Mute()
`;
    const { failed } = only(await run({ script, deliver: [{ events: [1] }] }));
    expect(failed).toMatchObject([{ kind: "exception", error: "Mute: (it cannot be said)", line: 4 }]);
  });

  it("with a long text: its beginning is the error, and the end of the traceback is kept", async () => {
    const script = "def on_event(event):\n    raise ValueError('é' * 1_000_000 + 'END')\n";
    const { failed } = only(await run({ script, deliver: [{ events: [1] }] }));
    expect(failed[0]?.error.length).toBeLessThan(1100);
    expect(failed[0]?.error.startsWith("ValueError: éé")).toBe(true);
    expect(Buffer.byteLength(failed[0]?.traceback ?? "")).toBeLessThanOrEqual(16 * 1024);
    expect(failed[0]?.traceback.endsWith("éEND\n")).toBe(true);
  });

  it("has its causes in the traceback", async () => {
    const script = "def on_event(event):\n    try: {}['k']\n    except KeyError as e: raise OSError('outer') from e\n";
    const { failed } = only(await run({ script, deliver: [{ events: [1] }] }));
    expect(failed[0]?.traceback).toMatch(/KeyError: 'k'[\s\S]*direct cause[\s\S]*OSError: outer\n$/);
  });

  it("given a batch fails for all of it", async () => {
    const script = "def on_events(events):\n    for e in events:\n        if e == 2: raise ValueError('two')\n";
    const options = { batch: true };
    const outcome = await run({ script, options, deliver: [{ events: [1, 2, 3] }, { events: [1, 3] }] });
    expect(outcome.reports).toMatchObject([
      { ok: 0, failed: [{ kind: "exception", index: 0, count: 3, error: "ValueError: two", line: 3 }] },
      { ok: 2, failed: [] },
    ]);
  });
});

withAddon("a function that runs only later", () => {
  it.each([
    ["a coroutine", "async def later(event): print('ran')\ndef on_event(event): return later(event)", "async"],
    ["a generator", "def later(event): yield\ndef on_event(event): return later(event)", "a generator"],
    ["an async generator", "async def later(event): yield\non_event = lambda event: later(event)", "async"],
    ["a coroutine, as an object", "class C:\n  async def __call__(self, event): pass\non_event = C()", "async"],
  ])("and returns %s is a failure, and nothing is said on the terminal", async (_, script, what) => {
    const outcome = await run({ script, deliver: [{ events: [1, 2] }] });
    expect(only(outcome)).toMatchObject({
      ok: 0,
      failed: [{ kind: "exception", count: 2, error: `TypeError: the function is ${what}; write a plain function` }],
    });
    expect([outcome.log, outcome.stderr]).toEqual(["", ""]);
  });

  it("is not meant when it returns anything else", async () => {
    const outcome = await run({ script: "def on_event(event): return [event]", deliver: [{ events: [1, 2] }] });
    expect(only(outcome)).toMatchObject({ ok: 2, failed: [] });
  });
});
