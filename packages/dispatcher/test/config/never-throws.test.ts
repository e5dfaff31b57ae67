import { eventNames } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../dist/contracts.js";
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
    "max_stdin_payload_bytes",
    "turn_start",
    "PostCompact",
  ],
  ...[
    "argv",
    "matcher",
    "hooks",
    "mode",
    "required",
    "payload",
    "timeout_sec",
    "default_timeout_sec",
    "enabled",
    "__proto__",
  ],
];

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "*", "Bash|Write", "(?!x)", "[", "sync", "snyc", "xcodex", "kebab", "claude", "python3"),
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

/** Whatever was in the file: what comes out can be used. */
function check(config: Config, toml: string): void {
  const last = toml.split("\n").length;
  expect(new Set(config.hooks.map(({ id }) => id)).size).toBe(config.hooks.length);
  for (const { command, timeout_ms, matcher, origin, event_type, key: name } of config.hooks) {
    expect("argv" in command ? command.argv[0]?.trim() : command.shell.trim()).toBeTruthy();
    expect(timeout_ms).toBeGreaterThan(0);
    expect(Number.isSafeInteger(timeout_ms)).toBe(true);
    expect(typeof matcher.matches(["Bash"])).toBe("boolean");
    expect(origin.line).toBeLessThanOrEqual(last);
    expect(event_type.length).toBeLessThanOrEqual(Math.max(name.length, 30));
  }
  for (const { code, origin, message } of config.problems) {
    expect(CONFIG_CODES).toContain(code);
    expect(origin.line).toBeGreaterThan(0);
    expect(origin.line).toBeLessThanOrEqual(last);
    expect(message).toMatch(/^Cannot /);
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
