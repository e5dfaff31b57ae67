/** Runs of webhooks, as the dispatcher hands them to a launcher. */
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";
import type { Job, WebhookRun } from "../../../dist/contracts.js";
import { type Core, createCore } from "../../../dist/launcher/core.js";
import { type Home, makeHome } from "../support.ts";

/** A launcher in this process with a CODEX_HOME of its own; closed with the test. */
export function makeCore(env: NodeJS.ProcessEnv = process.env): { readonly core: Core; readonly home: Home } {
  const home = makeHome();
  const core = createCore(home.options({ env }));
  onTestFinished(() => void core.close(0));
  return { core, home };
}

/** A request to an address. Default: an observer without further tries. */
export function webhook(
  url: string,
  { headers = {}, method = "POST", retry_count = 0, signing_secret }: Partial<WebhookRun["webhook"]> = {},
  more: Partial<WebhookRun> = {},
): WebhookRun {
  return {
    run_id: randomUUID(),
    hook_id: "hooks-toml:task_complete:1",
    surface: "hooks-toml",
    origin: { file: "/home/ada/.codex/hooks.toml", line: 7 },
    timeout_ms: 20_000,
    payload: 0,
    lane: "observe",
    blocks: false,
    webhook: { url, method, headers, retry_count, ...(signing_secret === undefined ? {} : { signing_secret }) },
    ...more,
  };
}

/** One that may stop the agent. */
export function gate(
  url: string,
  target: Partial<WebhookRun["webhook"]> = {},
  more: Partial<WebhookRun> = {},
): WebhookRun {
  return webhook(url, target, { lane: "gate", blocks: true, ...more });
}

/** A job of one event. */
export function job(runs: WebhookRun | readonly WebhookRun[], payload = '{"hello":"wörld"}'): Job {
  return {
    event_id: randomUUID(),
    event_type: "agent-turn-complete",
    session_id: "session-1",
    cwd: tmpdir(),
    payloads: [{ json: payload }],
    runs: Array.isArray(runs) ? runs : [runs as WebhookRun],
  };
}
