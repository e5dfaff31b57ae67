/** Configurations as they are shown: nothing that is secret, everything that is not. */
import { completeEvent } from "@xcodex/hooks-schema";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Config } from "../../dist/contracts.js";
import { explain, shownConfig } from "../../dist/index.js";
import { configFolder } from "../config/folder.ts";

const { loadAll } = configFolder();

const CONFIG = `
[hooks]
tool_call_started = [["scan", "--token", "LITERAL-argv"]]

[[hooks.command.PreToolUse]]
hooks = [{ command = "curl -H 'Authorization: Bearer LITERAL-shell' https://a.example" }]

[mcp_servers.local]
command = "server"
args = ["--api-key", "LITERAL-args"]
env = { LEVEL = "LITERAL-env" }

[mcp_servers.remote]
url = "https://a.example/mcp?session=LITERAL-query"
http_headers = { X-Any = "LITERAL-header" }
`;

const HOOKS_TOML = `
[[hooks.exec]]
event = "exec.before"
type = "webhook"
url = "https://hooks.slack.com/services/T0/B0/LITERAL-path?stage=\${STAGE}&key=LITERAL=="
headers = { Authorization = "Bearer LITERAL-bearer", X-Api-Key = "\${API_KEY}" }
signing_secret = "whsec_TElURVJBTC1zaWduaW5n"

[[hooks.exec]]
event = "exec.before"
command = ["scan", "\${NOT_A_TEMPLATE}"]
environment = { API_KEY = "LITERAL-variable", DB = "postgres://u:LITERAL-password@h/db", LEVEL = "debug" }

[[hooks.exec]]
event = "exec.before"
enabled = false
command = ["off", "--password=LITERAL-off"]

[[hooks.exec]]
event = "exec.before"
type = "mcp_tool"
server = "local"
tool = "t"
arguments = { password = "LITERAL-argument", command = "\${command}" }

[[hooks.exec]]
event = "exec.before"
type = "mcp_tool"
server = "remote"
tool = "t"
`;

const ENV = { STAGE: "production", API_KEY: "LITERAL-outside" };

function load(more = ""): Promise<Config> {
  const files = { "config.json": '{ "hooks": { "enabled": true } }', "hooks.toml": HOOKS_TOML };
  return loadAll({ toml: CONFIG + more, files, env: ENV });
}

it.each(["", "\n[hooks.redact]\nenabled = false\n"])("shows no secret that stands in a file%s", async (more) => {
  const config = await load(more);
  expect(config.hooks).toHaveLength(6);
  const shown = JSON.stringify(shownConfig(config));
  expect(shown).not.toContain("LITERAL");
  expect(shown).not.toContain("TElURVJBTC1zaWduaW5n");
  for (const plain of ["?stage=${STAGE}&key=…", "${API_KEY}", "scan", "debug", "LEVEL", "X-Any", "${command}"]) {
    expect(shown).toContain(plain);
  }
  expect(JSON.stringify(config)).toContain("LITERAL-bearer");
});

it("explains without one as well", async () => {
  const event = { xcodex_event_type: "tool-call-started", tool_name: "shell", tool_input: { command: "ls" }, cwd: "/" };
  const { hooks } = explain(await load(), event as unknown as Parameters<typeof explain>[1], { env: {} });
  expect(hooks.filter(({ runs }) => runs)).toHaveLength(6);
  expect(JSON.stringify(hooks)).not.toContain("LITERAL");
});

it("explains any event, and never throws", async () => {
  const config = await load();
  const key = fc.constantFrom("tool_name", "tool_input", "cwd", "session_id", "timestamp", "__proto__", "toJSON", "x");
  const any = fc.anything({ withNullPrototype: true, withBigInt: false });
  const type = fc.oneof(fc.constant("tool-call-started"), fc.string());
  await fc.assert(
    fc.property(fc.dictionary(key, any), type, (fields, xcodex_event_type) => {
      const event = completeEvent({ ...fields, xcodex_event_type });
      expect(explain(config, event, { env: {} }).hooks).toHaveLength(7);
    }),
  );
});
