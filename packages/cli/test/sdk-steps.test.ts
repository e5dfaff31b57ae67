import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@xcodex/hooks-dispatcher";
import { afterAll, describe, expect, it } from "vitest";
import { configFor } from "../dist/ui/sdk-steps.js";
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
    expect(hooks.map(({ command }) => command)).toEqual([{ argv }]);
  });

  it("can be added once more for another SDK", async () => {
    const { hooks, problems } = await load(`${configFor(["a"])}\n\n${configFor(["b"])}\n`);
    expect(problems).toEqual([]);
    expect(hooks).toHaveLength(2);
  });

  it("is valid as a host, and says the truth about it: this version delivers nothing to hosts", async () => {
    const host = configFor(["python3", "log.py"])
      .split("\n")
      .slice(-3)
      .map((line) => line.replace(/^# /, ""));
    const { problems } = await load(host.join("\n"));
    expect(host[0]).toBe("[hooks.host]");
    // When this fails because hosts are delivered to, `configFor` has to say something else.
    expect(problems.map(({ code }) => code)).toEqual(["not_in_this_version"]);
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
