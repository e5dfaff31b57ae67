import { readFileSync } from "node:fs";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { completeEvent } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLabels } from "../../dist/redact/labels.js";
import { createRedactor } from "../../dist/redact/redactor.js";

const DEFAULTS = { enabled: true, allow: [], patterns: [] };
const GITHUB = `ghp_${"aB3dE5fG7h".repeat(3)}kL1mN3`;

function redact(value: unknown): unknown {
  return createRedactor(DEFAULTS).redact({ value } as unknown as AnyEvent).value;
}

describe("events that are no plain data", () => {
  it("keep their cycles, and the secrets beside them go", () => {
    const ring: Record<string, unknown> = { password: "hunter2" };
    ring.self = ring;
    const clean = redact(ring) as Record<string, unknown>;
    expect(clean.password).toBe("[redacted:password:1]");
    expect(clean.self).toBe(ring);
    expect(() => JSON.stringify(clean)).toThrow(/circular/);
  });

  it("throw at nobody when they throw at whoever reads them", () => {
    const odd = {
      get boom(): never {
        throw new Error("boom");
      },
    };
    expect(redact(odd)).toBe(odd);
    const throwing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no keys");
        },
      },
    );
    expect(redact([throwing, GITHUB])).toEqual([throwing, "[redacted:github-token:1]"]);
  });

  it("are redacted as they are encoded", () => {
    class Login {
      readonly password = "hunter2";
      readonly when = new Date(0);
    }
    expect(redact(new Login())).toEqual({ password: "[redacted:password:1]", when: new Date(0) });
    expect(redact({ url: new URL("https://u:p@example.com/") })).toEqual({
      url: "https://u:[redacted:password:1]@example.com/",
    });
    expect(JSON.stringify(redact({ text: Object(GITHUB) }))).toBe('{"text":"[redacted:github-token:1]"}');
  });

  it("lose what lies deeper than anybody looks", () => {
    let deep: unknown = { password: "hunter2" };
    for (let level = 0; level < 3_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
    const json = JSON.stringify(redact(deep));
    expect(json).not.toContain("hunter2");
    expect(json).toContain("[redacted:too-deep:1]");
  });

  it("are never changed themselves, and share what stays as it is", () => {
    const event = { keep: { a: [1, "x"] }, login: Object.freeze({ password: "p", list: ["y"] }) };
    const before = structuredClone(event);
    const clean = redact(event) as typeof event;
    expect(event).toEqual(before);
    expect(clean.login.password).toBe("[redacted:password:1]");
    expect(clean.keep).toBe(event.keep);
    expect(clean.login.list).toBe(event.login.list);
  });

  it("may have a key called __proto__", () => {
    const clean = redact(JSON.parse(`{"__proto__":{"password":"p"},"a":"${GITHUB}"}`));
    expect(JSON.stringify(clean)).toBe(
      '{"__proto__":{"password":"[redacted:password:1]"},"a":"[redacted:github-token:1]"}',
    );
  });
});

describe("labels", () => {
  it("are the same for the same value in every event, and of the kind that was seen first", () => {
    const { redact } = createRedactor(DEFAULTS);
    const first = redact({ a: { password: "x1", token: GITHUB } } as unknown as AnyEvent);
    const second = redact({ b: [`export T=${GITHUB}`, "--password x1", { password: "x2" }] } as unknown as AnyEvent);
    expect(first.a).toEqual({ password: "[redacted:password:1]", token: "[redacted:github-token:1]" });
    expect(second.b).toEqual([
      "export T=[redacted:github-token:1]",
      "--password [redacted:password:1]",
      { password: "[redacted:password:2]" },
    ]);
  });

  it("are forgotten in the order in which they were last seen, and their numbers are not used again", () => {
    const { labelOf } = createLabels();
    const first = labelOf("token", "first");
    const kept = labelOf("token", "kept");
    for (let n = 0; n < 6_000; n += 1) {
      labelOf("token", `value ${n}`);
      labelOf("token", "kept");
    }
    expect(labelOf("token", "kept")).toBe(kept);
    expect([first, labelOf("token", "first")]).toEqual(["[redacted:token:1]", "[redacted:token:6003]"]);
  });

  it("hold nothing of the values", () => {
    const { labelOf } = createLabels();
    expect(labelOf("password", "x")).toBe("[redacted:password:1]");
    expect(createLabels().labelOf("password", "y")).toBe("[redacted:password:1]");
  });
});

describe("what real agents send", () => {
  const captures = ["claude-code", "codex", "gemini"].map((agent) => {
    const file = new URL(`../../../../conformance/captures/${agent}.jsonl`, import.meta.url);
    return [agent, readFileSync(file, "utf8").trimEnd().split("\n")] as const;
  });

  it.each(captures)("stays as it is: %s", (_, lines) => {
    const { redact } = createRedactor(DEFAULTS);
    const events = lines.map((line) => completeEvent(JSON.parse(line).stdin));
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(redact(event)).toBe(event);
  });

  it("and so does what this package itself is written in", () => {
    const sources = ["dispatcher.ts", "contracts.ts", "errors.ts", "launcher/platform.ts", "config/toml.ts"];
    for (const source of sources) {
      const text = readFileSync(new URL(`../../src/${source}`, import.meta.url), "utf8");
      expect(redact(text), source).toBe(text);
    }
  });
});

/** Values that are secrets wherever they stand, and where that is. */
const token = fc.constantFrom(
  GITHUB,
  `github_pat_${"11AbCdEfGh".repeat(4)}`,
  "AKIAIOSFODNN7EXAMPLE",
  `sk-ant-api03-${"aB3dE5fG7h".repeat(2)}`,
  `xoxb-${"1234567890".repeat(2)}-abc`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${"aB3dE5fG7h".repeat(3)}`,
);
const word = fc.stringMatching(/^[A-Za-z]{3}[0-9][A-Za-z0-9]{4,20}$/);
const places: readonly ((value: string) => unknown)[] = [
  (value) => ({ password: value }),
  (value) => ({ a: [{ clientSecret: [value] }] }),
  (value) => `login --password ${value} --verbose`,
  (value) => `API_KEY=${value} run`,
  (value) => `{"token": "${value}", "n": 1}`,
  (value) => JSON.stringify(JSON.stringify({ token: value })),
  (value) => ["login", "--token", value],
  (value) => ["-H", `Authorization: Bearer ${value}`],
  (value) => `https://user:${value}@example.com/`,
  (value) => `password: ${value}`,
];
const noise = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "\n", "\u001b[31m", '"', "'", "\\", "=", ": ", "--"),
);
const piece = fc.oneof(
  noise,
  token,
  word,
  fc.constantFrom(
    "password",
    "token",
    "=",
    ":",
    " ",
    '"',
    "'",
    "\\",
    "\\n",
    "-----BEGIN PRIVATE KEY-----",
    "Bearer ",
    "://",
    "@",
  ),
  fc.constantFrom(
    "Authorization: ",
    "[redacted:",
    "[redacted:token:1]",
    "--password",
    "ghp_",
    "sk-",
    "AKIA",
    "eyJ",
    ",",
    "api key",
    "$",
    "`",
  ),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

describe("whatever an event holds", () => {
  it("a secret in its place is not in what comes out", () => {
    fc.assert(
      fc.property(fc.oneof(token, word), fc.constantFrom(...places), noise, (value, place, beside) => {
        const json = JSON.stringify(redact([beside, place(value), { beside }]));
        expect(json).not.toContain(value);
        expect(json).toContain("[redacted:");
      }),
      { numRuns: 1_000 },
    );
  });

  it("a token is found in the midst of anything but a word", () => {
    const edge = fc.string({ unit: "binary", maxLength: 20 }).filter((beside) => !/[\w-]$|^[\w.-]/.test(beside));
    fc.assert(
      fc.property(edge, token, edge, (before, value, after) => {
        expect(redact(`${before}${value}${after}`)).not.toContain(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it("nothing throws, and what came out stays as it is", () => {
    const { redact } = createRedactor(DEFAULTS);
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        text,
        fc.jsonValue(),
        fc.array(fc.oneof(text, tie("value")), { maxLength: 5 }),
        fc.dictionary(
          fc.oneof(text, fc.constantFrom("password", "token", "name", "value", "authorization")),
          tie("value"),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(value, (given) => {
        const before = JSON.stringify(given);
        const once = redact({ given } as unknown as AnyEvent);
        expect(redact(once)).toBe(once);
        expect(redact({ given } as unknown as AnyEvent)).toEqual(once);
        expect(JSON.stringify(given)).toBe(before);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("texts that are made to take long", () => {
  const LENGTH = 1 << 18;
  const pieces = [
    ...[
      "token=",
      "token:",
      "token: ",
      'password="',
      'password="a;',
      "authorization: ",
      "authorization: digest a=b, ",
      "password    ",
    ],
    ...[
      '\\"password\\":\\"',
      'password=\\\\\\"',
      "ghp_",
      "eyJ",
      "eyJhbGci.",
      "-eyJhbGciaaaa",
      "sk-",
      ".sk-a1",
      "AKIA",
      "AIza",
    ],
    ...[
      "-----BEGIN PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----\n1 2 ",
      "-",
      "--password ",
      '--password"',
      "://u:p",
      "a://",
    ],
    ...[
      "bearer ",
      "hooks.slack.com/services/",
      "[redacted:",
      "[redacted:a:1]",
      "A=",
      '"""=',
      "token:,,",
      "api key: ",
      "\\",
      "a.",
    ],
  ];
  it("take time in proportion to their length", { timeout: 120_000 }, () => {
    for (const piece of pieces) {
      const long = piece.repeat(Math.ceil(LENGTH / piece.length));
      for (const hostile of [long, `password=${long}`, `password="${long}`, `-----BEGIN PRIVATE KEY-----${long}`]) {
        expect(typeof redact(hostile)).toBe("string");
      }
    }
  });
});
