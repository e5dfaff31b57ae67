import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, makeHome, only, run, withAddon } from "./scenario.ts";

const ONE = [{ events: [{ a: 1 }] }];

withAddon("loading a script", () => {
  it("happens once, and its folder and CODEX_HOME/hooks are where its imports are looked for, each once", async () => {
    const outcome = await run({
      script: `
import sys, beside, shared
print("loaded", __name__, __file__ == sys.modules[__name__].__file__)
print(beside.NAME, shared.NAME)
print([sys.path.count(p) for p in (sys.path[-2], sys.path[-1])], sys.path[-2:])
def on_event(event): print("called")
`,
      files: { "beside.py": "NAME = 'beside'", "hooks/shared.py": "NAME = 'shared'" },
      deliver: [...ONE, ...ONE],
    });
    const { home, log, reports } = outcome;
    expect(reports.map(({ ok }) => ok)).toEqual([1, 1]);
    expect(log.split("\n")).toEqual([
      "loaded xcodex_user_hook True",
      "beside shared",
      `[1, 1] ['${home}', '${home}/hooks']`,
      "called",
      "called",
      "",
    ]);
  });

  it("of CODEX_HOME/hooks itself adds that folder once", async () => {
    const script = "import sys\ndef on_event(event): print(sum(p.endswith('hooks') for p in sys.path))";
    const home = makeHome({ "hooks/hook.py": script });
    const outcome = await run({ options: { script_path: join(home, "hooks", "hook.py") }, deliver: ONE }, home);
    expect(outcome.log).toBe("1\n");
  });

  it("knows the module while it runs, so that a dataclass with postponed annotations works", async () => {
    const script = `
from __future__ import annotations
from dataclasses import dataclass, field
from typing import ClassVar
@dataclass
class Seen:
    kinds: ClassVar[set[str]] = set()
    names: list[str] = field(default_factory=list)
seen = Seen()
def on_event(event):
    seen.names.append(event["name"]); print(seen)
`;
    const outcome = await run({ script, deliver: [{ events: [{ name: "é" }] }] });
    expect(outcome.log).toBe("Seen(names=['é'])\n");
  });

  it("imports C extensions of the standard library", async () => {
    const script = `
import math, _struct, ssl, sqlite3, ctypes, _decimal, hashlib, zlib, _json
def on_event(event):
    print(math.gcd(12, 18), ssl.OPENSSL_VERSION.split()[0], sqlite3.connect(":memory:").execute("select 1").fetchall())
`;
    const outcome = await run({ script, deliver: ONE });
    expect(only(outcome).failed).toEqual([]);
    expect(outcome.log).toMatch(/^6 \w+ \[\(1,\)\]\n$/);
  });

  it("finds the interpreter's own standard library and site-packages, and no arguments", async () => {
    const script =
      "import sys, os, site\ndef on_event(event): print(sys.executable, site.getsitepackages()[0], sys.argv)";
    const outcome = await run({ script, deliver: ONE });
    const [executable = "", packages = "", argv] = outcome.log.trim().split(" ");
    expect(executable).toMatch(/python/);
    expect(packages.length).toBeGreaterThan(1);
    expect(argv).toBe("['']");
  });

  it("takes the bytes as Python does: a declared encoding, a byte order mark, carriage returns", async () => {
    const home = makeHome({ "hook.py": "\ufeff# -*- coding: utf-8 -*-\r\ndef on_event(event):\r\n    print('ö')\r\n" });
    expect((await run({ deliver: ONE }, home)).log).toBe("ö\n");
  });

  it("of a second script gets a name of its own, and each its own state and log", async () => {
    const script = "import os\nn = 0\ndef on_event(event):\n    global n\n    n += 1\n    print(__name__, n)\n";
    const outcome = await run({
      files: { "a.py": script, "b.py": script },
      opens: [
        { label: "a", script_path: "a.py" },
        { label: "b", script_path: "b.py" },
      ],
      deliver: [
        { at: 0, events: [1] },
        { at: 1, events: [1, 2] },
        { at: 0, events: [1] },
      ],
    });
    const reported = (label: string): number[] => outcome.reports.filter((r) => r.label === label).map(({ ok }) => ok);
    expect([reported("a"), reported("b")]).toEqual([[1, 1], [2]]);
    expect(outcome.log.split("\n")).toEqual([
      "xcodex_user_hook 1",
      "xcodex_user_hook_2 1",
      "xcodex_user_hook_2 2",
      "xcodex_user_hook 2",
      "",
    ]);
  });
});

withAddon("a script that cannot be loaded", () => {
  const failing: readonly (readonly [name: string, script: string, error: RegExp, line: number | undefined])[] = [
    ["does not compile", "x = 1\ny = = 2\ndef on_event(event): pass\n", /^SyntaxError: /, 2],
    ["raises while it is imported", "def f():\n    raise ValueError('no\\nway')\n\nf()\n", /^ValueError: no way$/, 2],
    ["imports what is not there", "\nimport nothing_of_that_name\n", /^ModuleNotFoundError: No module named/, 2],
    ["exits", "import sys\nsys.exit('enough')\n", /^SystemExit: enough$/, 2],
    ["has no such function", "def on_events(events): pass\n", /^AttributeError: on_event is missing in /, undefined],
    ["has something else of that name", "on_event = 5\n", /^AttributeError: on_event is not callable in /, undefined],
    [
      "is async",
      "async def on_event(event): pass\n",
      /^TypeError: on_event is async; write a plain function$/,
      undefined,
    ],
    ["is a generator", "def on_event(event): yield\n", /^TypeError: on_event is a generator; write a/, undefined],
    [
      "has a null byte",
      "x = 1\0\n",
      /^(SyntaxError|ValueError): source code string cannot contain null bytes$/,
      undefined,
    ],
  ];
  it.each(failing)("because it %s: one failure of all events, with its place", async (_, script, error, line) => {
    const outcome = await run({ script, deliver: [{ events: [1, 2, 3] }] });
    const { ok, failed } = only(outcome);
    expect(ok).toBe(0);
    expect(failed).toMatchObject([{ kind: "load", index: 0, count: 3, file: join(outcome.home, "hook.py") }]);
    expect(failed[0]?.error).toMatch(error);
    expect(failed[0]?.line).toBe(line);
    expect(failed[0]?.traceback).toContain(failed[0]?.error.split(":")[0]);
    expect(failed[0]?.traceback).not.toContain("xcodex-pyo3");
    expect([outcome.code, outcome.stdout, outcome.stderr]).toEqual([0, "", ""]);
  });

  it("because it is missing", async () => {
    const { ok, failed } = only(await run({ deliver: ONE }));
    expect(ok).toBe(0);
    expect(failed).toMatchObject([{ kind: "load", count: 1, error: expect.stringMatching(/^FileNotFoundError: /) }]);
  });

  it.each(["a folder", "a pipe that nobody writes to"])("because it is %s", async (what) => {
    const home = makeHome();
    if (what === "a folder") mkdirSync(join(home, "hook.py"));
    else execFileSync("mkfifo", [join(home, "hook.py")]);
    expect(only(await run({ deliver: ONE }, home)).failed[0]?.error).toMatch(/^OSError: .* is no regular file$/);
  });

  it("because of a mistake in a helper: the place is there", async () => {
    const outcome = await run({
      script: "import helper\ndef on_event(event): pass\n",
      files: { "hooks/helper.py": "\n\nx = = 1\n" },
      deliver: ONE,
    });
    const place = { file: join(outcome.home, "hooks", "helper.py"), line: 3 };
    expect(only(outcome).failed).toMatchObject([
      { kind: "load", error: expect.stringMatching(/^SyntaxError/), ...place },
    ]);
  });

  it("is loaded with the next events, when it was mended", async () => {
    const home = makeHome({ "hook.py": "def on_event(event:\n" });
    const mend = { file: join(home, "hook.py"), text: "def on_event(event): print('went', event)\n" };
    const deliver = [{ events: [1, 2], wait: true, write: mend }, { events: [3] }];
    const outcome = await run({ deliver }, home);
    expect(outcome.reports.map(({ ok, failed }) => [ok, failed.map(({ kind }) => kind)])).toEqual([
      [0, ["load"]],
      [1, []],
    ]);
    expect(outcome.log).toBe("went 3\n");
  });

  it("is loaded with the next events, when its helper was mended", async () => {
    const home = makeHome({
      "hook.py": "import helper\non_event = helper.go\n",
      "hooks/helper.py": "def gone(): pass\n",
    });
    const text = "def go(event): print('went')\n";
    const outcome = await run(
      {
        deliver: [
          { events: [1, 2], wait: true, write: { file: join(home, "hooks/helper.py"), text } },
          { events: [4, 5] },
        ],
      },
      home,
    );
    expect(outcome.reports.map(({ ok, failed }) => [ok, failed.map(({ kind }) => kind)])).toEqual([
      [0, ["load"]],
      [2, []],
    ]);
  });
});

withAddon("a script that takes batches", () => {
  it("needs no function for one event", async () => {
    const script = "def on_events(events): print(len(events), [e['n'] for e in events])";
    const outcome = await run({ script, options: { batch: true }, deliver: [{ events: [{ n: 1 }, { n: 2 }] }] });
    expect(only(outcome)).toMatchObject({ ok: 2, failed: [] });
    expect(outcome.log).toBe("2 [1, 2]\n");
  });

  it("is called once per event when it has no on_events", async () => {
    const script = "def mine(event): print(event)";
    const outcome = await run({ script, options: { batch: true, callable: "mine" }, deliver: [{ events: [1, 2] }] });
    expect(outcome.log).toBe("1\n2\n");
  });

  it("has to have one of both", async () => {
    const { failed } = only(await run({ script: "", options: { batch: true }, deliver: ONE }));
    expect(failed[0]?.error).toMatch(/^AttributeError: on_event is missing in /);
  });
});
