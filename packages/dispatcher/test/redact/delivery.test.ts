/** Secrets on their way through a dispatcher: hooks of every kind see labels, whatever else the dispatcher decides by the event as it is. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatcher, type InprocModule, loadConfig } from "@xcodex/hooks-dispatcher";
import type { AnyEvent } from "@xcodex/hooks-schema";
import { describe, expect, it, onTestFinished } from "vitest";

const GITHUB = `ghp_${"aB3dE5fG7h".repeat(3)}kL1mN3`;
const COMMAND = ["gh", "--token", "t0p", "-H", `Authorization: Bearer ${GITHUB}`];
const REDACTED = ["gh", "--token", "[redacted:token:1]", "-H", "Authorization: Bearer [redacted:github-token:1]"];

const call = {
  xcodex_event_type: "tool-call-started",
  event_id: "e-1",
  session_id: "s-1",
  cwd: "/",
  tool_name: "exec_command",
  tool_alias: GITHUB,
  tool_input: { command: COMMAND },
};

const KEEP = ["sh", "-c", 'cat > "$CODEX_HOME/$1.json"; env > "$CODEX_HOME/$1.env"', "sh"];

/** A gate per wire that keeps what it gets, for the tool with this alias. */
function home(redact: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-redacted-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const hooks = ["xcodex", "kebab", "codex"].map(
    (wire) => `{ argv = ${JSON.stringify([...KEEP, wire])}, mode = "sync", payload = "${wire}" }`,
  );
  writeFileSync(
    join(folder, "config.toml"),
    `${redact}\n[[hooks.command.PreToolUse]]\nmatcher = ${JSON.stringify(GITHUB)}\nhooks = [${hooks.join(", ")}]\n`,
  );
  return folder;
}

async function deliver(codexHome: string): Promise<{ readonly texts: string; readonly seen: AnyEvent[] }> {
  const seen: AnyEvent[] = [];
  const own: InprocModule = {
    name: "own",
    mode: "sync",
    events: ["PreToolUse"],
    onEvent: (event) => void seen.push(event),
  };
  const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
  const dispatcher = await createDispatcher({ codexHome, inProcess: true, env, inproc: [own] });
  const { replies } = await dispatcher.dispatch(structuredClone(call), { wait: "all" });
  expect(replies.map(({ end }) => end.outcome)).toEqual(["ok", "ok", "ok", "ok"]);
  expect((await dispatcher.close(20_000)).drained).toBe(true);
  const files = ["xcodex.json", "kebab.json", "codex.json", "xcodex.env", "kebab.env", "codex.env"];
  return { texts: files.map((file) => readFileSync(join(codexHome, file), "utf8")).join("\n"), seen };
}

describe("hooks of a dispatcher", () => {
  it("see labels on every wire, in their environment and in process; the matcher sees what it matches as it is", async () => {
    const { texts, seen } = await deliver(home(""));
    expect(texts).not.toContain(GITHUB);
    expect(texts).not.toContain("t0p");
    expect(texts).toContain(`CODEX_COMMAND=${JSON.stringify(REDACTED)}`);
    expect(seen).toMatchObject([{ event_id: "e-1", session_id: "s-1", tool_input: { command: REDACTED } }]);
  });

  it("see everything when the user says so", async () => {
    const { texts, seen } = await deliver(home("[hooks]\nredact = false"));
    expect(texts).toContain(GITHUB);
    expect(seen).toMatchObject([{ tool_input: { command: COMMAND } }]);
  });

  it("see what the user allows, and labels of the user's own", async () => {
    const own = "[hooks.redact]\nallow = ['^t0p$']\npatterns = { tool = 'gh(?:$)' }";
    const { seen } = await deliver(home(own));
    const command = ["[redacted:tool:1]", "--token", "t0p", "-H", "Authorization: Bearer [redacted:github-token:1]"];
    expect(seen).toMatchObject([{ tool_input: { command } }]);
  });
});

it("a pattern of the user's takes time in proportion to the text", { timeout: 60_000 }, async () => {
  const codexHome = home("[hooks.redact.patterns]\nslow = '(a+)+$'\n");
  const { redaction } = await loadConfig({ codexHome });
  const [slow] = redaction.patterns;
  expect(slow?.pattern.spansIn(`${"a".repeat(20_000)}!`)).toEqual([]);
});
