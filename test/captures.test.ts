import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const XCODEX = join(ROOT, "node_modules", ".bin", "xcodex");

/** What the agents call their events → the key that must run. */
const KEYS: Readonly<Record<string, string>> = {
  SessionStart: "session_start",
  SessionEnd: "session_end",
  UserPromptSubmit: "user_prompt_submit",
  BeforeAgent: "user_prompt_submit",
  PreCompress: "pre_compact",
  BeforeModel: "model_request_started",
  AfterModel: "model_response_completed",
  BeforeToolSelection: "BeforeToolSelection",
  PreToolUse: "tool_call_started",
  BeforeTool: "tool_call_started",
  PostToolUse: "tool_call_finished",
  PostToolUseFailure: "tool_call_finished",
  AfterTool: "tool_call_finished",
  Stop: "agent_turn_complete",
  AfterAgent: "agent_turn_complete",
};

/** What the agents call their tools → the one matcher that must match. */
const TOOLS: Readonly<Record<string, string>> = {
  Bash: "Bash",
  run_shell_command: "Bash",
  Read: "Read",
  read_file: "Read",
  Write: "Write",
  write_file: "Write",
  Edit: "Edit",
  replace: "Edit",
};

const home = mkdtempSync(join(tmpdir(), "xcodex-captures-"));
writeFileSync(join(home, "config.toml"), configuration());
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** One hook per event, and beside it one per kind of tool. */
function configuration(): string {
  const tools = [...new Set(Object.values(TOOLS))];
  const group = (key: string, matcher: string): string =>
    `[[hooks.command.${key}]]\nmatcher = "${matcher}"\nhooks = [{ argv = ["true", "${key}", "${matcher}"] }]\n`;
  return [...new Set(Object.values(KEYS))]
    .flatMap((key) => [group(key, "*"), ...(key.startsWith("tool_call") ? tools.map((tool) => group(key, tool)) : [])])
    .join("");
}

interface Line {
  readonly hook: string;
  readonly stdin: { readonly tool_name?: string };
}

function expected({ hook, stdin }: Line): string[] {
  const key = KEYS[hook] ?? `no key for ${hook}`;
  const matcher = stdin.tool_name === undefined ? undefined : TOOLS[stdin.tool_name];
  return [`${key} *`, ...(matcher ? [`${key} ${matcher}`] : [])];
}

async function emit(payload: unknown): Promise<{ code: number | null; out: string; err: string }> {
  const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
  const child = spawn(XCODEX, ["hooks", "emit", "--json"], { env: { ...env, CODEX_HOME: home } });
  child.stdin.end(JSON.stringify(payload));
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, err };
}

/** `argv` of the hooks that ran, by their place in the configuration. */
function ran(out: string): string[] {
  const groups = [...configuration().matchAll(/"true", "(\w+)", "([^"]+)"/g)];
  const ids = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const [, key = "", matcher = ""] of groups) {
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    ids.set(`command:${key}:${number}`, `${key} ${matcher}`);
  }
  const { replies } = JSON.parse(out) as { replies: { hook: string; outcome: string }[] };
  return replies.map(({ hook, outcome }) => (outcome === "ok" ? (ids.get(hook) ?? hook) : `${hook}: ${outcome}`));
}

for (const agent of ["codex", "claude-code", "gemini"]) {
  describe(`every payload that ${agent} really sent runs the right hooks through emit`, () => {
    const text = readFileSync(join(ROOT, "conformance", "captures", `${agent}.jsonl`), "utf8");
    for (const [at, json] of text.trimEnd().split("\n").entries()) {
      const line: Line = JSON.parse(json);
      it.concurrent(`line ${at + 1}: ${line.hook} ${line.stdin.tool_name ?? ""}`, async () => {
        const { code, out, err } = await emit(line.stdin);
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(ran(out).sort()).toEqual(expected(line).sort());
      });
    }
  });
}
