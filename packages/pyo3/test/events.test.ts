import { expect, it, only, run, withAddon } from "./scenario.ts";

/** Prints every event as Python sees it. */
const ECHO = "def on_event(event): print(repr(event))\n";

async function seen(text: string, count: number): Promise<readonly string[]> {
  const outcome = await run({ script: ECHO, deliver: [{ text, count }] });
  expect(only(outcome)).toMatchObject({ ok: count, failed: [] });
  return outcome.log.split("\n").slice(0, -1);
}

withAddon("an event in Python", () => {
  it("is a tree of plain dicts, lists, strings, numbers, booleans and None", async () => {
    const script = `
def types(value):
    inner = value.values() if type(value) is dict else value if type(value) is list else ()
    return {type(value).__name__}.union(*map(types, inner))
def on_event(event): print(event, sorted(types(event)))
`;
    const events = [{ a: [1, 1.5, true, null, "x", {}], "b c": { d: [] } }];
    expect((await run({ script, deliver: [{ events }] })).log).toBe(
      "{'a': [1, 1.5, True, None, 'x', {}], 'b c': {'d': []}} ['NoneType', 'bool', 'dict', 'float', 'int', 'list', 'str']\n",
    );
  });

  it("may be any JSON value", async () => {
    expect(await seen('[null,true,0,-1.5e3,"",[],{}, [[1]] ]', 8)).toEqual([
      "None",
      "True",
      "0",
      "-1500.0",
      "''",
      "[]",
      "{}",
      "[[1]]",
    ]);
  });

  it("has integers of any size, exactly, and floats as JavaScript has them", async () => {
    expect(
      await seen("[9007199254740993, 123456789012345678901234567890, -18446744073709551616, 0.1, 5e-324]", 5),
    ).toEqual(["9007199254740993", "123456789012345678901234567890", "-18446744073709551616", "0.1", "5e-324"]);
  });

  it("has every character, also those that need two halves in JSON", async () => {
    const script = "def on_event(event): print(event['s'], len(event['s']))";
    const events = [{ s: "é漢😀\u0000\u2028" }, { s: "\\ud83d\\ude00" }];
    expect((await run({ script, deliver: [{ events }] })).log).toBe("é漢😀\u0000\u2028 5\n\\ud83d\\ude00 12\n");
    expect(await seen('["\\ud83d\\ude00"]', 1)).toEqual(["'😀'"]);
  });

  it("has halves of surrogate pairs as they are", async () => {
    expect(await seen('[{"a":"\\ud800"}, {"\\udfff":"x\\ud800y"}]', 2)).toEqual([
      "{'a': '\\ud800'}",
      "{'\\udfff': 'x\\ud800y'}",
    ]);
  });

  it("may nest deeply", async () => {
    const text = `[${"[".repeat(400)}${"]".repeat(400)}]`;
    expect(await seen(text, 1)).toEqual([text.slice(1, -1)]);
  });

  it("is the hook's own to change: the next one is not affected", async () => {
    const script = "def on_event(event):\n    event['n'] += 1\n    event['list'].append(event)\n    print(event['n'])";
    const event = { n: 1, list: [] };
    expect((await run({ script, deliver: [{ events: [event, event] }] })).log).toBe("2\n2\n");
  });
});

/** A number of large events, which are read one at a time. */
function large(...parts: readonly string[]): string {
  return `[${parts.map((part) => `{"filler":"${"é😀x".repeat(3000)}","part":${part}}`).join(", ")} ]`;
}

withAddon("large events", () => {
  const script = "def on_event(event): print(len(event['filler']), ascii(event['part']))\n";

  it("are what they are when they are small", async () => {
    const text = large('"a,]}\\"["', "[1, {}]", '"\\ud800"', "12345678901234567890123", "null");
    const outcome = await run({ script, deliver: [{ text, count: 5 }] });
    expect(only(outcome)).toMatchObject({ ok: 5, failed: [] });
    expect(outcome.log.split("\n").slice(0, -1)).toEqual([
      `9000 'a,]}"['`,
      "9000 [1, {}]",
      "9000 '\\ud800'",
      "9000 12345678901234567890123",
      "9000 None",
    ]);
  });

  it("fail alone when one is no JSON, or when the function raises", async () => {
    const raises = "def on_event(event):\n    if event['part'] == 'bad': raise ValueError('bad')\n";
    const text = large("1", "NaN", '"bad"', "[01]", "2");
    const { ok, failed } = only(await run({ script: raises, deliver: [{ text, count: 5 }] }));
    expect([ok, failed.map(({ kind, index, count }) => [kind, index, count])]).toEqual([
      2,
      [
        ["json", 1, 1],
        ["exception", 2, 1],
        ["json", 3, 1],
      ],
    ]);
  });

  it("are lost with the one that is stuck", async () => {
    const stuck = "import time\ndef on_event(event):\n    if event['part'] == 1: time.sleep(1.5)\n";
    const options = { timeout_ms: 200 };
    const outcome = await run({
      script: stuck,
      options,
      deliver: [{ text: large("0", "1", "2"), count: 3 }, { events: [{ part: 0 }] }],
    });
    expect(outcome.reports).toMatchObject([
      { ok: 1, failed: [{ kind: "timeout", index: 1, count: 2 }] },
      { ok: 1, failed: [] },
    ]);
  });

  it.each([
    ["fewer than was said", large("1", "2"), 3],
    ["cut off", large("1", "2").slice(0, -100), 2],
  ])("fail as a whole when they are %s", async (_, text, count) => {
    expect(only(await run({ script, deliver: [{ text, count }] }))).toMatchObject({
      ok: 0,
      failed: [{ kind: "json", index: 0, count }],
    });
  });
});

withAddon("what is no JSON", () => {
  it("fails alone: the events around it are delivered, and the failures stand where they were", async () => {
    const text = '[{"a":1}, NaN, {"b":"]},"}, {"c":Infinity}, {"d":01}, [{"e":"\\ud800"}]]';
    const outcome = await run({ script: ECHO, deliver: [{ text, count: 6 }] });
    const { ok, failed } = only(outcome);
    expect(ok).toBe(3);
    expect(failed.map(({ kind, index, count }) => [kind, index, count])).toEqual([
      ["json", 1, 1],
      ["json", 3, 1],
      ["json", 4, 1],
    ]);
    expect(failed.map(({ error }) => error).slice(0, 2)).toEqual([
      "ValueError: NaN is no JSON",
      "ValueError: Infinity is no JSON",
    ]);
    expect(outcome.log).toBe("{'a': 1}\n{'b': ']},'}\n[{'e': '\\ud800'}]\n");
  });

  it("is left out of a batch", async () => {
    const script = "def on_events(events): print(events)";
    const delivery = { text: "[1, NaN, 3]", count: 3 };
    const outcome = await run({ script, options: { batch: true }, deliver: [delivery] });
    expect(only(outcome)).toMatchObject({ ok: 2, failed: [{ kind: "json", index: 1, count: 1 }] });
    expect(outcome.log).toBe("[1, 3]\n");
  });

  it.each([
    ["is cut off", '[{"a":1}, {"b":', 2],
    ["is no array", '{"a":1}', 1],
    ["is empty", "", 1],
    ["holds fewer events than was said", "[1]", 2],
    ["holds more events than was said", "[1,2,3]", 2],
    ["has brackets that do not match", '[{"a":1}}, 2]', 2],
    ["nests too deeply for Python", "[@DEEP@, NaN", 2],
  ])("fails as a whole when it %s; what comes next is delivered", async (_, text, count) => {
    const outcome = await run({ script: ECHO, deliver: [{ text, count }, { events: ["next"] }] });
    expect(outcome.reports[0]).toMatchObject({ ok: 0, failed: [{ kind: "json", index: 0, count }] });
    expect(outcome.reports[1]).toMatchObject({ ok: 1, failed: [] });
    expect(outcome.log).toBe("'next'\n");
  });

  it("fails alone when it nests too deeply for Python", async () => {
    const outcome = await run({ script: ECHO, deliver: [{ text: "[1,@DEEP@,3]", count: 3 }] });
    expect(only(outcome)).toMatchObject({ ok: 2, failed: [{ kind: "json", index: 1, count: 1 }] });
    expect(only(outcome).failed[0]?.error).toMatch(/^RecursionError/);
  });
});
