import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { EVENT, JSON_TEXT, line, runProcess, SDK, tempFolder } from "./support.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => Deno.readTextFileSync(`${ROOT}${path}`);
const manifest = JSON.parse(read("language.json"));
const [sdk] = manifest.sdks;

/** A project whose configuration says where the package is. */
function project(files: Record<string, string>, target = `file://${SDK}`): string {
  const folder = tempFolder();
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify({ imports: { "@xcodex/hooks": target } }));
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${folder}/${name}`, text);
  return folder;
}

async function check(folder: string, ...files: string[]): Promise<string> {
  const ended = await runProcess([Deno.execPath(), "check", "--quiet", ...files], "", { cwd: folder });
  return `${ended.code} ${ended.stderr}`;
}

Deno.test("authors may rely on the types, of the file that they get and of the package", async () => {
  const fixture = Deno.readTextFileSync(`${ROOT}../sdk-node/test/fixtures/consumer.ts`);
  const vendored = fixture.replace(`"@xcodex/hooks"`, JSON.stringify(`file://${SDK}`));
  assert.notEqual(vendored, fixture);
  assert.equal(await check(project({ "consumer.ts": vendored }), "consumer.ts"), "0 ");
  const source = fixture.replace(`"@xcodex/hooks"`, JSON.stringify(`file://${ROOT}src/mod.ts`));
  // In the workspace, where the other packages are found.
  const workspace = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  assert.equal(await check(project({ "consumer.ts": source }), `--config=${workspace}`, "consumer.ts"), "0 ");
});

Deno.test("a type that is wrong is noticed in this way", async () => {
  const wrong = `import { parseEvent } from "@xcodex/hooks";\nparseEvent("{}").session_id satisfies number;\n`;
  assert.match(await check(project({ "wrong.ts": wrong }), "wrong.ts"), /^1 TS1360/);
});

Deno.test("the file that users get needs no other", () => {
  const imported = [...read("dist/xcodex_hooks_deno.mjs").matchAll(/\b(?:from|import)\s*\(?\s*["'`]([^"'`]+)["'`]/g)];
  assert.deepEqual(
    imported.map(([, name]) => name),
    ["node:async_hooks"],
  );
  assert.doesNotMatch(read("dist/xcodex_hooks_deno.d.mts"), /\b(?:from|import)\s*\(?\s*["'`]/);
});

Deno.test("all three packages have one version, under both of their names", () => {
  for (const folder of ["schema", "sdk-core", "sdk-deno"]) {
    const version = (file: string) => JSON.parse(read(`../${folder}/${file}`)).version;
    assert.equal(version("deno.json"), version("package.json"), folder);
  }
});

/** What `xcodex hooks install sdks deno` makes. */
function install(): { home: string; argv: readonly string[]; folder: string } {
  const home = tempFolder();
  const hooks = `${home}/hooks`;
  for (const { from, to } of sdk.files) {
    Deno.mkdirSync(`${hooks}/${to}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.copyFileSync(`${ROOT}${from}`, `${hooks}/${to}`);
  }
  const argv = sdk.template.run.map((word: string) => word.replaceAll("{{hooks}}", hooks));
  return { home, argv: [Deno.execPath(), ...argv.slice(1)], folder: `${hooks}/templates/deno` };
}

Deno.test("the template says every event, as the hook of one and as a host", async () => {
  const { home, argv } = install();
  const finished = { ...EVENT, xcodex_event_type: "tool-call-finished", duration_ms: 12, new: 1 };
  const settings = { env: { CODEX_HOME: home }, cwd: tempFolder() };
  const one = await runProcess(argv, JSON_TEXT, settings);
  assert.deepEqual([one.code, one.stdout, one.stderr], [0, "", ""]);
  const host = await runProcess(argv, line(1, finished), {
    ...settings,
    env: { ...settings.env, XCODEX_HOOKS_REPLIES: "1" },
  });
  assert.deepEqual([host.code, host.stdout, host.stderr], [0, '{"seq":1}\n', "tool-call-finished: shell took 12 ms\n"]);
  const lines = Deno.readTextFileSync(`${home}/hooks.jsonl`)
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
  assert.equal((Deno.statSync(`${home}/hooks.jsonl`).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual(lines, [
    { ...EVENT, tool_alias: "Bash", extra: {} },
    { ...EVENT, xcodex_event_type: "tool-call-finished", duration_ms: 12, tool_alias: "Bash", extra: { new: 1 } },
  ]);
});

Deno.test("the template type-checks where it is installed, and with its example of blocking", async () => {
  const { folder } = install();
  const file = `${folder}/log_jsonl.ts`;
  assert.equal(await check(folder, "--no-config", file), "0 ");
  const text = Deno.readTextFileSync(file);
  const blocking = text
    .replace("// if (event", "if (event")
    .replace("{ type ReadEvent, run }", "{ block, type ReadEvent, run }");
  Deno.writeTextFileSync(file, blocking);
  assert.equal(await check(folder, "--no-config", file), "0 ");
  assert.match(blocking, /^ +if \(event\.tool_alias/m);
});

const blocks = [...read("README.md").matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, name, text = ""]) => ({ language, name, text }),
);
const programs = () => Object.fromEntries(blocks.flatMap(({ name, text }) => (name ? [[name, text]] : [])));

Deno.test("the README shows what its programs really say", async () => {
  const folder = project(programs());
  Deno.symlinkSync(Deno.execPath(), `${folder}/deno`);
  const consoles = blocks.filter(({ language }) => language === "console");
  assert.ok(consoles.length > 2);
  for (const { text } of consoles) {
    const lines = text.split("\n");
    const commands = lines.filter((said) => said.startsWith("$ ")).map((said) => said.slice(2));
    const shown = lines.filter((said) => !said.startsWith("$ ")).join("\n");
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const ended = await runProcess(["sh", "-c", `exec 2>&1\n${commands.join("\n")}`], "", { cwd: folder, env });
    assert.equal(ended.stdout, shown);
  }
});

Deno.test("the README shows programs that the compiler has nothing to say against", async () => {
  const files = programs();
  const names = Object.keys(files).filter((name) => name.endsWith(".ts"));
  assert.ok(names.length > 2);
  assert.equal(await check(project(files), ...names), "0 ");
});

Deno.test("the README speaks of everything that the package exports as a value", async () => {
  const readme = read("README.md");
  for (const name of Object.keys(await import("../src/mod.ts"))) assert.ok(readme.includes(`\`${name}`), name);
});
