import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type Hook,
  loadConfig,
} from "@xcodex/hooks-dispatcher";
import { afterEach, describe, expect, it } from "vitest";
import { exampleHome, isThere, modeOf } from "./support/example.ts";
import { installSamples, PYTHON, SAMPLES, SETS } from "./support/install.ts";
import { read } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

/** What hooks.toml names in `${…}`, and hooks that are switched off need. */
const SECRETS = {
  SLACK_WEBHOOK_URL: "https://hooks.example.com/services/T000",
  API_TOKEN: "token",
  CI_API_TOKEN: "token",
  ENVIRONMENT: "staging",
};
const NAMES = Object.keys(SECRETS);

/** The environment of an agent in which none of them is set. */
const BARE: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ![...NAMES, "XCODEX_HOOKS_DEPTH"].includes(name)),
);

/** A CODEX_HOME as `install samples hooks-toml` and its snippet leave it. */
function configured(): string {
  const home = installSamples("hooks-toml");
  writeFileSync(join(home, "config.json"), SETS["hooks-toml"].snippet);
  return home;
}

/** The same, with everything in hooks.toml switched on. */
function switchedOn(): string {
  const home = configured();
  const file = join(home, "hooks", "hooks.toml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^enabled = false\n/gm, ""));
  writeFileSync(join(home, "config.toml"), '[mcp_servers.security_scanner]\ncommand = "scanner"\n');
  return home;
}

/** A hook in one line: its event, and what it runs. */
function asSaid(hook: Hook): string {
  if (hook.runner === "command" && "argv" in hook.command) return [hook.key, ...hook.command.argv].join(" ");
  if (hook.runner === "webhook") return `${hook.key} ${hook.webhook.method} ${hook.webhook.url}`;
  if (hook.runner !== "mcp_tool") return `${hook.key} ${hook.runner}`;
  const { server, tool, arguments: given } = hook.mcp_tool;
  return `${hook.key} ${server.name} ${tool} ${JSON.stringify(given)}`;
}

/** Every hook of the snippets of seed 003's "Examples", and of those that stand alone further down. */
const OF_THE_SEED = [
  "session_start ./examples/hooks/session-logging/log-session-start.sh",
  "session_end ./examples/hooks/session-logging/log-session-end.sh",
  "exec.before python3 ./examples/hooks/security/scan-commands.py",
  "error.occurred ./examples/hooks/notifications/slack-webhook.sh",
  "task_complete POST https://api.example.com/codex/task-complete",
  "session_end node ./examples/hooks/analytics/track-usage.js",
  "exec.after python3 ./examples/hooks/analytics/performance-metrics.py",
  "session_end POST https://ci.example.com/codex-session-complete",
  "error.occurred POST https://monitoring.example.com/alert",
  `exec.before security_scanner scan_command {"command":"\${command}","severity":"high"}`,
];

describe("examples/hooks.toml", () => {
  it("loads whole and without a problem, where none of its variables is set", async () => {
    const { problems, hooks, disabled } = await loadConfig({ codexHome: configured(), env: BARE });
    expect(problems).toEqual([]);
    expect(hooks.map(({ id }) => id).sort()).toEqual([
      "hooks-toml:exec:1",
      "hooks-toml:exec:2",
      "hooks-toml:exec:4",
      "hooks-toml:session:1",
      "hooks-toml:session:2",
      "hooks-toml:session:3",
      "hooks-toml:task:1",
    ]);
    expect(disabled.map(({ hook }) => hook.id).sort()).toEqual([
      "hooks-toml:error:1",
      "hooks-toml:error:2",
      "hooks-toml:exec:3",
      "hooks-toml:session:4",
      "hooks-toml:task:2",
    ]);
  });

  it("has every example of seed 003", async () => {
    const { hooks, disabled } = await loadConfig({ codexHome: configured(), env: BARE });
    const said = [...hooks, ...disabled.map(({ hook }) => hook)].map(asSaid);
    for (const example of OF_THE_SEED) expect(said).toContain(example);
  });

  it("lets the scanner say no, and in production lets no command pass without it", async () => {
    const { hooks } = await loadConfig({ codexHome: configured(), env: BARE });
    const scanners = hooks.filter(({ key }) => key === "exec.before");
    expect(
      scanners.map(({ mode, priority, required, on_failure }) => ({ mode, priority, required, on_failure })),
    ).toEqual([
      { mode: "sync", priority: "high", required: false, on_failure: "allow" },
      { mode: "sync", priority: "normal", required: true, on_failure: "deny" },
    ]);
  });

  it("names only files that are there", async () => {
    const home = configured();
    const { hooks, disabled } = await loadConfig({ codexHome: home, env: BARE });
    const files = [...hooks, ...disabled.map(({ hook }) => hook)].flatMap((hook) =>
      hook.runner === "command" && "argv" in hook.command
        ? hook.command.argv.filter((word) => word.startsWith("./"))
        : [],
    );
    expect(new Set(files).size).toBe(7);
    for (const file of files) expect(existsSync(join(home, "hooks", file)), file).toBe(true);
  });

  it("has nothing wrong in what is switched off", async () => {
    const { problems, hooks, disabled } = await loadConfig({ codexHome: switchedOn(), env: { ...BARE, ...SECRETS } });
    expect(problems).toEqual([]);
    expect([hooks.length, disabled.length]).toEqual([12, 0]);
  });

  it("says what is missing for what is switched on", async () => {
    const { problems } = await loadConfig({ codexHome: switchedOn(), env: BARE });
    expect(problems.map(({ code }) => code)).toEqual(Array(4).fill("unset_variable"));
    for (const name of NAMES) expect(problems.map(({ message }) => message).join("\n")).toContain(name);
  });

  it("works where it is copied to beside the folder examples, as the seed says", async () => {
    const project = tempFolder("project");
    cpSync(join(SAMPLES, "..", "..", "examples"), join(project, "examples"), { recursive: true });
    copyFileSync(join(project, "examples", "hooks.toml"), join(project, "hooks.toml"));
    const codexHome = tempFolder("home");
    const hooks = await createDispatcher({
      ...{ codexHome, inProcess: true, env: BARE },
      ...{ enableHooks: true, hooksConfig: join(project, "hooks.toml") },
    });
    await hooks.dispatch({ xcodex_event_type: "session-start", session_id: "s-1", cwd: "/" }, { wait: "all" });
    await hooks.close();
    expect(hooks.config.problems).toEqual([]);
    expect(read(codexHome, "session.log")).toMatch(/ session_start session=s-1 model=- provider=-\n$/);
  });

  it("has in its comments every key of a hook, as it would be written", async () => {
    const home = tempFolder("keys");
    const [, block = ""] = /^(# \[\[hooks\.session\]\] {2}.*?)\n\n/ms.exec(
      readFileSync(join(SAMPLES, "dist/examples/hooks.toml"), "utf8"),
    ) ?? ["", ""];
    mkdirSync(join(home, "hooks"));
    writeFileSync(join(home, "hooks", "my-hook.sh"), "#!/bin/sh\n", { mode: 0o755 });
    const uncommented = block.replace(/^# ?/gm, "").replace("/path/to/working/dir", home);
    writeFileSync(join(home, "hooks.toml"), uncommented);
    const env = { ...BARE, API_KEY: "k" };
    const config = await loadConfig({ codexHome: home, env, enableHooks: true });
    expect(config.problems).toEqual([]);
    expect(config.hooks).toMatchObject([
      {
        key: "session_start",
        timeout_ms: 10_000,
        mode: "async",
        priority: "normal",
        cwd: home,
        description: "My own hook",
      },
    ]);
    const [hook] = config.hooks;
    expect(hook?.conditions?.map(({ name }) => name)).toEqual(["user_type", "environment"]);
  });
});

/** Agents that a test has started. */
const agents: Dispatcher[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
});

async function agentIn(codexHome: string, options: DispatcherOptions = {}): Promise<Dispatcher> {
  const agent = await createDispatcher({ codexHome, inProcess: true, env: BARE, ...options });
  agents.push(agent);
  return agent;
}

const SESSION = { session_id: "session_abc123", cwd: "/", timestamp: "2024-01-01T12:00:00Z" };
const ALL = { wait: "all" } as const;
const command = (text: string) => ({ tool_name: "Bash", tool_use_id: "t-1", tool_input: { command: text } });

describe.skipIf(!PYTHON.there)("an agent with examples/hooks.toml", () => {
  it("leaves a log of its session", async () => {
    const home = configured();
    const agent = await agentIn(home);
    const events = [
      { xcodex_event_type: "session-start", model: "gpt-4", provider: "openai" },
      { xcodex_event_type: "tool-call-started", ...command("cargo test") },
      { xcodex_event_type: "tool-call-finished", ...command("cargo test"), exit_code: 0, duration_ms: 5000 },
      { xcodex_event_type: "agent-turn-complete", turn_id: "task_456", success: true, duration_ms: 6000 },
      { xcodex_event_type: "session-end", duration_ms: 7000 },
    ];
    for (const event of events)
      expect(await agent.dispatch({ ...event, ...SESSION }, ALL)).toMatchObject({ action: "continue" });
    expect(read(home, "session.log")).toBe(
      `2024-01-01T12:00:00Z session_start session=session_abc123 model=gpt-4 provider=openai
2024-01-01T12:00:00Z session_end session=session_abc123 duration_ms=7000
`,
    );
    expect(JSON.parse(read(home, "analytics/performance.jsonl"))).toEqual({
      timestamp: "2024-01-01T12:00:00Z",
      session_id: "session_abc123",
      program: "cargo",
      exit_code: 0,
      duration_ms: 5000,
    });
    expect(JSON.parse(read(home, "analytics/usage.jsonl"))).toEqual({
      timestamp: "2024-01-01T12:00:00Z",
      event: "session_end",
      session_id: "session_abc123",
      duration_ms: 7000,
    });
    expect(read(home, "hooks.log")).toContain("[INFO] Task task_456 is complete: success=true, 6000 ms\n");
    expect(read(home, "security.log")).toBe("");
    for (const name of ["session.log", "hooks.log", "analytics/usage.jsonl"])
      expect(modeOf(join(home, name))).toBe("600");
  });

  it("does not run what is dangerous, and is told why", async () => {
    const home = configured();
    const agent = await agentIn(home);
    const decision = await agent.dispatch({
      xcodex_event_type: "tool-call-started",
      ...SESSION,
      ...command("rm -rf /"),
    });
    expect(decision).toMatchObject({
      action: "block",
      reason:
        'Cannot run "rm -rf /": it deletes / and all that is in it. Do it in a narrower way, or ask the user to do it.',
    });
    expect(JSON.parse(read(home, "security.log"))).toMatchObject({ severity: "high", session_id: "session_abc123" });
  });

  it("runs a command that cannot be scanned, unless it is in production", async () => {
    const home = configured();
    writeFileSync(join(home, "hooks", "examples/hooks/security/scan-commands.py"), "import sys; sys.exit(1)\n");
    const event = { xcodex_event_type: "tool-call-started", ...SESSION, ...command("ls") };
    const here = await agentIn(home);
    expect(await here.dispatch(event)).toMatchObject({ action: "continue" });
    const production = await agentIn(home, { context: { environment: "production" } });
    expect(await production.dispatch(event)).toMatchObject({ action: "block" });
  });
});

describe.skipIf(!isThere("curl"))("an agent with a Slack address", () => {
  it("tells Slack what went wrong, once that hook is switched on", async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      bodies.push(Buffer.concat(chunks).toString("utf8"));
      response.end("ok");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const { home } = exampleHome();
      writeFileSync(join(home, "config.json"), SETS["hooks-toml"].snippet);
      const file = join(home, "hooks", "hooks.toml");
      writeFileSync(file, readFileSync(file, "utf8").replace(/(Slack"\n)enabled = false\n/, "$1"));
      const SLACK_WEBHOOK_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T000`;
      const agent = await agentIn(home, { env: { ...BARE, SLACK_WEBHOOK_URL } });
      expect(agent.config.problems).toEqual([]);
      const error = { xcodex_event_type: "error-occurred", error: 'It said "no": $(date)', context: "while reading" };
      await agent.dispatch({ ...error, ...SESSION }, ALL);
      expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
        {
          text: 'error.occurred in session session_abc123: It said "no": $(date)\nContext: while reading\nAt: 2024-01-01T12:00:00Z',
          mrkdwn: false,
        },
      ]);
    } finally {
      server.close();
    }
  });
});
