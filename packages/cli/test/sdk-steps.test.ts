import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@xcodex/hooks-dispatcher";
import { afterAll, describe, expect, it } from "vitest";
import { configFor, hostConfigFor } from "../dist/ui/sdk-steps.js";
import { shellLine } from "../dist/ui/shell.js";

const home = mkdtempSync(join(tmpdir(), "sdk-steps-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const load = (toml: string): ReturnType<typeof loadConfig> => {
  writeFileSync(join(home, "config.toml"), toml);
  return loadConfig({ codexHome: home });
};

describe("the configuration that is printed", () => {
  it.each([
    [["python3", "/home/dev/.codex/hooks/log.py"]],
    [["java", "-cp", "/home/a b/.codex/hooks/x:y", "Log"]],
    [['/tmp/"quoted"/\\back\\/ü/\u007f', "$HOME", "'", "#"]],
  ])("runs exactly %j", async (argv) => {
    const { hooks, problems } = await load(configFor(argv));
    expect(problems).toEqual([]);
    expect(hooks).toMatchObject([{ runner: "command", command: { argv } }]);
  });

  it("can be added once more for another SDK", async () => {
    const { hooks, problems } = await load(`${configFor(["a"])}\n\n${configFor(["b"])}\n`);
    expect(problems).toEqual([]);
    expect(hooks).toHaveLength(2);
  });

  it("runs the same program as a host", async () => {
    const { hooks, problems } = await load(hostConfigFor(["python3", "log.py"]));
    expect(problems).toEqual([]);
    expect(hooks).toMatchObject([{ runner: "host", event_type: "*", host: { argv: ["python3", "log.py"] } }]);
  });

  it("can be used in both ways at once", async () => {
    const { hooks, problems } = await load(`${configFor(["a"])}\n\n${hostConfigFor(["a"])}\n`);
    expect(problems).toEqual([]);
    expect(hooks.map(({ runner }) => runner).sort()).toEqual(["command", "host"]);
  });
});

describe("commands for a shell", () => {
  it.each([
    [["go", "build", "-C", "/a/b", "."], "go build -C /a/b ."],
    [["make", "OUT=a b", "it's", "$x", ""], "make 'OUT=a b' 'it'\\''s' '$x' ''"],
  ])("%j", (argv, line) => {
    expect(shellLine(argv)).toBe(line);
  });
});
