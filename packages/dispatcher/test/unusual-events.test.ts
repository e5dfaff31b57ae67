/** Events that no agent should emit and some agent will: nothing throws, nobody waits for ever, nothing is lost in silence. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createDispatcher, type Dispatcher, hooksPaths, loadConfig, type RunRecord } from "@xcodex/hooks-dispatcher";
import { describe, expect, it, onTestFinished } from "vitest";

const toolCall = {
  xcodex_event_type: "tool-call-started",
  session_id: "s-1",
  cwd: "/",
  tool_name: "exec_command",
  tool_input: { command: ["ls"] },
};

const WIRES = ["xcodex", "kebab", "codex"] as const;

function home(toml: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-unusual-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  writeFileSync(join(folder, "config.toml"), toml);
  return folder;
}

/** One gate per wire; each keeps the last payload and the environment that it was given. */
function gates(): string {
  const hooks = WIRES.map((wire) => {
    const keep = `cat > "$CODEX_HOME/${wire}.json"; printf '%s|%s' "$CODEX_SESSION_ID" "$CODEX_TIMESTAMP" > "$CODEX_HOME/${wire}.env"`;
    return `{ argv = ["sh", "-c", ${JSON.stringify(keep)}], mode = "sync", payload = "${wire}" }`;
  });
  return home(`[[hooks.command.PreToolUse]]\nhooks = [${hooks.join(", ")}]\n`);
}

function records(codexHome: string): RunRecord[] {
  const lines = readFileSync(hooksPaths(codexHome).records, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const payload = (codexHome: string, wire: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(codexHome, `${wire}.json`), "utf8"));

describe.each([
  ["from this process", true],
  ["through the launcher", false],
])("%s", (_, inProcess) => {
  async function dispatcherFor(codexHome: string): Promise<Dispatcher> {
    const { XCODEX_HOOKS_DEPTH: __, ...env } = process.env;
    return createDispatcher({ codexHome, inProcess, env });
  }

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a time as a number", { timestamp: 1_768_175_999_000 }, { timestamp: 1_768_175_999_000 }],
    ["a time as a Date", { timestamp: new Date(0) }, { timestamp: "1970-01-01T00:00:00.000Z" }],
    ["a session id that is a number", { session_id: 7 }, { session_id: 7 }],
    ["an event id that is a number", { event_id: 7 }, { event_id: 7 }],
    ["a folder that is an object", { cwd: { path: "/" } }, { cwd: { path: "/" } }],
    ["an agent that is a text", { agent: "claude-code" }, { agent: "claude-code" }],
  ])("%s is delivered as it is, and the gate is answered", async (__, odd, seen) => {
    const codexHome = gates();
    const dispatcher = await dispatcherFor(codexHome);
    const { action, replies } = await dispatcher.dispatch({ ...toolCall, ...odd });
    expect([action, ...replies.map((reply) => reply.end.outcome)]).toEqual(["continue", "ok", "ok", "ok"]);
    expect(payload(codexHome, "xcodex")).toMatchObject(seen);
    expect(await dispatcher.close(20_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    for (const { event_id, session_id } of records(codexHome)) {
      expect([typeof event_id, typeof session_id]).toEqual(["string", "string"]);
    }
  });

  it("what is no text is text in the environment, spelled as in the payload", async () => {
    const codexHome = gates();
    const dispatcher = await dispatcherFor(codexHome);
    await dispatcher.dispatch({ ...toolCall, session_id: 7, timestamp: new Date(0) });
    expect(readFileSync(join(codexHome, "xcodex.env"), "utf8")).toBe("7|1970-01-01T00:00:00.000Z");
    await dispatcher.close(20_000);
  });

  it("fields with the names that every object has arrive on every wire", async () => {
    const codexHome = gates();
    const dispatcher = await dispatcherFor(codexHome);
    const odd = JSON.parse('{"__proto__":{"a":1},"constructor":"c","toString":"t","hasOwnProperty":"h"}');
    await dispatcher.dispatch({ ...toolCall, ...odd });
    for (const wire of WIRES) {
      const entries = Object.entries(payload(codexHome, wire));
      for (const [key, value] of Object.entries(odd)) {
        expect(entries).toContainEqual([wire === "kebab" ? key.replaceAll("_", "-") : key, value]);
      }
    }
    expect((await dispatcher.close(20_000)).dropped).toBe(0);
  });

  it("an event that cannot be encoded is dropped for every hook: recorded, counted, answered", async () => {
    const codexHome = gates();
    const dispatcher = await dispatcherFor(codexHome);
    const { replies } = await dispatcher.dispatch({ ...toolCall, big: 1n });
    expect(replies.map((reply) => reply.reply)).toMatchObject(Array(3).fill({ kind: "failed", code: "not_encodable" }));
    expect(await dispatcher.close(20_000)).toEqual({ drained: true, left: 0, dropped: 3 });
    await expect.poll(() => existsSync(hooksPaths(codexHome).records) && records(codexHome).length).toBe(3);
    const told = records(codexHome).map(({ hook, surface, origin, outcome }) => [hook, surface, origin, outcome]);
    const origin = `${join(codexHome, "config.toml")}:2`;
    expect(told).toEqual([1, 2, 3].map((n) => [`command:PreToolUse:${n}`, "command", origin, "dropped"]));
  });

  it("an event that cannot be read twice fails its hooks and throws at nobody", async () => {
    const codexHome = gates();
    const dispatcher = await dispatcherFor(codexHome);
    let reads = 0;
    const toJSON = (): string => {
      reads += 1;
      // Once to look for secrets, then once per wire.
      if (reads > 1 + WIRES.length) throw new Error("read once too often");
      return "ls";
    };
    const { action, replies } = await dispatcher.dispatch({ ...toolCall, tool_input: { command: { toJSON } } });
    expect(action).toBe("continue");
    expect(replies.map((reply) => reply.end.code)).toEqual(Array(3).fill("not_encodable"));
    expect(replies[0]?.end.message).toMatch(/^Cannot read event .*: read once too often\. Emit plain data only\.$/);
    expect((await dispatcher.close(20_000)).dropped).toBe(3);
  });

  it("a large event for many hooks is handed over once, not once per hook", async () => {
    const codexHome = home(`[hooks]\ntool_call_started = [${Array(600).fill('["true"]').join(", ")}]\n`);
    const dispatcher = await dispatcherFor(codexHome);
    dispatcher.emit({ ...toolCall, tool_input: { command: "x".repeat(1_000_000) } });
    expect(await dispatcher.close(25_000)).toEqual({ drained: true, left: 0, dropped: 0 });
    const outcomes = records(codexHome).map((record) => record.outcome);
    expect(outcomes).toEqual(Array(600).fill("ok"));
  });
});

describe("a folder given by a relative path", () => {
  it("stays the same folder when the agent goes elsewhere", async () => {
    const codexHome = home('[hooks]\nsession_start = [["true"]]\n');
    const config = await loadConfig({ codexHome: relative(process.cwd(), codexHome) });
    expect(config).toMatchObject({ codex_home: codexHome, file: join(codexHome, "config.toml") });
    expect(config.hooks[0]?.origin.file).toBe(join(codexHome, "config.toml"));
  });
});
