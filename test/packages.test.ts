import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProcess } from "./support/process.ts";
import { addonPython, pyo3Addon } from "./support/pyo3-addon.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { packageManager: string };

/** What is compiled for one package is of use for another build of the same sources. */
const TARGET = join(ROOT, "node_modules/.cache/packages-build");

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Record<string, unknown>;
}

const PACKAGES = readdirSync(join(ROOT, "packages"))
  .map((folder) => join(ROOT, "packages", folder))
  .filter((folder) => readdirSync(folder).includes("package.json"))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ folder, manifest }) => ({ folder, manifest, name: manifest.name }));

/** Whether a package has types: something beside its manifest is exported as code. */
function hasTypes({ manifest }: (typeof PACKAGES)[number]): boolean {
  return Object.values(manifest.exports ?? {}).some((target) => typeof target === "object");
}

/** Whether this machine can build the addon for Python; in CI it has to. */
const addon = await pyo3Addon();

/** Packages as their users get them: packed, and installed from the tarballs into a folder that has nothing else. */
describe("the npm packages", { timeout: 180_000 }, () => {
  let folder: string;
  const tarballs = new Map<string, string>();
  const run = (program: string, args: readonly string[], env: Record<string, string> = {}): string => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      ...{ cwd: join(folder, "user"), encoding: "utf8" },
      env: { ...process.env, CODEX_HOME: join(folder, "home"), XCODEX_HOOKS_DEPTH: "", ...env },
    });
    expect(status, `${program} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "packages-")));
    for (const name of ["user", "home", "tarballs"]) mkdirSync(join(folder, name));
    for (const { folder: from, name } of PACKAGES) {
      const args = ["-y", packageManager, "pack", "--json", "--pack-destination", join(folder, "tarballs")];
      const { filename } = JSON.parse(execFileSync("npx", args, { cwd: from, encoding: "utf8" })) as {
        filename: string;
      };
      tarballs.set(name, filename);
    }
    writeFileSync(join(folder, "user/package.json"), '{ "private": true, "type": "module" }\n');
    run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs.values()]);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(PACKAGES)("$name is one that publint has nothing to say against", ({ name }) => {
    run(join(ROOT, "node_modules/.bin/publint"), [tarballs.get(name) ?? "", "--strict"]);
  });

  it.each(PACKAGES.filter(hasTypes))("$name has types that are right wherever it can be imported", ({ name }) => {
    run(join(ROOT, "node_modules/.bin/attw"), [tarballs.get(name) ?? "", "--profile", "esm-only"]);
  });

  it.each(PACKAGES)("$name names no file, folder or version of this workspace", ({ name }) => {
    const manifest = readFileSync(join(folder, "user/node_modules", name, "package.json"), "utf8");
    expect(manifest).not.toMatch(/workspace:|catalog:/);
    expect(manifest).not.toContain(ROOT);
  });

  it("run: npx xcodex hooks list", () => {
    expect(run("npx", ["xcodex", "hooks", "list"])).toContain(join(folder, "home"));
  });

  it("bring the SDKs along: npx xcodex hooks install sdks javascript", () => {
    run("npx", ["xcodex", "hooks", "install", "sdks", "javascript", "--yes"]);
    const template = join(folder, "home/hooks/templates/js/log_jsonl.mjs");
    const event = '{"hook_event_name":"SessionStart","session_id":"s","cwd":"/"}';
    const { status, stderr } = spawnSync(process.execPath, [template], {
      ...{ input: event, encoding: "utf8", env: { ...process.env, CODEX_HOME: join(folder, "home") } },
    });
    expect(status, stderr).toBe(0);
    const [line = ""] = readFileSync(join(folder, "home/hooks.jsonl"), "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject({ xcodex_event_type: "session-start", session_id: "s" });
  });

  it("run: a hook that imports @xcodex/hooks", () => {
    writeFileSync(
      join(folder, "user/hook.mjs"),
      'import { run } from "@xcodex/hooks";\nrun((event) => console.error(event.xcodex_event_type));\n',
    );
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "user/hook.mjs")], {
      ...{ input: '{"hook_event_name":"Stop","session_id":"s","cwd":"/"}', encoding: "utf8" },
    });
    expect([status, stderr]).toEqual([0, "agent-turn-complete\n"]);
  });

  it("run: a dispatcher in somebody else's agent", () => {
    const agent = `import { createDispatcher } from "@xcodex/hooks-dispatcher";
      const hooks = await createDispatcher({ agent: { name: "mine" } });
      const { action } = await hooks.dispatch({ xcodex_event_type: "session-start", session_id: "s", cwd: "/" });
      console.log(action);
      await hooks.close();`;
    writeFileSync(join(folder, "user/agent.mjs"), agent);
    expect(run(process.execPath, [join(folder, "user/agent.mjs")])).toBe("continue\n");
  });

  it("run: a webhook and a tool of hooks.toml, from the command line and in somebody else's agent", async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end('{"decision":"block","reason":"not today"}');
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const home = join(folder, "gates home");
    mkdirSync(home, { mode: 0o700 });
    const { port } = server.address() as AddressInfo;
    const exec = (...lines: string[]): string => ["[[hooks.exec]]", 'event = "exec.before"', ...lines, ""].join("\n");
    writeFileSync(join(home, "config.json"), '{ "hooks": { "enabled": true } }\n');
    writeFileSync(join(home, "config.toml"), '[mcp_servers.gone]\ncommand = "no-such-mcp-server"\n');
    const url = `url = "http://127.0.0.1:${port}/"`;
    const tool = exec('type = "mcp_tool"', 'server = "gone"', 'tool = "scan"');
    writeFileSync(join(home, "hooks.toml"), exec('type = "webhook"', url, 'mode = "sync"') + tool);
    const agent = `import { createDispatcher } from "@xcodex/hooks-dispatcher";
      const hooks = await createDispatcher();
      const event = { xcodex_event_type: "tool-call-started", session_id: "s", cwd: "/", tool_name: "Bash" };
      console.log((await hooks.dispatch(event)).reason);
      await hooks.close();`;
    writeFileSync(join(folder, "user/gated.mjs"), agent);
    const options = { cwd: join(folder, "user"), env: { CODEX_HOME: home, XCODEX_HOOKS_DEPTH: "" } };
    const event = '{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","tool_name":"Bash"}';
    const emitted = await runProcess(["npx", "xcodex", "hooks", "emit"], event, options);
    const gated = await runProcess([process.execPath, join(folder, "user/gated.mjs")], "", options);
    server.close();
    expect(emitted).toMatchObject({ code: 2 });
    expect(emitted.stderr).toContain("not today");
    expect(gated).toMatchObject({ code: 0, stdout: "not today\n" });
    const lines = readFileSync(join(home, "tmp/hooks/runs.jsonl"), "utf8").trimEnd().split("\n");
    const ends = lines.map((line) => JSON.parse(line) as { outcome: string; code?: string });
    const said = ends.map(({ outcome, code = "" }) => `${outcome} ${code}`.trim()).sort();
    const twice = <T>(each: T): readonly T[] => [each, each];
    expect(said).toEqual([...twice("blocked"), ...twice("failed server_not_started")]);
  });

  describe("follow the quickstarts of the three modes as they are written", () => {
    const name = (sentence: string): string =>
      "skipped" in addon ? `${sentence} (skipped: ${addon.skipped})` : sentence;
    let home: string;
    const xcodex = (words: string): string => {
      const [program = "", ...args] = words.split(" ");
      const { status, stdout, stderr } = spawnSync("npx", [program, ...args], {
        ...{ cwd: join(folder, "user"), encoding: "utf8" },
        env: { ...process.env, CODEX_HOME: home, XCODEX_HOOKS_DEPTH: "", CARGO_TARGET_DIR: TARGET },
      });
      expect(status, `${words}\n${stdout}${stderr}`).toBe(0);
      return stdout;
    };

    beforeAll(() => {
      home = join(folder, "quickstart home");
      mkdirSync(home, { mode: 0o700 });
    });

    it("install and test, with nothing configured", () => {
      expect(xcodex("xcodex hooks init")).toContain("3. pyo3");
      expect(xcodex("xcodex hooks list")).toContain("Configured events: 0");
      expect(xcodex("xcodex hooks paths")).toContain(home);
      expect(xcodex("xcodex hooks install sdks list")).toContain("python");
      expect(xcodex("xcodex hooks install samples list")).toContain("python-host");
      for (const mode of ["external", "python-host", "pyo3"]) {
        expect(xcodex(`xcodex hooks test ${mode} --configured-only`)).toContain("skipping (configured-only)");
      }
    });

    it.skipIf("skipped" in addon)(name("external hooks and the Python host"), () => {
      xcodex("xcodex hooks init external --edit-config --yes");
      expect(xcodex("xcodex hooks test external --configured-only")).toContain("exit=0");
      xcodex("xcodex hooks init python-host --edit-config --yes");
      expect(xcodex("xcodex hooks doctor python-host")).toContain("host.py");
      expect(xcodex("xcodex hooks test python-host")).toContain("exit=0");
      expect(readFileSync(join(home, "hooks-host-tool-calls.log"), "utf8")).toContain("type=tool-call-finished");
    });

    it.skipIf("skipped" in addon)(name("Python in process"), { timeout: 900_000 }, async () => {
      expect(xcodex("xcodex hooks doctor pyo3")).toContain("xcodex hooks build pyo3");
      const { executable } = await addonPython();
      const pin = "31aadee0612bd56d81e22b3973fbdd44d4b5729f";
      xcodex(`xcodex hooks build pyo3 --yes --python ${executable} --ref ${pin}`);
      expect(xcodex("xcodex hooks install samples pyo3 --yes")).toContain('script_path = "hooks/pyo3_hook.py"');
      xcodex("xcodex hooks init pyo3 --edit-config --yes");
      expect(xcodex("xcodex hooks test pyo3 --configured-only")).toContain("only the configuration was checked");
      expect(xcodex("xcodex hooks doctor pyo3")).toContain("0 failed");
      const launched = (...args: string[]): string => {
        const { status, stdout, stderr } = spawnSync(join(home, "bin", "xcodex-pyo3"), ["hooks", ...args], {
          ...{ encoding: "utf8", env: { ...process.env, CODEX_HOME: home, XCODEX_HOOKS_DEPTH: "" } },
        });
        expect(status, stdout + stderr).toBe(0);
        return stdout;
      };
      expect(launched("test", "pyo3")).toContain("Called for 16 events.");
      const logged = (): string[] => readFileSync(join(home, "hooks-pyo3.jsonl"), "utf8").trimEnd().split("\n");
      expect(JSON.parse(logged()[0] ?? "")).toMatchObject({ xcodex_event_type: "session-start" });
      // What real agents sent, through every hook that the quickstarts have set up.
      let real = 0;
      for (const agent of ["codex", "claude-code", "gemini"]) {
        const capture = join(ROOT, "conformance", "captures", `${agent}.jsonl`);
        real += readFileSync(capture, "utf8").trimEnd().split("\n").length;
        expect(launched("replay", capture)).toContain("0 failed");
      }
      expect(logged()).toHaveLength(16 + real);
    });
  });
});
