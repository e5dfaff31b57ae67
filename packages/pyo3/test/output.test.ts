import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, logIn, makeHome, only, run, withAddon } from "./scenario.ts";

const ONE = [{ events: [1] }];

withAddon("what a hook prints", () => {
  it("goes to its log, whatever way Python has for it, and never to the agent's terminal", async () => {
    const script = `
import logging, sys, threading, time, warnings
def on_event(event):
    print("stdout")
    print("stderr", file=sys.stderr)
    print("first stdout", file=sys.__stdout__)
    print("first stderr", file=sys.__stderr__)
    logging.warning("logged")
    warnings.warn("warned")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start(); thread.join()
    class Bad:
        def __del__(self): raise RuntimeError("in del")
    Bad()
    print("no end of line", end="")
`;
    const { log, stdout, stderr } = await run({ script, deliver: ONE });
    expect([stdout, stderr]).toEqual(["", ""]);
    expect(log).toMatch(/^stdout\nstderr\nfirst stdout\nfirst stderr\n/);
    for (const text of ["logged", "UserWarning: warned", "ZeroDivisionError", "RuntimeError: in del"]) {
      expect(log).toContain(text);
    }
    expect(log.endsWith("no end of line")).toBe(true);
  });

  it("is there although it exits without a word", async () => {
    const script =
      "import atexit\natexit.register(print, 'never')\ndef on_event(event): print('line'); print('half', end='')";
    const outcome = await run({ script, deliver: ONE, afterwards: "exit" });
    expect(outcome.code).toBe(7);
    expect([outcome.log, outcome.stdout, outcome.stderr]).toEqual(["line\nhalf", "", ""]);
  });

  it("is appended to a file that only the user can read, in a folder that only the user can open", async () => {
    const home = makeHome();
    for (let n = 0; n < 2; n++) await run({ script: "def on_event(event): print(event)", deliver: ONE }, home);
    expect(readFileSync(logIn(home), "utf8")).toBe("1\n1\n");
    expect(statSync(logIn(home)).mode & 0o777).toBe(0o600);
    for (const folder of ["tmp", "tmp/hooks", "tmp/hooks/logs"]) {
      expect(statSync(join(home, folder)).mode & 0o777, folder).toBe(0o700);
    }
  });

  it("may have any character", async () => {
    const script = "def on_event(event): print('é😀', '\\ud800')";
    const outcome = await run({ script, deliver: ONE, env: { LC_ALL: "C", LANG: "C" } });
    expect(outcome.log).toBe("é😀 \\ud800\n");
  });

  it("is lost when the log cannot be made; the hook runs", async () => {
    const home = makeHome({ file: "" });
    const options = { log: join(home, "file", "log") };
    const script = `def on_event(event):\n    print('x')\n    open(${JSON.stringify(join(home, "ran"))}, 'w')\n`;
    const outcome = await run({ script, options, deliver: ONE }, home);
    expect(only(outcome)).toMatchObject({ ok: 1, failed: [] });
    expect([existsSync(join(home, "ran")), outcome.stdout, outcome.stderr]).toEqual([true, "", ""]);
  });

  it("goes to the log of the script that is called", async () => {
    const script = "def on_event(event): print(__name__, event)";
    const outcome = await run({
      files: { "a.py": script, "b.py": script },
      opens: [
        { label: "a", script_path: "a.py", log: "a.log" },
        { label: "b", script_path: "b.py", log: "b.log" },
      ],
      deliver: [
        { at: 0, events: [1] },
        { at: 1, events: [2] },
        { at: 0, events: [3] },
      ],
    });
    const log = (name: string): string => readFileSync(join(outcome.home, name), "utf8");
    expect([log("a.log"), log("b.log")]).toEqual([
      "xcodex_user_hook 1\nxcodex_user_hook 3\n",
      "xcodex_user_hook_2 2\n",
    ]);
  });
});

withAddon("a hook", () => {
  it("reads nothing from the agent's terminal", async () => {
    const outcome = await run({ script: "def on_event(event): print(input())", deliver: ONE });
    expect(only(outcome).failed).toMatchObject([{ kind: "exception", error: "EOFError: EOF when reading a line" }]);
  });

  it("has the agent's environment as it is, and the user's PYTHON* variables count", async () => {
    const home = makeHome({ "more/extra.py": "NAME = 'extra'" });
    const script =
      "import os, sys, extra\ndef on_event(event): print(extra.NAME, os.environ.get('LC_CTYPE'), sys.flags.utf8_mode)";
    const env = { PYTHONPATH: join(home, "more"), LC_ALL: "C" };
    const outcome = await run({ script, deliver: ONE, env }, home);
    expect(outcome.log).toMatch(/^extra None \d\n$/);
  });

  it("leaves the agent's signals alone", async () => {
    const script =
      "import signal\ndef on_event(event): print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)";
    expect((await run({ script, deliver: ONE })).log).toBe("False\n");
  });

  it("may be unreadable: that is said", async () => {
    if (process.getuid?.() === 0) return;
    const home = makeHome({ "hook.py": "def on_event(event): pass" });
    chmodSync(join(home, "hook.py"), 0);
    expect(only(await run({ deliver: ONE }, home)).failed[0]?.error).toMatch(/^PermissionError/);
  });
});
