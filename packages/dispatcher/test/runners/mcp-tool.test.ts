/** Tools of a server in the network, from hooks.toml to the decision. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { httpServer } from "../launcher/mcp-support.ts";
import { dispatcherFor, makeHome } from "./homes.ts";

const TOKEN = "tok-4711-very-secret";

const HOOKS = `
[[hooks.exec]]
event = "exec.before"
type = "mcp_tool"
server = "scanner"
tool = "answer"
mode = "sync"

[hooks.exec.arguments.structured]
decision = "block"
reason = "\${command} in \${workdir}"
`;

const event = {
  xcodex_event_type: "tool-call-started",
  session_id: "s-1",
  cwd: "/srv",
  tool_name: "exec_command",
  tool_input: { cmd: "rm -rf /" },
};

describe.each([
  ["in this process", true],
  ["in the launcher", false],
])("a server of config.toml that is reached by HTTP, %s", (_, inProcess) => {
  it("decides, and its token is nowhere but in its requests", async () => {
    const home = makeHome("");
    const { url, trace } = await httpServer(home, {}, "/mcp", { HTTP_TOKEN: TOKEN });
    home.write("config.toml", `[mcp_servers.scanner]\nurl = "${url}/mcp"\nbearer_token_env_var = "SCANNER_TOKEN"\n`);
    home.write("config.json", '{ "hooks": { "enabled": true } }');
    home.write("hooks.toml", HOOKS);
    const dispatcher = await dispatcherFor(home, { inProcess, env: { SCANNER_TOKEN: TOKEN } });
    expect(dispatcher.config.problems).toEqual([]);
    expect(await dispatcher.dispatch(event)).toMatchObject({ action: "block", reason: "rm -rf / in /srv" });
    expect(await dispatcher.close(20_000)).toMatchObject({ drained: true, left: 0 });
    expect(trace().some(({ headers }) => JSON.stringify(headers ?? {}).includes(TOKEN))).toBe(true);
    const files = readdirSync(home.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const kept = files.filter((entry) => !entry.name.startsWith("trace-"));
    expect(kept.filter((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").includes(TOKEN))).toEqual(
      [],
    );
    expect(home.records()).toMatchObject([{ outcome: "blocked" }]);
  });
});
