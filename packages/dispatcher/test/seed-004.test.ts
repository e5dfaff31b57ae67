/** Lifecycle hooks as seed 004's own tests have them: run for real, from its own configuration, to the byte. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { completeEvent } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { dispatcherFor, type Home, makeHome } from "./runners/homes.ts";

const WIRE = join(import.meta.dirname, "..", "..", "..", "conformance", "wires", "codex");

/** The nine events of seed 004: key, event, and whether exit 2 aborts what it announces (`aborts_on_exit_code_two`). */
const EVENTS = [
  ["session_start", "session-start", false],
  ["user_prompt_submit", "user-prompt-submit", true],
  ["pre_tool_use", "tool-call-started", true],
  ["post_tool_use", "tool-call-finished", false],
  ["stop", "agent-turn-complete", true],
  ["pre_compact", "pre-compact", false],
  ["session_end", "session-end", false],
  ["subagent_start", "subagent-start", false],
  ["subagent_stop", "subagent-stop", true],
] as const;

/** A home whose nine hooks run one script, as the seed's documentation configures them: its only argument is the key. */
function homeWith(script: string): Home {
  const home = makeHome("");
  const program = home.write("my-hook", script);
  const lines = EVENTS.map(([key]) => `${key} = ["sh", ${JSON.stringify(program)}, "${key}"]\n`);
  home.write("config.toml", `[hooks]\n${lines.join("")}`);
  return home;
}

const event = (xcodex_event_type: string) => ({ xcodex_event_type, session_id: "s-1", cwd: "/" });

/** The payloads that the seed's tests expect. */
const PAYLOADS = readdirSync(WIRE)
  .map((name) => [name, JSON.parse(readFileSync(join(WIRE, name), "utf8"))] as const)
  .filter(([, { origin }]) => origin.startsWith("seed 004"));

it("dispatch routes each lifecycle event to the hook of its key, once", async () => {
  const home = homeWith('echo "$1 $CODEX_EVENT_TYPE" >> "$CODEX_HOME/ran"\n');
  const dispatcher = await dispatcherFor(home);
  expect(dispatcher.config.problems).toEqual([]);
  expect(dispatcher.config.hooks).toHaveLength(EVENTS.length);
  for (const [key, type] of EVENTS) {
    const { replies } = await dispatcher.dispatch(event(type));
    expect(replies.map(({ hook, reply }) => [hook.id, reply.kind])).toEqual([[`single-argv:${key}:1`, "silent"]]);
  }
  await dispatcher.close(10_000);
  expect(home.lines("ran")).toEqual(EVENTS.map(([key]) => `${key} ${key}`));
});

describe("exit 2 aborts what can be aborted and only warns elsewhere", () => {
  it.each(EVENTS)("%s", async (key, type, aborts) => {
    const home = homeWith("echo because >&2\nexit 2\n");
    const dispatcher = await dispatcherFor(home);
    const { action, reason, replies } = await dispatcher.dispatch(event(type));
    expect({ action, reason }).toEqual(aborts ? { action: "block", reason: "because" } : { action: "continue" });
    const [reply] = replies;
    expect(reply?.hook.id).toBe(`single-argv:${key}:1`);
    if (!aborts) expect(reply?.reply).toMatchObject({ kind: "failed", code: "exit_code" });
    await dispatcher.close(10_000);
  });
});

describe("a hook executes with the payload on stdin, byte for byte", () => {
  it.each(PAYLOADS)("%s", async (_, vector) => {
    const home = makeHome(
      `[hooks]\n${JSON.stringify(vector.hook_event_name)} = ["sh", "-c", 'cat > "$CODEX_HOME/payload.json"']\n`,
    );
    const dispatcher = await dispatcherFor(home);
    await dispatcher.dispatch(vector.event);
    await dispatcher.close(10_000);
    expect(home.read("payload.json")).toBe(JSON.stringify(vector.expect));
  });

  it("of any size", async () => {
    const home = makeHome(`[hooks]\nuser_prompt_submit = ["sh", "-c", 'cat > "$CODEX_HOME/payload.json"']\n`);
    const dispatcher = await dispatcherFor(home);
    const prompt = "ä".repeat(512 * 1024);
    await dispatcher.dispatch({ ...event("user-prompt-submit"), prompt });
    await dispatcher.close(10_000);
    expect(JSON.parse(home.read("payload.json"))).toMatchObject({ hook_event_name: "UserPromptSubmit", prompt });
  });
});

it("there is no transcript_path and no client where nobody gives one", async () => {
  const home = makeHome(`[hooks]\nsession_start = ["sh", "-c", 'cat > "$CODEX_HOME/payload.json"']\n`);
  const dispatcher = await dispatcherFor(home);
  const { timestamp } = completeEvent({ timestamp: "2025-01-01T00:00:00.999Z" });
  await dispatcher.dispatch({ ...event("session-start"), timestamp });
  await dispatcher.close(10_000);
  expect(home.read("payload.json")).toBe(
    '{"session_id":"s-1","cwd":"/","triggered_at":"2025-01-01T00:00:00Z","hook_event_name":"SessionStart"}',
  );
});
