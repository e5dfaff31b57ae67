import { copyFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { forEachLanguage, installSamples } from "./support/install.ts";
import { complete, onWire, type Payload } from "./support/payloads.ts";
import { fakeNotifier, runHook } from "./support/run.ts";

const TITLE = "Permission requested";

function request(fields: Payload): Payload {
  return complete({ xcodex_event_type: "approval-requested", session_id: "s-1", cwd: "/home/dev/project", ...fields });
}

const EXEC = request({
  kind: "exec",
  command: ["cargo", "test"],
  tool_name: "Bash",
  tool_input: { command: ["cargo", "test"] },
});

/** What agents ask, and what is shown. */
const QUESTIONS: readonly (readonly [what: string, payload: Payload, shown: string])[] = [
  ["a command", EXEC, "cargo test"],
  ["a command on the kebab wire", onWire(EXEC, "kebab"), "cargo test"],
  ["a patch", request({ kind: "apply-patch", paths: ["a.ts", "b c.ts"], tool_name: "Edit" }), "a.ts b c.ts"],
  [
    "a question of an MCP server",
    request({ kind: "elicitation", server_name: "github", message: "Which?" }),
    "github: Which?",
  ],
  ["only a tool", request({ tool_name: "WebFetch", tool_input: { url: "https://example.org" } }), "WebFetch"],
  ["nothing in particular", request({}), "a tool"],
  [
    "Codex, in its own words",
    {
      session_id: "s-1",
      transcript_path: "/home/dev/.codex/sessions/rollout.jsonl",
      cwd: "/home/dev/project",
      hook_event_name: "PermissionRequest",
      turn_id: "t-1",
      model: "gpt-5.1-codex",
      permission_mode: "default",
      tool_name: "Bash",
      tool_input: { command: "git push", description: "Push" },
    },
    "codex: git push",
  ],
  [
    "Claude Code, in its own words",
    {
      session_id: "s-1",
      transcript_path: "/home/dev/.claude/projects/x/s-1.jsonl",
      cwd: "/home/dev/project",
      hook_event_name: "PermissionRequest",
      tool_name: "Bash",
      tool_input: { command: "npm publish" },
      permission_suggestions: [],
    },
    "claude-code: npm publish",
  ],
  [
    "Gemini CLI, which only notifies",
    {
      session_id: "s-1",
      transcript_path: "/home/dev/.gemini/tmp/x/chats/s-1.json",
      cwd: "/home/dev/project",
      timestamp: "2026-11-20T18:59:46.329Z",
      hook_event_name: "Notification",
      notification_type: "ToolPermission",
      message: "Tool run_shell_command requires confirmation",
      details: {},
    },
    "gemini: Tool run_shell_command requires confirmation",
  ],
];

/** Texts that a shell, a notifier or a script could take for something else. */
const TRICKS = [
  "$(touch pwned) `touch pwned` ; touch pwned",
  '" & (do shell script "touch pwned") & "',
  "--help",
  "-execute touch",
  "[1,2]",
  "(a)",
  "<b>&amp;</b>",
  "a\\nb\\",
  "%s %n",
];

forEachLanguage((language) => {
  const silent = { code: 0, stdout: "", stderr: "" };
  const ask = (payload: unknown, env: Record<string, string | undefined>) =>
    runHook(language, "approval_notify", payload, { home: installSamples(), env });

  it.each(QUESTIONS)("shows %s", async (_, payload, shown) => {
    const notifier = fakeNotifier("some-notifier");
    expect(await ask(payload, { XCODEX_NOTIFY_BIN: notifier.path })).toEqual(silent);
    expect(notifier.calls()).toEqual([{ args: ["--app-name=xcodex", "--", TITLE, shown], input: "" }]);
  });

  it.each(TRICKS)("hands %j over as nothing but text", async (text) => {
    const payload = request({ kind: "exec", command: [text] });
    const escaped = text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll("\\", "\\\\");
    const expected = {
      "notify-send": { args: ["--app-name=xcodex", "--", TITLE, escaped], input: "" },
      "terminal-notifier": { args: ["-title", TITLE, "-group", "xcodex-hooks"], input: text },
      osascript: {
        args: [
          ...["-e", "on run argv"],
          ...["-e", "display notification (item 2 of argv) with title (item 1 of argv)"],
          ...["-e", "end run"],
          ...[TITLE, text],
        ],
        input: "",
      },
    };
    for (const [name, call] of Object.entries(expected)) {
      const notifier = fakeNotifier(name);
      expect(await ask(payload, { XCODEX_NOTIFY_BIN: notifier.path })).toEqual(silent);
      expect(notifier.calls()).toEqual([call]);
    }
    expect(existsSync("pwned")).toBe(false);
  });

  it("shows one line, and not too much of it", async () => {
    const notifier = fakeNotifier("osascript");
    await ask(request({ command: ["a\nb\u001b[2J\u0085c\ud83d", "🚀".repeat(400)] }), {
      XCODEX_NOTIFY_BIN: notifier.path,
    });
    expect(notifier.calls().map(({ args }) => args.at(-1))).toEqual([`a b [2J c  ${"🚀".repeat(228)}…`]);
  });

  it("passes over the notification that comes along with a request, and every other event", async () => {
    const notifier = fakeNotifier("notify-send");
    for (const fields of [
      { xcodex_event_type: "notification", notification_type: "permission_prompt", message: "cargo test" },
      { xcodex_event_type: "notification", notification_type: "idle_prompt", message: "waiting" },
      { xcodex_event_type: "tool-call-started", tool_name: "Bash", tool_input: { command: "cargo test" } },
      { xcodex_event_type: "SomethingNew" },
    ]) {
      const payload = complete({ session_id: "s-1", cwd: "/", ...fields });
      expect(await ask(payload, { XCODEX_NOTIFY_BIN: notifier.path })).toEqual(silent);
    }
    expect(notifier.calls()).toEqual([]);
  });

  it("does nothing where the notifier is missing", async () => {
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: "/nowhere/notify-send" })).toEqual(silent);
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: "no-such-notifier-anywhere" })).toEqual(silent);
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: undefined, PATH: "/nowhere" })).toEqual(silent);
  });

  it("finds the notifier of the platform in PATH", async () => {
    const name = process.platform === "darwin" ? "terminal-notifier" : "notify-send";
    const notifier = fakeNotifier(name);
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: undefined, PATH: dirname(notifier.path) })).toEqual(silent);
    expect(notifier.calls()).toHaveLength(1);
  });

  it("finds the notifier that XCODEX_NOTIFY_BIN names in PATH, and takes no folder for a program", async () => {
    const notifier = fakeNotifier("my-notifier");
    const folder = dirname(notifier.path);
    copyFileSync(notifier.path, join(folder, "plain"));
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: "my-notifier", PATH: folder })).toEqual(silent);
    expect(await ask(EXEC, { XCODEX_NOTIFY_BIN: folder })).toEqual(silent);
    expect(notifier.calls()).toHaveLength(1);
  });

  it("says so when the notifier fails", async () => {
    const ran = await ask(EXEC, { XCODEX_NOTIFY_BIN: fakeNotifier("notify-send", 3).path });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/Cannot show a notification with .*notify-send: it ended with 3\. /);
  });
});
