import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EVENT, line } from "./support/hook.ts";
import { runProcess } from "./support/process.ts";
import { tempFolder } from "./support/temp.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const TSC = join(require.resolve("typescript/package.json"), "../bin/tsc");
const NODE_TYPES = dirname(dirname(require.resolve("@types/node/package.json")));

interface Sdk {
  readonly id: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly template: { readonly source: string; readonly run: readonly string[] };
}
const { sdks } = JSON.parse(readFileSync(join(PACKAGE, "language.json"), "utf8")) as { readonly sdks: readonly Sdk[] };

/** What `xcodex hooks install sdks <id>` makes; the compiler and Node's types are there as after `npm install`. */
function install(id: string): { home: string; hooks: string; folder: string; run: readonly string[] } {
  const sdk = sdks.find((one) => one.id === id);
  if (!sdk) throw new Error(`no such SDK: ${id}`);
  const home = tempFolder("vendored");
  const hooks = join(home, "hooks");
  for (const { from, to } of sdk.files) {
    mkdirSync(dirname(join(hooks, to)), { recursive: true });
    cpSync(join(PACKAGE, from), join(hooks, to));
  }
  const folder = dirname(join(hooks, sdk.template.source));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(NODE_TYPES, join(folder, "node_modules", "@types"));
  return { home, hooks, folder, run: sdk.template.run.map((word) => word.replaceAll("{{hooks}}", hooks)) };
}

function compile(folder: string, ...options: readonly string[]): ReturnType<typeof runProcess> {
  return runProcess([process.execPath, TSC, "-p", folder, "--skipLibCheck", "false", ...options], "");
}

/** The example of blocking, as its reader would switch it on. */
function withBlocking(file: string): void {
  const text = readFileSync(file, "utf8");
  const blocking = text.replace("// if (event", "if (event").replace("run }", "run, block }");
  expect(blocking).toMatch(/^ +if \(event\.tool_alias/m);
  expect(blocking).toContain("run, block }");
  writeFileSync(file, blocking);
}

const RESOLUTIONS = [
  ["NodeNext", "NodeNext"],
  ["ESNext", "Bundler"],
] as const;

describe("the template in JavaScript", () => {
  it.each(RESOLUTIONS)("passes checkJs with module %s and resolution %s", async (module, moduleResolution) => {
    const { folder } = install("javascript");
    withBlocking(join(folder, "log_jsonl.mjs"));
    const compilerOptions = {
      ...{ module, moduleResolution, target: "ES2022", lib: ["ES2022"], types: ["node"], strict: true },
      ...{ allowJs: true, checkJs: true, noEmit: true },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mjs"] }));
    expect(await compile(folder)).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("the template in TypeScript", () => {
  it.each(RESOLUTIONS)("compiles with module %s and resolution %s", async (module, moduleResolution) => {
    const { folder } = install("typescript");
    withBlocking(join(folder, "log_jsonl.mts"));
    const ended = await compile(folder, "--module", module, "--moduleResolution", moduleResolution);
    expect(ended).toMatchObject({ code: 0, stdout: "" });
  });

  it("is refused when a type is wrong: the types are really found", async () => {
    const { folder } = install("typescript");
    writeFileSync(
      join(folder, "wrong.mts"),
      `import { parseEvent } from "../../xcodex_hooks.mjs";\nparseEvent("{}").session_id satisfies number;\n`,
    );
    expect((await compile(folder)).stdout).toContain("TS1360");
  });

  it("asks for a compiler and for Node's types, and for nothing that the hook needs when it runs", () => {
    const manifest = JSON.parse(readFileSync(join(PACKAGE, "template/ts/package.json"), "utf8"));
    expect(Object.keys(manifest.devDependencies)).toEqual(["@types/node", "typescript"]);
    expect(manifest.dependencies).toBeUndefined();
  });
});

describe.each(["javascript", "typescript"])("the template in %s", (id) => {
  it("says every event, as the hook of one and as a host", async () => {
    const { home, folder, run } = install(id);
    if (id === "typescript") expect(await compile(folder)).toMatchObject({ code: 0, stdout: "" });
    const finished = { ...EVENT, xcodex_event_type: "tool-call-finished", duration_ms: 12, new: 1 };
    const argv = [process.execPath, ...run.slice(1)];
    const one = await runProcess(argv, JSON.stringify(EVENT), { env: { CODEX_HOME: home } });
    expect(one).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const host = await runProcess(argv, line(1, finished), { env: { CODEX_HOME: home, XCODEX_HOOKS_REPLIES: "1" } });
    const said = "tool-call-finished: shell took 12 ms\n";
    expect(host).toMatchObject({ code: 0, stdout: '{"seq":1}\n', stderr: said });
    const log = join(home, "hooks.jsonl");
    expect(statSync(log).mode & 0o777).toBe(0o600);
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual([
      { ...EVENT, tool_alias: "Bash", extra: {} },
      { ...EVENT, xcodex_event_type: "tool-call-finished", duration_ms: 12, tool_alias: "Bash", extra: { new: 1 } },
    ]);
  });
});
