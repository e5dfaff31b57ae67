import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  hooksPaths,
  type RunRecord,
} from "@xcodex/hooks-dispatcher";
import { CATALOGUE, completeEvent } from "@xcodex/hooks-schema";
import { afterAll, describe, expect, it } from "vitest";

const homes: string[] = [];

afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function home(toml: string): string {
  const folder = mkdtempSync(join(tmpdir(), "xcodex-dispatcher-"));
  homes.push(folder);
  writeFileSync(join(folder, "config.toml"), toml);
  return folder;
}

function outside(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
  return { ...env, ...extra };
}

async function dispatcherFor(codexHome: string, options: DispatcherOptions = {}): Promise<Dispatcher> {
  return createDispatcher({ codexHome, inProcess: true, env: outside(), ...options });
}

function records(codexHome: string): RunRecord[] {
  const { records: file } = hooksPaths(codexHome);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** A hook that copies what it reads to a file of its own, and its environment to another. */
function copying(folder: string): string[] {
  return [
    "sh",
    "-c",
    `n=$(mktemp -u "${folder}/seen-XXXXXX"); cat > "$n.part"; env > "$n.env"; mv "$n.part" "$n.json"`,
  ];
}

function seen(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("seen-") && name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

const toolCall = {
  xcodex_event_type: "tool-call-started",
  session_id: "s-1",
  cwd: "/",
  tool_name: "exec_command",
  tool_input: { command: ["ls", "-la"], workdir: "/srv" },
};

describe("emit", () => {
  it("delivers to every hook of the event and returns nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xcodex-seen-"));
    homes.push(folder);
    const argv = JSON.stringify(copying(folder));
    const codexHome = home(`[hooks]\ntool_call_started = [${argv}, ${argv}]\n`);
    const dispatcher = await dispatcherFor(codexHome);
    expect(dispatcher.emit(toolCall)).toBeUndefined();
    expect(await dispatcher.close(20_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    const payloads = seen(folder, ".json").map((text) => JSON.parse(text));
    expect(payloads).toHaveLength(2);
    expect(payloads[0]).toEqual(payloads[1]);
    expect(payloads[0]).toMatchObject({
      ...toolCall,
      schema_version: 1,
      hook_event_name: "PreToolUse",
      tool_alias: "Bash",
    });
    expect(records(codexHome).map((record) => record.outcome)).toEqual(["ok", "ok"]);
  });

  it("never throws, whatever it is given, and says in a record what it could not deliver", async () => {
    const codexHome = home('[hooks]\ntool_call_started = [["true"]]\n');
    const dispatcher = await dispatcherFor(codexHome);
    const cycle: Record<string, unknown> = { ...toolCall };
    cycle.self = cycle;
    const odd: unknown[] = [
      cycle,
      { ...toolCall, big: 1n },
      {},
      null,
      undefined,
      7,
      "text",
      [],
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
    ];
    for (const input of odd) dispatcher.emit(input as Record<string, unknown>);
    await dispatcher.close(20_000);
    const told = records(codexHome).filter((record) => record.code === "not_encodable");
    expect(told).toHaveLength(3);
    expect(told[0]?.message).toMatch(/^Cannot /);
  });

  it("passes unknown fields and unknown events through untouched", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xcodex-seen-"));
    homes.push(folder);
    const codexHome = home(`[[hooks.command.MyEvent]]\nhooks = [{ argv = ${JSON.stringify(copying(folder))} }]\n`);
    const dispatcher = await dispatcherFor(codexHome);
    dispatcher.emit({
      hook_event_name: "MyEvent",
      session_id: "s",
      cwd: "/",
      odd: { "a-b": [1, null] },
      text: "\u2028 \ud800 🚀",
    });
    await dispatcher.close(20_000);
    const [payload] = seen(folder, ".json").map((text) => JSON.parse(text));
    expect(payload).toMatchObject({
      hook_event_name: "MyEvent",
      xcodex_event_type: "MyEvent",
      odd: { "a-b": [1, null] },
    });
    expect(payload.text).toBe("\u2028 \ud800 🚀");
  });
});

describe("dispatch", () => {
  it("waits for the hooks that may gate, not for observers", async () => {
    const codexHome = home('[hooks]\ntool_call_started = [["sleep", "30"]]\npre_tool_use = ["true"]\n');
    const dispatcher = await dispatcherFor(codexHome);
    const decision = await dispatcher.dispatch(toolCall);
    expect(decision.replies.map((reply) => reply.hook.surface)).toEqual(["single-argv"]);
    const report = await dispatcher.close(10);
    expect(report.drained).toBe(false);
  });

  it("says no when an event for a required gate cannot be encoded", async () => {
    const codexHome = home(
      '[[hooks.command.PreToolUse]]\nhooks = [{ argv = ["true"], mode = "sync", required = true }]\n',
    );
    const dispatcher = await dispatcherFor(codexHome);
    const decision = await dispatcher.dispatch({ ...toolCall, big: 1n });
    expect(decision.action).toBe("block");
    await dispatcher.close();
  });
});

describe("the environment of a hook (seed 003)", () => {
  it("holds the variables of every event and those of its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xcodex-seen-"));
    homes.push(folder);
    const codexHome = home(`[hooks]\ntool_call_started = [${JSON.stringify(copying(folder))}]\n`);
    const dispatcher = await dispatcherFor(codexHome);
    dispatcher.emit({ ...toolCall, timestamp: "2026-01-11T23:59:59Z" });
    await dispatcher.close(20_000);
    const env = (seen(folder, ".env")[0] ?? "").split("\n");
    expect(env).toContain(`CODEX_HOME=${codexHome}`);
    expect(env).toContain("CODEX_EVENT_TYPE=tool_call_started");
    expect(env).toContain("CODEX_SESSION_ID=s-1");
    expect(env).toContain("CODEX_TIMESTAMP=2026-01-11T23:59:59Z");
    expect(env).toContain('CODEX_COMMAND=["ls","-la"]');
    expect(env).toContain("CODEX_WORKDIR=/srv");
    expect(env).toContain("XCODEX_HOOKS_DEPTH=1");
  });
});

describe("the recursion guard", () => {
  it("runs nothing inside a hook and says so in a record", async () => {
    const codexHome = home('[hooks]\npre_tool_use = ["sh", "-c", "exit 2"]\n');
    const dispatcher = await dispatcherFor(codexHome, { env: outside({ XCODEX_HOOKS_DEPTH: "1" }) });
    dispatcher.emit(toolCall);
    expect((await dispatcher.dispatch(toolCall)).action).toBe("continue");
    await dispatcher.close();
    expect(records(codexHome).map(({ outcome, code }) => [outcome, code])).toEqual([
      ["skipped", "recursion_guard"],
      ["skipped", "recursion_guard"],
    ]);
  });
});

describe("noHooks", () => {
  it("switches every surface off", async () => {
    const codexHome = home(
      '[hooks]\npre_tool_use = ["sh", "-c", "exit 2"]\ntool_call_started = [["true"]]\n[[hooks.command.PreToolUse]]\nhooks = [{ argv = ["false"], mode = "sync", required = true }]\n',
    );
    const dispatcher = await dispatcherFor(codexHome, { noHooks: true });
    dispatcher.emit(toolCall);
    expect((await dispatcher.dispatch(toolCall, { wait: "all" })).action).toBe("continue");
    await dispatcher.close();
    expect(records(codexHome)).toEqual([]);
  });
});

describe("a payload that is too large for stdin", () => {
  it("comes as an envelope on the xcodex and kebab wires and whole on the codex wire", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xcodex-seen-"));
    homes.push(folder);
    const argv = JSON.stringify(copying(folder));
    const codexHome = home(
      `[hooks]\npre_tool_use = ${argv}\n[[hooks.command.PreToolUse]]\nhooks = [{ argv = ${argv} }, { argv = ${argv}, payload = "kebab" }]\n`,
    );
    const dispatcher = await dispatcherFor(codexHome);
    await dispatcher.dispatch({ ...toolCall, tool_input: { command: "x".repeat(20_000) } }, { wait: "all" });
    await dispatcher.close(20_000);
    const payloads = seen(folder, ".json").map((text) => JSON.parse(text));
    const xcodex = payloads.find((payload) => "payload_path" in payload);
    const kebab = payloads.find((payload) => "payload-path" in payload);
    const codex = payloads.find((payload) => "tool_input" in payload);
    expect(Object.keys(xcodex)).toEqual([
      "schema_version",
      "event_id",
      "timestamp",
      "hook_event_name",
      "xcodex_event_type",
      "payload_path",
      "payload_bytes",
      "payload_sha256",
    ]);
    expect(kebab.type).toBe("tool-call-started");
    expect(codex.tool_input.arguments.length).toBeGreaterThan(20_000);
    expect(codex.hook_event_name).toBe("PreToolUse");
    expect(JSON.parse(readFileSync(xcodex.payload_path, "utf8")).tool_input.command).toHaveLength(20_000);
    expect(JSON.parse(readFileSync(kebab["payload-path"], "utf8"))["tool-input"].command).toHaveLength(20_000);
  });
});

describe("every event of the catalogue", () => {
  for (const facts of CATALOGUE) {
    it(`${facts.type} runs the hooks of all its names, each under the name it was given`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "xcodex-seen-"));
      homes.push(folder);
      const plain = facts.aliases.filter((alias) => !alias.tools && !alias.implies).map((alias) => alias.name);
      const keys = [facts.type, facts.snake, ...(facts.claude ? [facts.claude] : []), ...plain];
      const toml = keys
        .map((key) => `[[hooks.command."${key}"]]\nhooks = [{ argv = ${JSON.stringify(copying(folder))} }]\n`)
        .join("");
      const dispatcher = await dispatcherFor(home(toml));
      for (const example of Object.values(facts.examples)) {
        dispatcher.emit(completeEvent({ xcodex_event_type: facts.type, session_id: "s", cwd: "/", ...example }));
      }
      await dispatcher.close(25_000);
      const names = seen(folder, ".json").map((text) => JSON.parse(text).hook_event_name);
      const expected = Object.keys(facts.examples).flatMap(() => keys);
      expect(names.sort()).toEqual(expected.sort());
    });
  }
});
