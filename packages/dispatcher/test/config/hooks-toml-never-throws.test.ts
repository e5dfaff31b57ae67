import { dirname, isAbsolute } from "node:path";
import { eventNames } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config, Hook } from "../../dist/contracts.js";
import { CONFIG_CODES } from "../../dist/errors.js";
import { configFolder } from "./folder.ts";

const { loadAll } = configFolder();

const ENV = { SET: "value", TOKEN: "a secret that is in no configuration" };
const SERVERS = '[mcp_servers.s]\ncommand = "a"\n[mcp_servers.off]\nurl = "https://a.example"\nenabled = false\n';
const ON = '{ "hooks": { "enabled": true } }';

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "a", "${SET}", "${NOT_SET}", "${", "$${SET}", "https://${SET}.example/", "http://a.example", "s"),
  fc.constantFrom("script", "webhook", "mcp_tool", "sync", "high", "deny", "kebab", "POST", "${TOKEN}", "off", "*"),
);
const scalar = fc.oneof(
  // JSON's escapes are TOML's, but for DEL.
  text.map((value) => JSON.stringify(value).replaceAll("\x7f", "\\u007f")),
  fc.constantFrom("true", "false", "0", "-1", "3", "0.5", "nan", "1e400", "1979-05-27", "99"),
);
const { value } = fc.letrec<{ value: string; list: string; table: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, tie("list"), tie("table")),
  list: fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
  table: fc
    .uniqueArray(fc.tuple(fc.constantFrom("A", "B", "X-Y", "a.b", "", "__proto__", "CODEX_HOME"), tie("value")), {
      maxLength: 3,
      selector: ([name]) => name,
    })
    .map((pairs) => `{ ${pairs.map(([name, of]) => `${JSON.stringify(name)} = ${of}`).join(", ")} }`),
}));

type Pair = readonly [key: string, value: string];

const GOOD: readonly Pair[] = [
  ["type", '"webhook"'],
  ["type", '"mcp_tool"'],
  ["command", '["a", "b"]'],
  ["url", '"https://${SET}.example"'],
  ["server", '"s"'],
  ["tool", '"t"'],
  ["environment", '{ A = "${SET}", B = "${A}" }'],
  ["headers", '{ Authorization = "Bearer ${TOKEN}" }'],
  ["arguments", '{ a = "${command}" }'],
  ["conditions", '{ a = ["b", 1] }'],
  ["enabled", "false"],
  ["required", "true"],
  ["mode", '"sync"'],
  ["priority", '"low"'],
  ["timeout", "0.5"],
  ["payload", '"lifecycle"'],
  ["retry_count", "3"],
];
const KEYS = [
  ...new Set(GOOD.map(([key]) => key)),
  "on_failure",
  "description",
  "cwd",
  "method",
  "signing_secret",
  "x",
];
const pair: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
  fc.tuple(fc.constantFrom(...KEYS), value),
);
const some = fc.uniqueArray(pair, { maxLength: 7, selector: ([key]) => key });
/** Three keys that only make sense together seldom come together. */
const TOOL = GOOD.filter(([key, is]) => is === '"mcp_tool"' || key === "server" || key === "tool");
const isOfTool = ([key]: Pair): boolean => TOOL.some(([name]) => name === key);
const pairs = fc.oneof(
  { weight: 4, arbitrary: some },
  some.map((of) => [...TOOL, ...of.filter((one) => !isOfTool(one))]),
);
const event: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...eventNames()).map((name): Pair => ["event", JSON.stringify(name)]) },
  value.map((of): Pair => ["event", of]),
);
const lines = (of: readonly Pair[]): string => of.map(([key, is]) => `${key} = ${is}\n`).join("");
const category = fc.constantFrom("session", "task", "exec", "patch", "mcp", "agent", "error", "integration", "other");

/** What holds for every configuration, whatever is in the files. */
function check(config: Config, text: string): void {
  const last = text.split("\n").length;
  for (const hook of [...config.hooks, ...config.disabled.map((off) => off.hook)]) {
    checkTarget(hook, config.hooks.includes(hook));
    expect(hook.surface).toBe("hooks-toml");
    expect(hook.id).toMatch(/^hooks-toml:[a-z]+:[1-9]\d*$/);
    expect(hook.may_gate).toBe(hook.mode === "sync");
    if (hook.on_failure === "deny") expect(hook.may_gate).toBe(true);
    expect(hook.timeout_ms).toBeGreaterThan(0);
    expect(hook.origin.line).toBeLessThanOrEqual(last);
  }
  for (const { code, origin, message } of config.problems) {
    expect(CONFIG_CODES).toContain(code);
    expect(origin.line).toBeLessThanOrEqual(last);
    expect(message).toMatch(/^Cannot [^:]+: [\s\S]+\. [A-Z]/);
  }
  expect(JSON.stringify(config)).not.toContain(ENV.TOKEN);
}

function checkTarget(hook: Hook, on: boolean): void {
  switch (hook.runner) {
    case "command":
      expect("argv" in hook.command && hook.command.argv[0]?.trim()).toBeTruthy();
      expect(hook.cwd !== undefined && isAbsolute(hook.cwd)).toBe(true);
      break;
    case "webhook":
      expect(hook.webhook.url.trim()).toBeTruthy();
      expect(hook.webhook.retry_count).toBeLessThanOrEqual(10);
      break;
    case "mcp_tool":
      // A hook that is switched off may name a server that is still to come.
      if (on) expect(hook.mcp_tool.server.name).toBe("s");
      expect(() => JSON.stringify(hook.mcp_tool.arguments)).not.toThrow();
      break;
    default:
      expect(hook.runner).toBe("broken");
      expect(hook.on_failure).toBe("deny");
  }
}

describe("loading hooks.toml never throws", () => {
  it("whatever its hooks say", async () => {
    const kept = new Set<string>();
    const one = fc.tuple(category, fc.option(event, { freq: 9 }), pairs);
    await fc.assert(
      fc.asyncProperty(pairs, fc.array(one, { maxLength: 4 }), async (globals, hooks) => {
        const tables = hooks.map(([name, of, rest]) => `[[hooks.${name}]]\n${of ? lines([of]) : ""}${lines(rest)}`);
        const toml = `[hooks]\n${lines(globals.filter(([key]) => key !== "enabled"))}${tables.join("")}`;
        const config = await loadAll({ toml: SERVERS, files: { "config.json": ON, "hooks.toml": toml }, env: ENV });
        check(config, toml);
        expect(config.problems.filter(({ code }) => code === "bad_toml")).toEqual([]);
        for (const { runner } of [...config.hooks, ...config.disabled.map(({ hook }) => hook)]) kept.add(runner);
      }),
      { numRuns: 500 },
    );
    // Some of what is generated works; otherwise this would test refusals only.
    expect([...kept].sort()).toEqual(["broken", "command", "mcp_tool", "webhook"]);
  });

  it("whatever is cut off or changed in a good file", async () => {
    const good =
      '[hooks]\ntimeout_seconds = 5\n[[hooks.exec]]\nevent = "exec.before"\ncommand = ["a"]\n[hooks.exec.environment]\nA = "${SET}"\n[[hooks.task]]\nevent = "task_complete"\ntype = "webhook"\nurl = "https://a.example"\n';
    const at = fc.nat({ max: good.length });
    await fc.assert(
      fc.asyncProperty(at, at, fc.string({ maxLength: 3 }), async (from, to, put) => {
        const toml = good.slice(0, Math.min(from, to)) + put + good.slice(Math.max(from, to));
        check(await loadAll({ toml: SERVERS, files: { "config.json": ON, "hooks.toml": toml }, env: ENV }), toml);
      }),
      { numRuns: 300 },
    );
  });
});

describe("loading config.json never throws", () => {
  const hooks = '[[hooks.session]]\nevent = "session_start"\ncommand = ["a"]\n';
  const load = (json: string): Promise<Config> =>
    loadAll({ toml: "", files: { "config.json": json, "hooks.toml": hooks }, env: ENV });

  it("whatever JSON it is, and runs nothing unless that says so", async () => {
    const name = fc.constantFrom("hooks", "enabled", "configPath", "x", "__proto__");
    const json = fc.letrec<{ value: unknown; object: object }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(true, false, 1, null, "hooks.toml", "a\0b"),
        tie("object"),
        fc.array(tie("value"), { maxLength: 2 }),
      ),
      object: fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    }));
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(json.value, fc.record({ hooks: json.object })), fc.boolean(), async (said, pretty) => {
        const text = JSON.stringify(said, null, pretty ? 2 : 0);
        const config = await load(text);
        for (const { origin, message } of config.problems) {
          expect(origin.line).toBeLessThanOrEqual(text.split("\n").length);
          expect(message).toMatch(/^Cannot [^:]+: [\s\S]+\. [A-Z]/);
        }
        const enabled = (said as { hooks?: { enabled?: unknown } } | null)?.hooks?.enabled === true;
        if (config.hooks.length > 0) expect(enabled).toBe(true);
        ran += config.hooks.length;
      }),
      { numRuns: 500 },
    );
    expect(ran).toBeGreaterThan(0);
  });

  it("whatever bytes it holds, and says where it stops being JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
        const config = await load(text);
        expect(config.hooks).toEqual([]);
        for (const { origin } of config.problems) expect(origin.file).toBe(`${dirname(config.file)}/config.json`);
      }),
      { numRuns: 300 },
    );
  });

  it("nested as deeply as somebody likes", async () => {
    const config = await load(`${'{"hooks":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    expect(config.hooks).toEqual([]);
    expect(config.problems.map(({ code }) => code)).toEqual(["unknown_key"]);
  });
});
