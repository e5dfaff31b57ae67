import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loadConfig } from "@xcodex/hooks-dispatcher";
import { CATALOGUE } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { EXTERNAL, installSamples, SAMPLES, SETS } from "./support/install.ts";

type Config = Awaited<ReturnType<typeof loadConfig>>;

/** A configuration with the samples' folder put in, read as the dispatcher reads it. */
async function load(template: string): Promise<{ config: Config; home: string }> {
  const home = installSamples();
  const folder = JSON.stringify(join(home, "hooks")).slice(1, -1);
  writeFileSync(join(home, "config.toml"), template.replaceAll("{{hooks}}", folder));
  return { config: await loadConfig({ codexHome: home }), home };
}

function argvs(config: Config): string[][] {
  return config.hooks.map((hook) =>
    hook.runner === "command" && "argv" in hook.command ? [...hook.command.argv] : [],
  );
}

function demoConfig(): string {
  return readFileSync(join(SAMPLES, "external", "demo-config.toml"), "utf8");
}

const PYTHON_SDK = join(SAMPLES, "..", "sdk-python");

describe.each(Object.keys(SETS) as (keyof typeof SETS)[])("the files of the set %s", (name) => {
  const set = SETS[name];

  it("are all there, under one name each", () => {
    for (const { from } of set.files) expect(existsSync(join(SAMPLES, from)), from).toBe(true);
    const targets = set.files.map(({ to }) => to);
    expect(new Set(targets).size).toBe(targets.length);
    for (const target of targets) {
      expect(target).toMatch(/^([a-z_-]+\/){0,3}([a-z_0-9-]+\.(py|mjs|js|sh|typed|toml)|README\.md)$/);
    }
  });

  it("are all that there is in the folder of the set", () => {
    // Seed 003 has them in the root of the repository; the build brings them here.
    const [source, folder] = name === "hooks-toml" ? ["../../examples", "dist/examples"] : [name, name];
    const inFolder = readdirSync(join(SAMPLES, source), { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.endsWith("__pycache__"))
      .map((entry) => join(folder, relative(join(SAMPLES, source), join(entry.parentPath, entry.name))))
      .filter((file) => name === "hooks-toml" || /\.(py|mjs)$/.test(file));
    const listed = set.files.map(({ from }) => from).filter((from) => from.startsWith(`${folder}/`));
    expect([...listed].sort()).toEqual(inFolder.sort());
  });

  it("are executable when they are programs, and begin with the program to run them", () => {
    const home = installSamples(name);
    for (const { to, executable } of set.files) {
      const text = readFileSync(join(home, "hooks", to), "utf8");
      expect(text.startsWith("#!/usr/bin/env "), to).toBe(executable);
      expect(statSync(join(home, "hooks", to)).mode & 0o777).toBe(executable ? 0o755 : 0o644);
    }
  });

  it("are shipped with the package", () => {
    const { files } = JSON.parse(readFileSync(join(SAMPLES, "package.json"), "utf8")) as { files: string[] };
    for (const { from } of set.files) expect(files).toContain(from.split("/")[0]);
  });

  // What hooks.toml names takes everything from its environment, and reads no event.
  const readsEvents = name !== "hooks-toml";
  it(readsEvents ? "have the whole Python SDK with them, as it is built" : "have no SDK with them", () => {
    const { sdks } = JSON.parse(readFileSync(join(PYTHON_SDK, "language.json"), "utf8")) as {
      sdks: { files: { to: string }[] }[];
    };
    const installed = sdks
      .flatMap(({ files }) => files.map(({ to }) => to))
      .filter((to) => to.startsWith("xcodex_hooks/"));
    expect(installed.length).toBeGreaterThan(3);
    const python = set.files.filter(({ to }) => to.startsWith("xcodex_hooks/"));
    expect(python.map(({ to }) => to).sort()).toEqual(readsEvents ? installed.sort() : []);
    for (const { from, to } of python) {
      expect(readFileSync(join(SAMPLES, from), "utf8"), to).toBe(readFileSync(join(PYTHON_SDK, to), "utf8"));
    }
  });
});

describe("all sets together", () => {
  it("have one file under each name, so that they can be installed beside one another", () => {
    const sources = new Map<string, string>();
    for (const { from, to } of Object.values(SETS).flatMap(({ files }) => files)) {
      expect(sources.get(to) ?? from, to).toBe(from);
      sources.set(to, from);
    }
  });
});

describe("the files of the set external", () => {
  it("have every hook in both languages", () => {
    const hooks = EXTERNAL.files.filter(({ executable }) => executable).map(({ to }) => to);
    for (const hook of hooks) {
      const [name, ending] = hook.split(".");
      expect(hooks).toContain(`${name}.${ending === "py" ? "mjs" : "py"}`);
    }
  });

  it("have the built Node SDK with them", () => {
    const built = readFileSync(join(SAMPLES, "..", "sdk-node", "dist", "index.mjs"), "utf8");
    expect(readFileSync(join(SAMPLES, "dist", "xcodex_hooks.mjs"), "utf8")).toBe(built);
  });
});

describe("the snippets of the sets with Python that stays loaded", () => {
  // Seed 001, literally: what users know is what they get.
  it("is for python-host what the documentation says", () => {
    expect(SETS["python-host"].snippet).toBe(
      `[hooks.host]
enabled = true
command = ["python3", "-u", "hooks/host/python/host.py", "hooks/host/python/example_hook.py"]
`,
    );
  });

  it("is for pyo3 what the documentation says", () => {
    expect(SETS.pyo3.snippet).toBe(
      `[hooks]
enable_unsafe_inproc = true
inproc = ["pyo3"]

[hooks.pyo3]
script_path = "hooks/pyo3_hook.py"
callable = "on_event"
`,
    );
  });

  it.each([
    ["python-host", "host"],
    ["pyo3", "pyo3"],
  ] as const)("is for %s understood, and names files that are installed", async (name, runner) => {
    const home = installSamples(name);
    writeFileSync(join(home, "config.toml"), SETS[name].snippet);
    const config = await loadConfig({ codexHome: home });
    expect(config.problems).toEqual([]);
    expect([...new Set(config.hooks.map((hook) => hook.runner))]).toEqual([runner]);
    const named = SETS[name].snippet.match(/(?<=")hooks\/[^"]+(?=")/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    for (const file of named) expect(existsSync(join(home, file)), file).toBe(true);
  });
});

describe("the snippet of the set external", () => {
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

describe("the snippet of the set hooks-toml", () => {
  it("is what seed 003 says, for the place where the file is installed", () => {
    const { snippet, snippet_file } = SETS["hooks-toml"];
    expect(snippet_file).toBe("config.json");
    const { hooks } = JSON.parse(snippet) as { hooks: { configPath: string } };
    expect(hooks).toEqual({ enabled: true, configPath: "./hooks/hooks.toml" });
    expect(existsSync(join(installSamples("hooks-toml"), hooks.configPath))).toBe(true);
  });

  it("belongs to files that are as executable in the repository as they are installed", () => {
    for (const { from, executable } of SETS["hooks-toml"].files) {
      const source = join(SAMPLES, from.replace("dist/", "../../"));
      expect((statSync(source).mode & 0o111) !== 0, from).toBe(executable);
      expect(readFileSync(source, "utf8"), from).toBe(readFileSync(join(SAMPLES, from), "utf8"));
    }
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
    .filter(({ to, executable }) => executable && to.endsWith(".py"))
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
