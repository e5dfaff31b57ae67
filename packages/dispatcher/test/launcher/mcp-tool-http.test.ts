/** Calls of tools of a real MCP server over streamable HTTP. */
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Launcher, McpServer } from "../../dist/contracts.js";
import { createCore, type LauncherOptions } from "../../dist/launcher/core.js";
import { call, endsOf, httpServer, type Traced, toolRun } from "./mcp-support.ts";
import { type Home, makeHome, until } from "./support.ts";

function set(more: Partial<LauncherOptions> = {}): { home: Home; launcher: Launcher } {
  const home = makeHome();
  const launcher = createCore(home.options(more));
  onTestFinished(async () => void (await launcher.close(0)));
  return { home, launcher };
}

const requests = (trace: readonly Traced[]): unknown[] =>
  trace.flatMap(({ request }) => (request === undefined ? [] : [request]));

describe.each([
  ["answers as streams", []],
  ["answers as JSON", ["json"]],
])("a server that %s", (_, modes) => {
  it("is asked for a session once, and then called by all hooks", async () => {
    const { home, launcher } = set();
    const { server, calls, trace } = await httpServer(home, { modes });
    const args = {
      quotes: `"it's"`,
      shell: "$(rm -rf /)",
      lines: "one\ntwo",
      unicode: "Zürich 🦀",
      template: `\${command}`,
    };
    const structured = { decision: "block", reason: "not here" };
    const runs = [
      toolRun(server, "allow", args),
      toolRun(server, "answer", { structured }),
      toolRun(server, "fail", { words: "No." }),
    ];
    expect(await endsOf(launcher, runs)).toMatchObject([
      { outcome: "ok" },
      { outcome: "blocked", reason: "not here" },
      { outcome: "failed", code: "tool_failed" },
    ]);
    expect(calls()).toContainEqual(args);
    expect(await call(launcher, server, "nothing")).toMatchObject({ outcome: "failed", code: "tool_refused" });
    const sent = requests(trace());
    // initialize, initialized, and the calls; no stream is kept open.
    expect(sent).toEqual(["POST", "POST", "POST", "POST", "POST", "POST"]);
  });

  it("is told when nobody waits any more, and when the session is over", async () => {
    const { home, launcher } = set();
    const { server, trace } = await httpServer(home, { modes });
    await call(launcher, server, "allow");
    expect(await call(launcher, server, "hang", {}, { timeout_ms: 400 })).toMatchObject({ outcome: "timeout" });
    await until(() => trace().some(({ cancelled }) => cancelled === "hang"), "the server has heard of it");
    await launcher.close(5000);
    expect(requests(trace()).at(-1)).toBe("DELETE");
  });

  it("that forgot the session is asked for a new one, and the call is made again", async () => {
    const { home, launcher } = set();
    const { server, calls, url } = await httpServer(home, { modes });
    await call(launcher, server, "allow", { n: 1 });
    await fetch(`${url}/forget`);
    const runs = [2, 3, 4].map((n) => toolRun(server, "allow", { n }));
    expect((await endsOf(launcher, runs)).map((end) => end.outcome)).toEqual(["ok", "ok", "ok"]);
    expect(calls()).toHaveLength(4);
  });

  it("answers 10 MB to nobody", async () => {
    const { home, launcher } = set();
    const { server } = await httpServer(home, { modes });
    const end = await call(launcher, server, "large");
    expect(end).toMatchObject({ outcome: "failed", code: "bad_answer" });
    expect(end.message).toContain("more than 4194304 bytes");
    expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
  });
});

describe("secrets", () => {
  const token = "tok-4711-very-secret";

  it("go where they belong and nowhere else", async () => {
    const { home, launcher } = set({ env: { ...process.env, TOKEN: token, KEY: `${token}-too` } });
    const transport = {
      headers: { "X-Team": "blue" },
      env_headers: { "X-Api-Key": "KEY" },
      bearer_token_env_var: "TOKEN",
    };
    const { server, trace } = await httpServer(home, { transport }, "/mcp", { HTTP_TOKEN: token });
    expect(await call(launcher, server, "allow")).toMatchObject({ outcome: "ok" });
    const { headers } = trace().find(({ request }) => request === "POST") as unknown as { headers: object };
    expect(headers).toMatchObject({ authorization: `Bearer ${token}`, "x-api-key": `${token}-too`, "x-team": "blue" });
  });

  it("that are refused are named by their variables, and not shown", async () => {
    const { home, launcher } = set({ env: { ...process.env, TOKEN: token } });
    const transport = { bearer_token_env_var: "TOKEN" };
    const { server } = await httpServer(home, { transport }, "/mcp", { HTTP_TOKEN: "another" });
    const end = await call(launcher, server, "allow");
    expect(end).toMatchObject({ outcome: "failed", code: "server_not_started", status: 401 });
    expect(end.message).toMatch(
      /answered with status 401: not with Bearer \[TOKEN\]\. Set TOKEN to what it accepts\.$/,
    );
    await launcher.close(5000);
    const files = readdirSync(home.hooks(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.includes(token))).toEqual([]);
  });

  it("that no header can hold are not shown", async () => {
    const { home, launcher } = set({ env: { ...process.env, TOKEN: `${token}\nand more` } });
    const { server } = await httpServer(home, { transport: { bearer_token_env_var: "TOKEN" } });
    const end = await call(launcher, server, "allow");
    expect(end.message).toContain("the environment variable TOKEN holds line breaks or signs that no header can have.");
    expect(end.message).not.toContain(token);
    const other = await call(launcher, at(server, `https://ada:${token}@mcp.example.com/`), "allow");
    expect(other.message).toContain("its url holds a password. Put it into a variable");
    expect(other.message).not.toContain(token);
  });

  it("without which it does not go are asked for", async () => {
    const { home, launcher } = set();
    const { server } = await httpServer(home, {}, "/mcp", { HTTP_TOKEN: token });
    const end = await call(launcher, server, "allow");
    expect(end.message).toContain(
      "Name the variable that holds its token: bearer_token_env_var of mcp_servers.scanner.",
    );
  });

  it("that are not set are named", async () => {
    const { home, launcher } = set();
    const { server, trace } = await httpServer(home, { transport: { env_headers: { "X-Api-Key": "NO_SUCH_KEY" } } });
    const end = await call(launcher, server, "allow");
    expect(end).toMatchObject({ outcome: "failed", code: "server_not_started" });
    expect(end.message).toContain("the environment variable NO_SUCH_KEY is not set. Set it where the agent is started");
    expect(requests(trace())).toEqual([]);
  });
});

describe("a server that is no good", () => {
  it.each([
    ["is not there", "", "cannot be reached (ECONNREFUSED). Start it, or correct its url."],
    ["is ill", "/ill", "answered with status 503: under repair."],
    ["answers with half of it", "/broken", "sent no answer that can be read"],
    ["ends its answer before it is whole", "/short", "its answer ended before it was whole"],
    ["answers 10 MB", "/large", "more than 4194304 bytes"],
    ["never answers", "/hang", "its server was not ready after 400 ms"],
    ["sends us to another host", "/away", "answered with status 307"],
  ])("%s", async (_, path, words) => {
    const { home, launcher } = set();
    const { server } = await httpServer(home, { startup_timeout_ms: path === "/hang" ? 400 : 20_000 }, path);
    const end = await call(launcher, path === "" ? at(server, await nowhere()) : server, "allow");
    expect(end).toMatchObject({ outcome: "failed" });
    expect(["server_not_started", "bad_answer"]).toContain(end.code);
    expect(end.message).toContain(words);
  });

  it.each(["http://mcp.example.com/the-path", "http://127.0.0.1.example.com/the-path", "ftp://127.0.0.1/mcp"])(
    "would be reached through the open network: %s",
    async (url) => {
      const { home, launcher } = set();
      const { server } = await httpServer(home);
      const end = await call(launcher, at(server, url), "allow");
      expect(end.message).toContain(" is reached without encryption. Write https.");
      expect(end.message).not.toContain("the-path");
    },
  );

  it("is on this machine, by another of its addresses than the usual one: nothing is said against it", async () => {
    const { home, launcher } = set();
    const { server } = await httpServer(home);
    const end = await call(launcher, at(server, "http://127.0.0.2:9/mcp"), "allow");
    expect(end).toMatchObject({ outcome: "failed", code: "server_not_started" });
    expect(end.message).not.toContain("encryption");
  });
});

/** An address where nobody listens any more. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return `http://127.0.0.1:${port}/mcp`;
}

function at(server: McpServer, url: string): McpServer {
  return { ...server, transport: { kind: "http", url, headers: {}, env_headers: {} } };
}
