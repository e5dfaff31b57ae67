/** Hooks of hooks.toml (seed 003) that really run: their order, their folder, their environment, and what their failure means. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatcher, type Decision, type DispatcherOptions, hooksPaths } from "@xcodex/hooks-dispatcher";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";

const homes: string[] = [];

afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A CODEX_HOME with a hooks.toml that is enabled, and what came of its hooks. */
class Home {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-hooks-toml-")));

  constructor(hooks: string) {
    homes.push(this.path);
    writeFileSync(join(this.path, "config.json"), '{ "hooks": { "enabled": true } }');
    writeFileSync(join(this.path, "hooks.toml"), hooks);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Lines that hooks have written to a file. */
  lines(name: string): readonly string[] {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8").trimEnd().split("\n") : [];
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.file(name), ".."), { recursive: true });
    writeFileSync(this.file(name), text, { mode: 0o700 });
  }

  script(name: string, text: string): void {
    this.write(name, `#!/bin/sh\n${text}\n`);
  }

  /** Delivers events one after the other, and waits for every hook. */
  async deliver(events: readonly object[], options: DispatcherOptions = {}): Promise<readonly Decision[]> {
    const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
    const dispatcher = await createDispatcher({ codexHome: this.path, inProcess: true, env, ...options });
    const decisions: Decision[] = [];
    for (const event of events) decisions.push(await dispatcher.dispatch(event as never, { wait: "all" }));
    await dispatcher.close(20_000);
    return decisions;
  }

  records(): readonly Record<string, unknown>[] {
    const { records } = hooksPaths(this.path);
    return existsSync(records)
      ? readFileSync(records, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [];
  }
}

const base = { session_id: "s-1", cwd: "/", timestamp: "2024-01-01T12:00:00Z" };
const start = { xcodex_event_type: "session-start", ...base };
const prompt = { xcodex_event_type: "user-prompt-submit", ...base, prompt: "do it" };

/** A hook of a category, in TOML. */
function hook(category: string, event: string, script: string, more = ""): string {
  return `[[hooks.${category}]]\nevent = "${event}"\ncommand = ["sh", "-c", ${JSON.stringify(script)}]\n${more}\n`;
}

/** Says that it is there and waits until another one is, too: two of these can only end when they run at once. */
function meets(own: string, other: string): string {
  return `: > ${own}; i=0; while [ ! -e ${other} ] && [ $i -lt 2000 ]; do sleep 0.01; i=$((i+1)); done; [ -e ${other} ] && echo ${own} >> order`;
}

describe.each([
  ["in this process", true],
  ["in the launcher", false],
])("priorities, carried out %s", (_, inProcess) => {
  it("are kept, and hooks of one priority run at once", async () => {
    const home = new Home(
      [
        hook("session", "session_start", "echo low >> order", 'priority = "low"'),
        hook("session", "session_start", "echo normal >> order"),
        hook("session", "session_start", meets("high-1", "high-2"), 'priority = "high"'),
        hook("agent", "SessionStart", meets("high-2", "high-1"), 'priority = "high"'),
      ].join(""),
    );
    await home.deliver([start], { inProcess });
    const order = home.lines("order");
    expect([...order].slice(0, 2).sort()).toEqual(["high-1", "high-2"]);
    expect(order.slice(2)).toEqual(["normal", "low"]);
  });

  it("go on when a hook of a higher one fails", async () => {
    const fails = hook("session", "session_start", "exit 3", 'priority = "high"\n');
    const home = new Home(fails + hook("session", "session_start", "echo normal >> order"));
    await home.deliver([start], { inProcess });
    expect(home.lines("order")).toEqual(["normal"]);
  });

  it("without parallel_execution, no two hooks of an event run at once", async () => {
    const alone = (name: string): string =>
      `mkdir lock || echo overlap >> order; echo ${name} >> order; sleep 0.05; rmdir lock`;
    const hooks = ["a", "b", "c"].map((name) => hook("session", "session_start", alone(name)));
    const first = hook("session", "session_start", alone("first"), 'priority = "high"');
    const home = new Home(`[hooks]\nparallel_execution = false\n${hooks.join("")}${first}`);
    await home.deliver([start], { inProcess });
    expect(home.lines("order")).toEqual(["first", "a", "b", "c"]);
  });
});

/** Seed 003, "Hook Events" and "Event-Specific Variables": events, and what their hooks find. */
const VARIABLES: readonly (readonly [key: string, event: object, variables: Readonly<Record<string, string>>])[] = [
  [
    "session_start",
    { xcodex_event_type: "session-start", model: "gpt-4", provider: "openai" },
    { CODEX_MODEL: "gpt-4", CODEX_PROVIDER: "openai" },
  ],
  ["session_end", { xcodex_event_type: "session-end", duration_ms: 5000 }, { CODEX_DURATION: "5000" }],
  [
    "task_start",
    { xcodex_event_type: "user-prompt-submit", turn_id: "task_456", prompt: "fix it" },
    { CODEX_TASK_ID: "task_456", CODEX_PROMPT: "fix it" },
  ],
  [
    "task_complete",
    { xcodex_event_type: "agent-turn-complete", turn_id: "task_456", success: true, duration_ms: 7 },
    { CODEX_TASK_ID: "task_456", CODEX_SUCCESS: "true", CODEX_DURATION: "7" },
  ],
  [
    "exec.before",
    {
      xcodex_event_type: "tool-call-started",
      tool_name: "shell",
      tool_input: { command: ["ls", "-la"], workdir: "/srv" },
    },
    { CODEX_COMMAND: '["ls","-la"]', CODEX_WORKDIR: "/srv" },
  ],
  [
    "exec.after",
    {
      xcodex_event_type: "tool-call-finished",
      tool_name: "shell",
      tool_input: { command: ["false"] },
      exit_code: 1,
      duration_ms: 9,
    },
    { CODEX_COMMAND: '["false"]', CODEX_EXIT_CODE: "1", CODEX_DURATION: "9" },
  ],
  [
    "patch.before",
    { xcodex_event_type: "tool-call-started", tool_name: "Write", tool_input: { file_path: "/a.ts" } },
    { CODEX_PATCH_FILE: "/a.ts", CODEX_TARGET_FILE: "/a.ts" },
  ],
  [
    "patch.before",
    {
      xcodex_event_type: "tool-call-started",
      tool_name: "apply_patch",
      tool_input: { patch_file: "/tmp/1.patch", command: "*** Begin Patch\n*** Add File: b.ts\n+1\n*** End Patch" },
    },
    { CODEX_PATCH_FILE: "/tmp/1.patch", CODEX_TARGET_FILE: "b.ts" },
  ],
  [
    "patch.after",
    { xcodex_event_type: "tool-call-finished", tool_name: "Write", tool_input: { file_path: "/a.ts" }, success: true },
    { CODEX_PATCH_FILE: "/a.ts", CODEX_SUCCESS: "true" },
  ],
  [
    "error.occurred",
    { xcodex_event_type: "error-occurred", error: "it broke", context: "while reading" },
    { CODEX_ERROR: "it broke", CODEX_CONTEXT: "while reading" },
  ],
];

describe("what a script finds", () => {
  it.each(VARIABLES)("in its environment, for %s", async (key, event, variables) => {
    const home = new Home(hook("integration", key, "env > found"));
    await home.deliver([{ ...base, ...event }]);
    const found = Object.fromEntries(home.lines("found").map((line) => line.split(/=(.*)/s).slice(0, 2)));
    expect(found).toMatchObject({
      CODEX_EVENT_TYPE: key,
      CODEX_SESSION_ID: "s-1",
      CODEX_TIMESTAMP: "2024-01-01T12:00:00Z",
      CODEX_HOME: home.path,
      ...variables,
    });
  });

  it("on its stdin: the event, as every SDK reads it", async () => {
    const home = new Home(hook("session", "session_start", "cat > read.json"));
    await home.deliver([start]);
    const read = JSON.parse(home.lines("read.json").join("\n"));
    expect(read).toMatchObject({
      schema_version: 1,
      xcodex_event_type: "session-start",
      hook_event_name: "SessionStart",
    });
  });

  it("in its environment beside that: its own variables, filled in, and nobody else has their values", async () => {
    const secret = "not-for-everyone";
    const table = 'environment = { API_KEY = "${API_KEY}", URL = "https://x/${API_KEY}", LEVEL = 3 }';
    const home = new Home(hook("session", "session_start", 'echo "$API_KEY $URL $LEVEL" > found', table));
    const { XCODEX_HOOKS_DEPTH: _, ...rest } = process.env;
    const env = { ...rest, API_KEY: secret };
    await home.deliver([start], { env });
    expect(home.lines("found")).toEqual([`${secret} https://x/${secret} 3`]);
    const dispatcher = await createDispatcher({ codexHome: home.path, inProcess: true, env });
    expect(JSON.stringify(dispatcher.config)).not.toContain(secret);
    await dispatcher.close();
  });

  it("around it: the folder of hooks.toml, wherever the agent works", async () => {
    const home = new Home('[[hooks.session]]\nevent = "session_start"\ncommand = ["./bin/hook.sh"]\n');
    home.script("bin/hook.sh", "pwd -P > found");
    home.script("project/bin/hook.sh", "echo the project > found");
    await home.deliver([{ ...start, cwd: home.file("project") }]);
    expect(home.lines("found")).toEqual([home.path]);
    expect(existsSync(home.file("project/found"))).toBe(false);
  });

  it("around it: its cwd, from the folder of hooks.toml; without that folder it is not started", async () => {
    const home = new Home(
      hook("session", "session_start", "pwd -P > found", 'cwd = "there"') +
        hook("session", "session_end", "echo wrong > found", 'cwd = "nowhere"'),
    );
    mkdirSync(home.file("there"));
    const [, end] = await home.deliver([start, { ...base, xcodex_event_type: "session-end", cwd: home.path }]);
    expect(home.lines("there/found")).toEqual([home.file("there")]);
    expect(end?.replies[0]?.end).toMatchObject({ outcome: "not_started", code: "spawn_failed" });
    expect(existsSync(home.file("found"))).toBe(false);
  });
});

describe("what the failure of a hook means", () => {
  it.each([
    ["nothing, when it only looks on", "exit 1", "", "continue"],
    ["nothing, when it is waited for and nothing more is said", "exit 1", 'mode = "sync"', "continue"],
    ["that the agent stops, when it is required", "exit 1", "required = true", "block"],
    ["that the agent stops, with on_failure", "exit 1", 'on_failure = "deny"', "block"],
    ["that the agent stops, when it takes too long", "sleep 60", "required = true\ntimeout = 0.2", "block"],
    ["nothing, when there is none", "exit 0", "required = true", "continue"],
    [
      "that the agent stops, when it cannot be used",
      "exit 0",
      'required = true\nenvironment = { A = "${NOT_SET_HERE}" }',
      "block",
    ],
    ["nothing, when it is switched off", "exit 1", "required = true\nenabled = false", "continue"],
  ])("%s", async (_, script, more, action) => {
    const home = new Home(hook("task", "task_start", script, more));
    const [decision] = await home.deliver([prompt]);
    expect(decision?.action).toBe(action);
    expect(decision?.decided_by).toEqual(action === "block" ? ["hooks-toml:task:1"] : []);
  });

  it("on an event that nobody can stop: that it is recorded", async () => {
    const home = new Home(hook("session", "session_start", "exit 1", "required = true"));
    const [decision] = await home.deliver([start]);
    expect(decision?.action).toBe("continue");
    expect(home.records()).toMatchObject([{ hook: "hooks-toml:session:1", surface: "hooks-toml", outcome: "failed" }]);
  });
});

it("a script that is waited for blocks by exit code 2, and by what it prints", async () => {
  const home = new Home(
    hook("task", "task_start", "echo from the exit code >&2; exit 2", 'mode = "sync"') +
      hook("task", "task_start", `echo '{"decision":"block","reason":"from stdout"}'`, 'mode = "sync"'),
  );
  const [decision] = await home.deliver([prompt]);
  expect(decision).toMatchObject({ action: "block", decided_by: ["hooks-toml:task:1", "hooks-toml:task:2"] });
  expect(decision?.reason).toContain("from the exit code");
  expect(decision?.reason).toContain("from stdout");
});

it("conditions are compared with what the agent says about its session", async () => {
  const home = new Home(hook("session", "session_start", "echo ran >> found", 'conditions = { user_type = "admin" }'));
  await home.deliver([start], { context: { user_type: "guest" } });
  await home.deliver([start]);
  expect(home.lines("found")).toEqual([]);
  await home.deliver([start], { context: { user_type: "admin" } });
  expect(home.lines("found")).toEqual(["ran"]);
});

describe("with debug = true", () => {
  const hooks = [
    hook("exec", "exec.before", "exit 0"),
    hook("patch", "patch.before", "exit 0"),
    hook("exec", "exec.before", "exit 0", 'conditions = { environment = ["staging", "production"] }'),
    hook("exec", "exec.before", "exit 0", "enabled = false"),
    hook("session", "session_end", "exit 0"),
  ].join("");
  const call = { ...base, xcodex_event_type: "tool-call-started", tool_name: "shell", tool_input: {} };
  const skipped = (home: Home): unknown =>
    home.records().flatMap(({ outcome, hook, code }) => (outcome === "skipped" ? [[hook, code]] : []));

  it("it is recorded why a hook of an event did not run", async () => {
    const home = new Home(`[hooks]\ndebug = true\n${hooks}`);
    await home.deliver([call], { context: { environment: "my-laptop" } });
    expect(skipped(home)).toEqual([
      ["hooks-toml:patch:1", "tools"],
      ["hooks-toml:exec:2", "condition"],
      ["hooks-toml:exec:3", "disabled"],
    ]);
    for (const { outcome, message, origin } of home.records()) {
      if (outcome !== "skipped") continue;
      expect(message).toMatch(/^Cannot run hook [^ ]+ of .+hooks\.toml:\d+: .+\. Change that, or set debug = false/);
      expect(origin).toMatch(/hooks\.toml:\d+$/);
      expect(message).not.toContain("my-laptop");
    }
  });

  it("and without it, nothing is", async () => {
    const home = new Home(hooks);
    await home.deliver([call]);
    expect(skipped(home)).toEqual([]);
    expect(home.records()).toHaveLength(1);
  });
});

describe("a webhook", () => {
  it("is sent the payload of the seed, with headers from variables", async () => {
    const requests: { readonly method: string | undefined; readonly headers: object; readonly body: unknown }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, headers } = request;
      requests.push({ method, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.end();
    });
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const home = new Home(
      `[[hooks.task]]\nevent = "task_complete"\ntype = "webhook"\nurl = "http://127.0.0.1:${port}/\${ROOM}"\nmethod = "PUT"\n[hooks.task.headers]\nAuthorization = "Bearer \${API_TOKEN}"\n"X-Codex-Event" = "task_complete"\n`,
    );
    const { XCODEX_HOOKS_DEPTH: _, ...rest } = process.env;
    const env = { ...rest, API_TOKEN: "a-token", ROOM: "room" };
    const task = { xcodex_event_type: "agent-turn-complete", turn_id: "task_456", success: true, duration_ms: 5000 };
    const context = { model: "gpt-4", provider: "openai" };
    const [decision] = await home.deliver([{ ...base, ...task }], { env, context });
    expect(decision?.replies.map(({ end }) => end.outcome)).toEqual(["ok"]);
    expect(requests).toMatchObject([
      {
        method: "PUT",
        headers: {
          authorization: "Bearer a-token",
          "x-codex-event": "task_complete",
          "content-type": "application/json",
        },
        body: {
          event: {
            type: "task_complete",
            sessionId: "s-1",
            timestamp: "2024-01-01T12:00:00Z",
            taskId: "task_456",
            success: true,
            duration: 5000,
          },
          context,
        },
      },
    ]);
  });
});

describe("a tool", () => {
  const call = {
    ...base,
    xcodex_event_type: "tool-call-started",
    tool_name: "shell",
    tool_input: { command: ["rm", "-rf", "my files"] },
  };

  /** A hook that calls a tool of a real server, which writes down what it was called with. */
  function scanned(tool: string, more: string): Home {
    const home = new Home(
      `[[hooks.exec]]\nevent = "exec.before"\ntype = "mcp_tool"\nserver = "scanner"\ntool = "${tool}"\n${more}\n`,
    );
    const server = join(import.meta.dirname, "fixtures", "mcp-server.mjs");
    const argv = JSON.stringify([server, home.file("calls")]);
    home.write("config.toml", `[mcp_servers.scanner]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${argv}\n`);
    return home;
  }

  const calls = (home: Home): unknown =>
    home
      .lines("calls")
      .flatMap((line) => JSON.parse(line))
      .flatMap((one) => (one.tool ? [one.arguments] : []));

  it("is called with the arguments of the seed, filled from the event", async () => {
    const home = scanned("allow", `[hooks.exec.arguments]\ncommand = "\${command}"\nseverity = "high"`);
    const [decision] = await home.deliver([call]);
    expect(decision?.replies.map(({ end }) => [end.outcome, end.message])).toEqual([["ok", undefined]]);
    expect(calls(home)).toEqual([{ command: "rm -rf 'my files'", severity: "high" }]);
  });

  it("stops the agent by its answer, and by its failure when it is required", async () => {
    const says = 'words = "{\\"decision\\":\\"block\\",\\"reason\\":\\"Not that.\\"}"';
    const [blocked] = await scanned("say", `mode = "sync"\narguments = { ${says} }`).deliver([call]);
    expect(blocked).toMatchObject({ action: "block", reason: "Not that." });
    const [failed] = await scanned("fail", "required = true").deliver([call]);
    expect(failed).toMatchObject({ action: "block", decided_by: ["hooks-toml:exec:1"] });
    const [ignored] = await scanned("fail", 'mode = "sync"').deliver([call]);
    expect(ignored).toMatchObject({ action: "continue", decided_by: [] });
  });
});
