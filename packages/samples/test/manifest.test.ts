import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "@xcodex/hooks-dispatcher";
import { CATALOGUE } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { EXTERNAL, installSamples, SAMPLES } from "./support/install.ts";

type Config = Awaited<ReturnType<typeof loadConfig>>;

/** A configuration with the samples' folder put in, read as the dispatcher reads it. */
async function load(template: string): Promise<{ config: Config; home: string }> {
  const home = installSamples();
  const folder = JSON.stringify(join(home, "hooks")).slice(1, -1);
  writeFileSync(join(home, "config.toml"), template.replaceAll("{{hooks}}", folder));
  return { config: await loadConfig({ codexHome: home }), home };
}

function argvs(config: Config): string[][] {
  return config.hooks.map(({ command }) => ("argv" in command ? [...command.argv] : []));
}

function demoConfig(): string {
  return readFileSync(join(SAMPLES, "external", "demo-config.toml"), "utf8");
}

describe("the files of the set", () => {
  it("are all there, under one name each", () => {
    for (const { from } of EXTERNAL.files) expect(existsSync(join(SAMPLES, from)), from).toBe(true);
    const targets = EXTERNAL.files.map(({ to }) => to);
    expect(new Set(targets).size).toBe(targets.length);
    for (const target of targets) expect(target).toMatch(/^(xcodex_hooks\/)?([a-z]+\/)?[a-z_]+\.(py|mjs|typed)$/);
  });

  it("are all that there is in the folder of samples", () => {
    const inFolder = readdirSync(join(SAMPLES, "external"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(py|mjs)$/.test(file))
      .map((file) => join("external", file));
    const listed = EXTERNAL.files.map(({ from }) => from).filter((from) => from.startsWith("external"));
    expect([...listed].sort()).toEqual(inFolder.sort());
  });

  it("are executable when they are hooks, and begin with the program to run them", () => {
    const home = installSamples();
    for (const { to, executable } of EXTERNAL.files) {
      const text = readFileSync(join(home, "hooks", to), "utf8");
      expect(text.startsWith("#!/usr/bin/env "), to).toBe(executable);
      expect(statSync(join(home, "hooks", to)).mode & 0o777).toBe(executable ? 0o755 : 0o644);
    }
  });

  it("have every hook in both languages", () => {
    const hooks = EXTERNAL.files.filter(({ executable }) => executable).map(({ to }) => to);
    for (const hook of hooks) {
      const [name, ending] = hook.split(".");
      expect(hooks).toContain(`${name}.${ending === "py" ? "mjs" : "py"}`);
    }
  });

  it("are the built SDKs and nothing older", () => {
    const built = readFileSync(join(SAMPLES, "..", "sdk-node", "dist", "index.mjs"), "utf8");
    expect(readFileSync(join(SAMPLES, "dist", "xcodex_hooks.mjs"), "utf8")).toBe(built);
    const python = EXTERNAL.files.filter(({ to }) => to.startsWith("xcodex_hooks/"));
    for (const { from, to } of python) {
      const source = readFileSync(join(SAMPLES, "..", "sdk-python", to), "utf8");
      expect(readFileSync(join(SAMPLES, from), "utf8"), to).toBe(source);
    }
  });

  it("have the whole Python SDK with them", () => {
    const { sdks } = JSON.parse(readFileSync(join(SAMPLES, "..", "sdk-python", "language.json"), "utf8")) as {
      sdks: { files: { to: string }[] }[];
    };
    const installed = sdks
      .flatMap(({ files }) => files.map(({ to }) => to))
      .filter((to) => to.startsWith("xcodex_hooks/"));
    expect(installed.length).toBeGreaterThan(3);
    expect(EXTERNAL.files.map(({ to }) => to)).toEqual(expect.arrayContaining(installed));
  });
});

describe("the snippet", () => {
  it("configures the log and the summary, and nothing is wrong with it", async () => {
    const { config, home } = await load(EXTERNAL.snippet);
    expect(config.problems).toEqual([]);
    expect(config.hooks.map(({ key, timeout_ms }) => [key, timeout_ms])).toEqual([
      ["agent_turn_complete", 30_000],
      ["tool_call_finished", 10_000],
    ]);
    expect(argvs(config)).toEqual([
      ["python3", join(home, "hooks", "log_all_jsonl.py")],
      ["python3", join(home, "hooks", "tool_call_summary.py")],
    ]);
  });

  it("works with everything in it uncommented as well", async () => {
    const { config } = await load(EXTERNAL.snippet.replace(/^# (?=\[|matcher| )/gm, ""));
    expect(config.problems).toEqual([]);
    expect(config.hooks.map(({ key, mode }) => `${key} ${mode}`)).toEqual([
      "agent_turn_complete async",
      "tool_call_finished async",
      "approval_requested async",
      "PreToolUse sync",
      "user_prompt_submit async",
    ]);
    for (const [, file = ""] of argvs(config)) expect(existsSync(file), file).toBe(true);
  });
});

describe("the configuration of the demo", () => {
  it("has a hook on every event, and nothing is wrong with it", async () => {
    const { config } = await load(demoConfig());
    expect(config.problems).toEqual([]);
    const types = new Set(config.hooks.map((hook) => hook.event_type));
    expect([...types].sort()).toEqual([...CATALOGUE.map(({ type }) => type), "BeforeToolSelection"].sort());
  });

  it("runs every sample in both languages", async () => {
    const { config, home } = await load(demoConfig());
    const hooks = EXTERNAL.files.filter(({ executable }) => executable).map(({ to }) => join(home, "hooks", to));
    expect([...new Set(argvs(config).map(([, file]) => file))].sort()).toEqual(hooks.sort());
  });
});

describe("the configuration of every story", () => {
  const stories = EXTERNAL.files
    .filter(({ to }) => /^(log_all|tool_call|approval|guard).*\.py$/.test(to))
    .map(({ from }) => join(SAMPLES, from, "..", "story.json"));

  it.each(stories)("%s", async (file) => {
    const { argv, config } = JSON.parse(readFileSync(file, "utf8")) as {
      argv: Record<string, string[]>;
      config: string[];
    };
    for (const words of Object.values(argv)) {
      const loaded = await load(config.join("\n").replaceAll("{{argv}}", JSON.stringify(words)));
      expect(loaded.config.problems).toEqual([]);
      expect(argvs(loaded.config)).toEqual([
        words.map((word) => word.replace("{{hooks}}", join(loaded.home, "hooks"))),
      ]);
    }
  });
});
