import { expect, inEveryForm, it, type Outcome, only, run, type Scenario, withAddon } from "./scenario.ts";

/** Prints every event as Python sees it. */
const ECHO = "def on_event(event): print(repr(event))\n";

type Run = (scenario: Scenario) => Promise<Outcome>;

async function seen(run: Run, text: string, count: number): Promise<readonly string[]> {
  const outcome = await run({ script: ECHO, deliver: [{ text, count }] });
  expect(only(outcome)).toMatchObject({ ok: count, failed: [] });
  return outcome.log.split("\n").slice(0, -1);
}

inEveryForm("an event in Python", (run) => {
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
    expect(await seen(run, '[null,true,0,-1.5e3,"",[],{}, [[1]] ]', 8)).toEqual([
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
      await seen(run, "[9007199254740993, 123456789012345678901234567890, -18446744073709551616, 0.1, 5e-324]", 5),
    ).toEqual(["9007199254740993", "123456789012345678901234567890", "-18446744073709551616", "0.1", "5e-324"]);
  });

  it("has every character, also those that need two halves in JSON", async () => {
    const script = "def on_event(event): print(event['s'], len(event['s']))";
    const events = [{ s: "é漢😀\u0000\u2028" }, { s: "\\ud83d\\ude00" }];
    expect((await run({ script, deliver: [{ events }] })).log).toBe("é漢😀\u0000\u2028 5\n\\ud83d\\ude00 12\n");
    expect(await seen(run, '["\\ud83d\\ude00"]', 1)).toEqual(["'😀'"]);
  });

  it("has halves of surrogate pairs as they are", async () => {
    expect(await seen(run, '[{"a":"\\ud800"}, {"\\udfff":"x\\ud800y"}]', 2)).toEqual([
      "{'a': '\\ud800'}",
      "{'\\udfff': 'x\\ud800y'}",
    ]);
  });

  it("may nest deeply", async () => {
    const text = `[${"[".repeat(400)}${"]".repeat(400)}]`;
    expect(await seen(run, text, 1)).toEqual([text.slice(1, -1)]);
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

inEveryForm("large events", (run) => {
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
    ["there are fewer than was said", large("1", "2"), 4, 2],
    ["they are cut off", large("1", "2", "3").slice(0, -100), 3, 2],
    ["brackets do not match", large("1", "2}", "3"), 3, 1],
    ["a comma is missing", large("1", "2", "3").replace("},", "}"), 3, 0],
    ["they are no array", large("1", "2").slice(1), 2, 0],
  ])("fail from there on where %s", async (_, text, count, ok) => {
    const deliver = [{ text, count }, { events: [{ filler: "", part: "next" }] }];
    const outcome = await run({ script, deliver });
    expect(outcome.reports).toMatchObject([
      { ok, failed: [{ kind: "json", index: ok, count: count - ok }] },
      { ok: 1, failed: [] },
    ]);
    expect(outcome.log.split("\n")).toHaveLength(ok + 2);
  });
});

inEveryForm("what is no JSON", (run) => {
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

/** Events of many kinds: keys that begin alike, are escaped, nested, missing, doubled, and in another order each time. */
function ofManyKinds(count: number): string {
  const keys = [
    "a",
    "ab",
    "a b",
    "é",
    "😀",
    '\\"',
    "\\\\",
    "\\u0061",
    "",
    "x".repeat(63),
    "x".repeat(64),
    "x".repeat(65),
    "a\\n",
  ];
  const values = [
    "1",
    "-0.5e3",
    '"a"',
    '"é\\n😀"',
    "true",
    "null",
    "[]",
    "{}",
    ' [ 1 , {"a" : 2} ]',
    '{"ab":{"a":[{"é":1}]}}',
  ];
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const space = (): string => (random(8) === 0 ? " \n\t\r".slice(random(4)) : "");
  const field = (): string =>
    `${space()}"${keys[random(keys.length)]}"${space()}:${space()}${values[random(values.length)]}${space()}`;
  const event = (): string => `{${Array.from({ length: random(6) }, field).join(",")}}`;
  return `[${Array.from({ length: count }, event).join(",")}]`;
}

/** Says whether the events are what json.loads makes of the file beside the script. */
const COMPARE = `
import json, os
def on_events(events):
    with open(os.path.join(os.path.dirname(__file__), "events.json"), encoding="utf-8") as file:
        expected = json.load(file)
    print(repr(events) == repr(expected))
`;

inEveryForm("small events", (run) => {
  it.each([
    ["of many kinds", ofManyKinds(600), 600],
    [
      "with more keys than are remembered",
      `[${Array.from({ length: 3000 }, (_, n) => `{"k${n}":{"k${n + 1}":${n}}}`)}]`,
      3000,
    ],
  ])("%s are what json.loads makes of them, the first time and again", async (_, text, count) => {
    const outcome = await run({
      script: COMPARE,
      files: { "events.json": text },
      options: { batch: true },
      deliver: [{ text, count, times: 3 }],
    });
    expect(outcome.reports.map(({ ok, failed }) => [ok, failed])).toEqual(Array(3).fill([count, []]));
    expect(outcome.log).toBe("True\nTrue\nTrue\n");
  });

  it("that look like those before them and are no JSON fail alone", async () => {
    const good = '{"tool":"shell","input":{"a":1}}';
    const bad = [
      '{"tool":"shell" "input":{}}',
      '{"tool":,"input":{}}',
      '{"tool":"shell",}',
      '{"tool":"a\tb"}',
      '{"tool":tru}',
    ];
    for (const each of bad) {
      const { ok, failed } = only(
        await run({ script: ECHO, deliver: [{ text: `[${good},${each},${good}]`, count: 3 }] }),
      );
      expect([ok, failed.map(({ kind, index }) => [kind, index])], each).toEqual([2, [["json", 1]]]);
    }
  });

  it("may be none", async () => {
    expect(only(await run({ script: ECHO, deliver: [{ text: "[]", count: 0, wait: true }] }))).toMatchObject({
      ok: 0,
      failed: [],
    });
  });
});

withAddon("bytes", () => {
  const handed = (...parts: readonly (string | readonly number[])[]): string =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string))).toString("base64");

  it.each([
    ["a byte that begins nothing", [0xff]],
    ["a character that is cut off", [0xe2, 0x82]],
    ["a character in more bytes than it needs", [0xc0, 0xaf]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
    ["what is beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("that are no UTF-8, %s, fail alone, in values and in keys", async (_, bytes) => {
    const base64 = handed('[{"a":"é"},{"a":"', bytes, '"},{"', bytes, '":1},"😀"]');
    const outcome = await run({ script: ECHO, deliver: [{ base64, count: 4 }] });
    const error = expect.stringMatching(/^UnicodeDecodeError: 'utf-8' codec can't decode byte/);
    expect(only(outcome)).toMatchObject({
      ok: 2,
      failed: [
        { kind: "json", index: 1, count: 1, error },
        { kind: "json", index: 2, count: 1, error },
      ],
    });
    expect(outcome.log).toBe("{'a': 'é'}\n'😀'\n");
  });

  it("that are no UTF-8 fail alone when they are large", async () => {
    const filler = `"${"x".repeat(10_000)}"`;
    const base64 = handed(`[${filler},"`, [0xff], `${"x".repeat(10_000)}",${filler}]`);
    const script = "def on_event(event): print(len(event))\n";
    const outcome = await run({ script, deliver: [{ base64, count: 3 }] });
    expect(only(outcome)).toMatchObject({ ok: 2, failed: [{ kind: "json", index: 1, count: 1 }] });
    expect(outcome.log).toBe("10000\n10000\n");
  });

  it.each([
    ["none", handed("")],
    ["in UTF-16", Buffer.from("[1]", "utf16le").toString("base64")],
    ["zeros", Buffer.alloc(100).toString("base64")],
    ["after a byte order mark", handed([0xef, 0xbb, 0xbf], "[1]")],
  ])("that are %s fail as a whole; what comes next is delivered", async (_, base64) => {
    const next = { base64: handed('["next"]'), count: 1 };
    const outcome = await run({ script: ECHO, deliver: [{ base64, count: 1 }, next] });
    expect(outcome.reports).toMatchObject([
      { ok: 0, failed: [{ kind: "json", index: 0, count: 1 }] },
      { ok: 1, failed: [] },
    ]);
    expect(outcome.log).toBe("'next'\n");
  });

  it("are the caller's again when deliver has returned: many hand-overs share its memory", async () => {
    // While Python is asleep all of them wait, and each was overwritten by the next.
    const script = "import time\ndef on_event(event):\n    if event == 0: time.sleep(0.3)\n    print(event)\n";
    const deliver = Array.from({ length: 40 }, (_, n) => ({ events: [n, "é".repeat(n * 40)] }));
    const outcome = await run({ script, as: "bytes", deliver });
    expect(outcome.reports.map(({ ok }) => ok)).toEqual(Array(40).fill(2));
    expect(outcome.log).toBe(deliver.map(({ events: [n, text] }) => `${n}\n${text}\n`).join(""));
  });

  it("may follow strings, and strings them", async () => {
    const deliver = [{ events: ["é1"] }, { base64: handed('["é2"]'), count: 1 }, { events: ["é3"] }];
    expect((await run({ script: ECHO, deliver })).log).toBe("'é1'\n'é2'\n'é3'\n");
  });
});
