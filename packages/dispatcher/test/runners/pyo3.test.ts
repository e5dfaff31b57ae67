import { statSync } from "node:fs";
import { join } from "node:path";
import { hooksPaths } from "@xcodex/hooks-dispatcher";
import { describe, expect, it } from "vitest";
import { pyo3Addon } from "../../../../test/support/pyo3-addon.ts";
import { type Home, makeHome, runAgent } from "./homes.ts";

const built = await pyo3Addon();
if ("skipped" in built) console.warn(`Python within the agent's process is not tested: ${built.skipped}.`);
const withAddon = { XCODEX_HOOKS_PYO3: "addon" in built ? built.addon : "" };

/** A CODEX_HOME with a Python hook; `seen(text)` in it adds a line to the file `seen`. */
function homeWith(script: string, settings = ""): Home {
  const home = makeHome(
    `[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n[hooks.pyo3]\nscript_path = "hooks/mine.py"\n${settings}`,
  );
  const seen = `import time\n\ndef seen(text):\n    with open(${JSON.stringify(home.file("seen"))}, "a") as file:\n        file.write(f"{text}\\n")\n\n`;
  home.write("hooks/mine.py", seen + script);
  return home;
}

async function outputOf(home: Home, body: string, env: Record<string, string> = withAddon): Promise<string[]> {
  const { stdout, stderr, code } = await runAgent(home, body, env);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return stdout.trimEnd().split("\n");
}

function counted(home: Home, wanted: string): number {
  const about = home.records().filter(({ code }) => code === wanted);
  return about.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Below CODEX_HOME. */
const LOG = hooksPaths("").python_log;

describe("without the addon", () => {
  const body = `
for (let n = 0; n < 6; n += 1) console.log(said(await agent.dispatch(event, { wait: "all" })));
console.log((await agent.dispatch(event)).action);
await agent.close();`;

  it("the failure says what builds it, once; the hooks beside it run, and the agent goes on", async () => {
    const home = makeHome(
      '[hooks]\nenable_unsafe_inproc = true\ninproc = ["event_log_jsonl", "pyo3"]\n[hooks.pyo3]\nscript_path = "no.py"\n',
    );
    const said = await outputOf(home, body, { XCODEX_HOOKS_PYO3: "" });
    const [failed, open] = ["ok,pyo3_not_built", "ok,breaker_open"];
    expect(said).toEqual([failed, failed, failed, open, open, open, "continue"]);
    expect(home.lines("hooks.jsonl")).toHaveLength(7);
    const [first, ...others] = home.records();
    expect(first).toMatchObject({ hook: "pyo3:*:1", outcome: "not_started", code: "pyo3_not_built", count: 1 });
    expect(first?.message).toMatch(
      /^Cannot load the Python addon ".*bin\/xcodex-pyo3\.node": .*xcodex hooks build pyo3/,
    );
    expect(others.map(({ code, count }) => `${code} ${count ?? ""}`)).toEqual([
      "breaker_open ",
      "pyo3_not_built 2",
      "breaker_open 4",
    ]);
  });

  it("a file that is no addon is a failure too, and says what builds one", async () => {
    const home = homeWith("def on_event(event):\n    pass\n");
    const addon = home.write("bin/xcodex-pyo3.node", "this is no library");
    const said = await outputOf(
      home,
      `const { replies } = await agent.dispatch(event, { wait: "all" });
console.log(replies[0].end.code, replies[0].end.message);
await agent.close();`,
      { XCODEX_HOOKS_PYO3: addon },
    );
    expect(said.join("\n")).toMatch(/^pyo3_not_built Cannot .*xcodex-pyo3\.node.*xcodex hooks build pyo3/s);
  });
});

describe.skipIf("skipped" in built)("a hook in Python", () => {
  it("does not keep an agent alive that has nothing else to do, and what was not finished is recorded", async () => {
    const home = homeWith("def on_event(event):\n    seen('begins')\n    time.sleep(60)\n    seen('ends')\n");
    await outputOf(
      home,
      "agent.emit(event);\nwhile (!existsSync(agent.config.codex_home + '/seen')) await ms(5);\nagent.emit(event);",
    );
    expect(home.lines("seen")).toEqual(["begins"]);
    expect(counted(home, "closed")).toBe(2);
  });

  it("keeps an agent alive that waits for it, behind whatever it has to do first", async () => {
    const home = homeWith("def on_event(event):\n    time.sleep(0.1)\n");
    const said = await outputOf(
      home,
      `for (let n = 0; n < 4; n += 1) {
  agent.emit(event);
  await ms(5);
}
console.log(said(await agent.dispatch(event, { wait: "all" })));
await agent.close();`,
    );
    expect(said).toEqual(["ok"]);
  });

  it("that sleeps in C for too long has timed out, the agent stays responsive, and close ends in time", async () => {
    const home = homeWith("def on_event(event):\n    time.sleep(60)\n", "timeout_sec = 0.2\n");
    const said = await outputOf(
      home,
      `let turns = 0;
const timer = setInterval(() => { turns += 1; }, 1);
console.log(said(await agent.dispatch(event, { wait: "all" })));
clearInterval(timer);
console.log(turns > 10);
agent.emit(event);
console.log(JSON.stringify(await agent.close(300)));`,
    );
    expect(said).toEqual(["timeout", "true", '{"drained":false,"left":1,"dropped":0}']);
    expect(counted(home, "closed")).toBe(1);
  });

  it("that loops for ever does not keep the process from ending", async () => {
    const home = homeWith(
      "def on_event(event):\n    seen('begins')\n    while True:\n        pass\n",
      "timeout_sec = 600\n",
    );
    await outputOf(
      home,
      "agent.emit(event);\nwhile (!existsSync(agent.config.codex_home + '/seen')) await ms(5);\nprocess.exit(0);",
    );
    expect(home.lines("seen")).toEqual(["begins"]);
  });

  it("gets a payload of 50 MB", async () => {
    const home = homeWith("def on_event(event):\n    seen(len(event['text']))\n");
    const said = await outputOf(
      home,
      `console.log(said(await agent.dispatch({ ...event, text: "x".repeat(50_000_000) }, { wait: "all" })));
await agent.close();`,
    );
    expect(said).toEqual(["ok"]);
    expect(home.lines("seen")).toEqual(["50000000"]);
  });

  it("that is slower than its events loses those that are too many, and every one is accounted for", async () => {
    const home = homeWith(
      "def on_event(event):\n    if event['event_id'] == '0': time.sleep(0.3)\n    seen(event['event_id'])\n",
    );
    const said = await outputOf(
      home,
      `for (let n = 0; n < 3000; n += 1) agent.emit({ ...event, event_id: String(n) });
console.log(said(await agent.dispatch(event, { wait: "all" })));
console.log(JSON.stringify(await agent.close(20_000)));`,
    );
    expect(said).toEqual(["queue_full", `{"drained":true,"left":0,"dropped":${3_001 - 1_024}}`]);
    expect(home.lines("seen")).toEqual(Array.from({ length: 1_024 }, (_, n) => String(n)));
    expect(home.records()).toMatchObject([{ code: "queue_full", outcome: "dropped", count: 1_977 }]);
  });

  it("holds 64 MiB of events at most, and one that is larger when nothing else waits", async () => {
    const home = homeWith("def on_event(event):\n    seen(len(event['text']))\n");
    const said = await outputOf(
      home,
      `const text = "x".repeat(30 * 2 ** 20);
const send = (text) => agent.dispatch({ ...event, text }, { wait: "all" }).then(said);
console.log((await Promise.all([send(text), send(text), send(text)])).join());
console.log(await send("x".repeat(70 * 2 ** 20)));
await agent.close(20_000);`,
    );
    expect(said).toEqual(["ok,ok,queue_full", "ok"]);
    expect(home.lines("seen")).toHaveLength(3);
  });

  it("that was broken is loaded again once it is mended", async () => {
    const home = homeWith("def on_event(event)\n    pass\n");
    const said = await outputOf(
      home,
      `const ask = async () => console.log(said(await agent.dispatch(event, { wait: "all" })));
await ask();
writeFileSync(agent.config.codex_home + "/hooks/mine.py", "def on_event(event):\\n    pass\\n");
await ask();
await agent.close();`,
    );
    expect(said).toEqual(["python_failed", "ok"]);
  });

  it("cannot have an event that is no JSON, and gets the next one", async () => {
    const home = homeWith("def on_event(event):\n    seen(event['event_id'])\n");
    const said = await outputOf(
      home,
      `console.log(said(await agent.dispatch({ ...event, big: 1n }, { wait: "all" })));
console.log(said(await agent.dispatch({ ...event, event_id: "b", half: "\\ud800" }, { wait: "all" })));
await agent.close();`,
    );
    expect(said).toEqual(["not_encodable", "ok"]);
    expect(home.lines("seen")).toEqual(["b"]);
  });

  it("prints into a log that is the owner's alone, tracebacks too, and never to the terminal", async () => {
    const home = homeWith("def on_event(event):\n    print('printed')\n    raise ValueError('thrown')\n");
    home.write(LOG, "x".repeat(11 * 2 ** 20));
    const { stdout, stderr } = await runAgent(
      home,
      `await agent.dispatch(event, { wait: "all" });\nawait agent.close();`,
      withAddon,
    );
    expect(stdout + stderr).toBe("");
    const log = home.read(LOG);
    expect(log).toMatch(/^printed$/m);
    expect(log).toMatch(
      /^\d{4}-.*Z pyo3:\*:1, event ".*": ValueError: thrown\nTraceback \(most recent call last\):\n.*mine\.py", line 9, in on_event/ms,
    );
    expect(statSync(home.file(LOG)).mode & 0o777).toBe(0o600);
    expect(statSync(home.file(`${LOG}.1`)).size).toBe(11 * 2 ** 20);
  });

  it("that fails for some events and not for others is not left alone, and has few records", async () => {
    const home = homeWith("def on_event(event):\n    if int(event['event_id']) % 2: raise ValueError('odd')\n");
    const said = await outputOf(
      home,
      `for (let n = 0; n < 1000; n += 1) agent.emit({ ...event, event_id: String(n) });
console.log(JSON.stringify(await agent.close(20_000)));`,
    );
    expect(said).toEqual(['{"drained":true,"left":0,"dropped":0}']);
    expect(counted(home, "python_failed")).toBe(500);
    expect(counted(home, "breaker_open")).toBe(0);
    expect(home.records().length).toBeLessThan(20);
  });
});

describe.skipIf("skipped" in built)("a hook that was left alone", () => {
  it("is tried once after a while; the others wait for that, and go on when it went well", async () => {
    const home = homeWith(
      "import os\ndef on_event(event):\n    if not os.path.exists(os.path.dirname(__file__) + '/mended'): raise ValueError('no')\n    seen(event['event_id'])\n",
    );
    const dist = (file: string): string => JSON.stringify(join(import.meta.dirname, "..", "..", "dist", file));
    const said = await outputOf(
      home,
      `const { pyo3Runner } = await import(${dist("runners/pyo3/runner.js")});
const { deliver } = await import(${dist("deliver/deliver.js")});
const { createCore } = await import(${dist("launcher/core.js")});
const { codex_home, limits, hooks } = agent.config;
const launcher = createCore({ codex_home, limits });
const runner = pyo3Runner({ codex_home, env: process.env, launcher, hooks: [] }, { open_ms: 500 });
const send = (event_id) => new Promise((settle) => {
  const plan = { event: { ...event, event_id }, gate: false, hooks };
  const onReply = ({ end }) => settle(end.code ?? end.outcome);
  deliver([["pyo3", runner]], plan, { onLost: launcher.note, onReply, wait: "all" });
});
for (let n = 0; n < 3; n += 1) console.log(await send("early"));
console.log(await send("left out"));
writeFileSync(codex_home + "/hooks/mended", "");
while (await send("probe") === "breaker_open") await ms(20);
console.log((await Promise.all(["a", "b", "c"].map(send))).join());
console.log(JSON.stringify(await runner.close(20_000)).replace(/"dropped":[1-9]\\d*/, "dropped"));
await launcher.close(20_000);`,
    );
    const failed = "python_failed";
    expect(said).toEqual([failed, failed, failed, "breaker_open", "ok,ok,ok", '{"left":0,dropped}']);
    expect(home.lines("seen")).toEqual(["probe", "a", "b", "c"]);
    expect(home.records().filter(({ outcome }) => outcome === "ok")).toMatchObject([
      { message: "pyo3 works again and gets its events." },
    ]);
  });
});

describe.skipIf("skipped" in built)("a hook that gets batches", () => {
  const script = "def on_events(events):\n    seen(' '.join(event['event_id'] for event in events))\n";

  it("gets what has come together after a moment, though nobody asks", async () => {
    const home = homeWith(script, "batch_size = 100\n");
    await outputOf(
      home,
      `for (const event_id of ["a", "b"]) agent.emit({ ...event, event_id });
while (!existsSync(agent.config.codex_home + "/seen")) await ms(5);
agent.emit({ ...event, event_id: "c" });
await agent.close();`,
    );
    expect(home.lines("seen")).toEqual(["a b", "c"]);
  });

  it("never gets more at once than it asked for, and the rest with close", async () => {
    const home = homeWith(script, "batch_size = 3\n");
    await outputOf(
      home,
      'for (const event_id of "abcdefgh") agent.emit({ ...event, event_id });\nawait agent.close();',
    );
    expect(home.lines("seen")).toEqual(["a b c", "d e f", "g h"]);
  });

  it("that is not closed and exits says in a record how many events it never got", async () => {
    const home = homeWith(script, "batch_size = 100\n");
    await outputOf(home, 'for (const event_id of "abc") agent.emit({ ...event, event_id });\nprocess.exit(0);');
    expect(home.records()).toMatchObject([{ code: "closed", outcome: "dropped", count: 3 }]);
  });
});

describe.skipIf("skipped" in built)("a hundred thousand events", () => {
  const agent = `
const rss = () => { globalThis.gc(); return process.memoryUsage.rss() / 2 ** 20; };
const bursts = async (times) => {
  for (let n = 0; n < times; n += 1) {
    for (let m = 0; m < 500; m += 1) agent.emit(event);
    await new Promise((settle) => setImmediate(settle));
  }
};
await bursts(40);
const before = rss();
await bursts(160);
const grown = rss() - before;
let sent = 100_000;
do sent += 1;
while (said(await agent.dispatch({ ...event, last: true }, { wait: "all" })) !== "ok");
console.log(JSON.stringify({ grown, sent, ...await agent.close(20_000) }));`;

  const scripts: readonly (readonly [string, string, string])[] = [
    ["one by one", "n = 0\ndef on_event(event):\n    global n\n    n += 1\n    if event.get('last'): seen(n)\n", ""],
    [
      "in batches",
      "n = 0\ndef on_events(events):\n    global n\n    n += len(events)\n    if events[-1].get('last'): seen(n)\n",
      "batch_size = 64\n",
    ],
  ];
  it.each(scripts)(
    "%s: each is accounted for, and memory stays",
    async (_, script, settings) => {
      const home = homeWith(script, settings);
      const [said = ""] = await outputOf(home, agent);
      const { grown, sent, left, dropped } = JSON.parse(said);
      expect(left).toBe(0);
      expect(Number(home.read("seen")) + dropped).toBe(sent);
      expect(counted(home, "queue_full")).toBe(dropped);
      expect(grown).toBeLessThan(50);
      // A machine may be busy.
    },
    120_000,
  );
});
