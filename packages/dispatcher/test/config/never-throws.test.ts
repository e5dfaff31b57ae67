import { isAbsolute } from "node:path";
import { eventNames } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Config, EVERY_EVENT, type Hook } from "../../dist/contracts.js";
import { CONFIG_CODES } from "../../dist/errors.js";
import { configFolder } from "./folder.ts";

const { load } = configFolder();

const KEYS = [
  ...eventNames(),
  ...[
    "wire",
    "command",
    "host",
    "inproc",
    "pyo3",
    "sanitize_payloads",
    "redact",
    "max_stdin_payload_bytes",
    "turn_start",
    "PostCompact",
  ],
  ...["argv", "matcher", "hooks", "mode", "required", "payload", "timeout_sec", "default_timeout_sec", "__proto__"],
  ...["inproc_tool_call_summary", "enable_unsafe_inproc", "enabled", "filters", "line_type", "replies", "sandbox_mode"],
  ...["script_path", "callable", "batch_size", "*", "allow", "patterns"],
];

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "*", "Bash|Write", "(?!x)", "[", "sync", "snyc", "xcodex", "kebab", "claude", "python3"),
  fc.constantFrom("event", "hook-event", "danger-full-access", "pyo3", "tool_call_summary", "a.mjs", "/b.py"),
);
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, text).map((name) => JSON.stringify(name));
const scalar = fc.oneof(
  text.map(tomlText),
  fc.integer().map(String),
  fc.constantFrom(
    "true",
    "false",
    "nan",
    "-inf",
    "1e400",
    "0.5",
    "0x10",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
  ),
);

/** JSON's escapes are TOML's, but for DEL. */
function tomlText(value: string): string {
  return JSON.stringify(value).replaceAll("\x7f", "\\u007f");
}

const { value } = fc.letrec<{ value: string; array: string; table: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, tie("array"), tie("table")),
  array: fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(", ")}]`),
  table: fc
    .uniqueArray(fc.tuple(key, tie("value")), { maxLength: 4, selector: ([name]) => name })
    .map((pairs) => `{ ${pairs.map(([name, of]) => `${name} = ${of}`).join(", ")} }`),
}));
const pairs = fc.uniqueArray(fc.tuple(key, value), { maxLength: 6, selector: ([name]) => name });
const lines = (of: [string, string][]): string => of.map(([name, is]) => `${name} = ${is}\n`).join("");

const INPROC = [
  ["inproc", '["pyo3", "a.mjs", "event_log_jsonl"]'],
  ["inproc_tool_call_summary", "true"],
  ["enable_unsafe_inproc", "true"],
] as const;
const FILTERS = [
  "filters",
  '{ PreToolUse = [{ matcher = "Bash" }, {}], "exec.after" = [{}], session_strat = [{}] }',
] as const;
const HOST = [
  ["enabled", "true"],
  ["command", '["a"]'],
  FILTERS,
  ["timeout_sec", "0.5"],
  ["line_type", '"hook-event"'],
  ["replies", "true"],
] as const;
const PYTHON = [
  ["script_path", '"hooks/a.py"'],
  ["callable", '"seen"'],
  ["batch_size", "8"],
  FILTERS,
  ["timeout_sec", "1"],
] as const;

/** Code of the user's runs in process only when the file allows it, in so many words. */
function checkGates({ hooks }: Config, on: string): void {
  const unsafe = hooks.filter(
    (hook) => hook.runner === "pyo3" || (hook.runner === "inproc" && "module" in hook.inproc),
  );
  if (!on.includes("enable_unsafe_inproc = true\n")) expect(unsafe).toEqual([]);
}

/** Whatever was in the file: what comes out can be used. */
function check(config: Config, toml: string): void {
  const last = toml.split("\n").length;
  expect(new Set(config.hooks.map(({ id }) => id)).size).toBe(config.hooks.length);
  for (const hook of config.hooks) {
    const { timeout_ms, matcher, origin, event_type, key: name } = hook;
    checkTarget(hook);
    expect(timeout_ms).toBeGreaterThan(0);
    expect(Number.isSafeInteger(timeout_ms)).toBe(true);
    expect(typeof matcher.matches(["Bash"])).toBe("boolean");
    expect(origin.line).toBeLessThanOrEqual(last);
    expect(event_type.length).toBeLessThanOrEqual(Math.max(name.length, 30));
    expect(event_type === EVERY_EVENT).toBe(name === EVERY_EVENT);
  }
  for (const { code, origin, message } of config.problems) {
    expect(CONFIG_CODES).toContain(code);
    expect(origin.line).toBeGreaterThan(0);
    expect(origin.line).toBeLessThanOrEqual(last);
    expect(message).toMatch(/^Cannot /);
  }
}

/** A target that can be delivered to. */
function checkTarget(hook: Hook): void {
  switch (hook.runner) {
    case "command":
      expect("argv" in hook.command ? hook.command.argv[0]?.trim() : hook.command.shell.trim()).toBeTruthy();
      break;
    case "host":
      expect(hook.host.argv[0]?.trim()).toBeTruthy();
      expect(["event", "hook-event"]).toContain(hook.host.line_type);
      expect(hook.may_gate).toBe(hook.host.replies);
      break;
    case "inproc":
      if ("module" in hook.inproc) expect(isAbsolute(hook.inproc.module)).toBe(true);
      else expect(hook.inproc).toHaveProperty("builtin");
      break;
    case "pyo3":
      expect(isAbsolute(hook.pyo3.script_path)).toBe(true);
      expect(hook.pyo3.callable.trim()).toBeTruthy();
      expect(hook.pyo3.batch_size).toBeGreaterThan(0);
      expect(hook.may_gate).toBe(false);
  }
}

describe("loading never throws", () => {
  it("whatever values stand under [hooks]", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(pairs, pairs, fc.array(pairs, { maxLength: 3 }), async (hooks, command, groups) => {
        const event = groups.map((group) => `[[hooks.command.SomeEvent]]\n${lines(group)}`).join("");
        const toml = `[hooks]\n${lines(hooks.filter(([name]) => name !== '"command"'))}[hooks.command]\n${lines(command)}${event}`;
        const config = await load(toml);
        if (config.problems.every(({ code }) => code !== "bad_toml")) read += 1;
        check(config, toml);
      }),
      { numRuns: 400 },
    );
    // Most of what is generated is TOML; otherwise this would test the parser only.
    expect(read).toBeGreaterThan(300);
  });

  it("whatever a hook of hooks.command says", async () => {
    const option = fc.constantFrom("argv", "command", "timeout_sec", "mode", "required", "payload", "x");
    const good = fc.constantFrom(
      ["argv", '["a"]'],
      ["command", '"a"'],
      ["timeout_sec", "1"],
      ["mode", '"sync"'],
      ["required", "true"],
      ["payload", '"codex"'],
    ) as fc.Arbitrary<[string, string]>;
    const options = fc.uniqueArray(fc.oneof(good, fc.tuple(option, value)), {
      maxLength: 6,
      selector: ([name]) => name,
    });
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...eventNames()),
        text,
        fc.array(options, { maxLength: 4 }),
        async (event, matcher, hooks) => {
          const inner = hooks.map((of) => `[[hooks.command.${JSON.stringify(event)}.hooks]]\n${lines(of)}`).join("");
          const toml = `[[hooks.command.${JSON.stringify(event)}]]\nmatcher = ${tomlText(matcher)}\n${inner}`;
          const config = await load(toml);
          kept += config.hooks.length;
          check(config, toml);
          const left = hooks.length - config.hooks.length;
          expect(config.problems.filter(({ severity }) => severity === "error").length >= (left > 0 ? 1 : 0)).toBe(
            true,
          );
        },
      ),
      { numRuns: 400 },
    );
    expect(kept).toBeGreaterThan(20);
  });

  it("whatever is said of a host, of Python and of what else runs in process", async () => {
    const table = (good: readonly (readonly [string, string])[], keys: readonly string[]): fc.Arbitrary<string> => {
      const one = fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...good) },
        fc.tuple(fc.constantFrom(...keys), value),
      );
      return fc
        .uniqueArray(one as fc.Arbitrary<[string, string]>, { minLength: 2, maxLength: 9, selector: ([name]) => name })
        .map(lines);
    };
    const ons = table(INPROC, ["inproc", "enable_unsafe_inproc", "inproc_tool_call_summary", "x"]);
    const hosts = table(HOST, [...HOST.map(([name]) => name), "sandbox_mode", "x"]);
    const pythons = table(PYTHON, [...PYTHON.map(([name]) => name), "x"]);
    const kept = new Set<string>();
    await fc.assert(
      fc.asyncProperty(ons, hosts, pythons, async (on, host, python) => {
        const toml = `[hooks]\n${on}[hooks.host]\n${host}[hooks.pyo3]\n${python}`;
        const config = await load(toml);
        for (const { runner } of config.hooks) kept.add(runner);
        check(config, toml);
        expect(config.problems.filter(({ code }) => code === "bad_toml")).toEqual([]);
        checkGates(config, on);
      }),
      { numRuns: 600 },
    );
    // Some of what is generated works; otherwise this would test refusals only.
    expect([...kept]).toEqual(expect.arrayContaining(["host", "inproc", "pyo3"]));
  });

  it("whatever bytes the file holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const config = await load(bytes);
        expect(config.problems.every(({ code }) => code === "bad_toml")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("whatever is cut off or changed in a good file", async () => {
    const good =
      '[hooks]\nstop = [["a", "b"], ["c"]]\n[[hooks.command.PreToolUse]]\nmatcher = "Bash|W.*"\nhooks = [{ argv = ["x"], timeout_sec = 1.5 }]\n';
    const at = fc.nat({ max: good.length });
    await fc.assert(
      fc.asyncProperty(at, at, fc.string({ maxLength: 3 }), async (from, to, put) => {
        const toml = good.slice(0, Math.min(from, to)) + put + good.slice(Math.max(from, to));
        check(await load(toml), toml);
      }),
      { numRuns: 400 },
    );
  });
});
