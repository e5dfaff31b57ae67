import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@xcodex/hooks-dispatcher";
import { afterAll, describe, expect, it } from "vitest";
import { inHooks, loadSdks } from "../dist/sdks.js";
import { configFor } from "../dist/ui/sdk-steps.js";

const XCODEX = fileURLToPath(new URL("../bin/xcodex.mjs", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "sdks-"));
const hooks = join(home, "hooks");
afterAll(() => rmSync(home, { recursive: true, force: true }));

function xcodex(...args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const env = { ...process.env, CODEX_HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [XCODEX, "hooks", ...args], { encoding: "utf8", env });
  return { code: status, said: stdout + stderr };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const { sdks } = await loadSdks();

describe("the SDKs of this version", () => {
  it("are there for every language", () => {
    const ids = ["deno", "go", "java", "javascript", "python", "ruby", "rust", "typescript"];
    expect(sdks.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  it("have the other names that people type", () => {
    const aliases = { javascript: ["js", "node"], typescript: ["ts"], python: ["py"], rust: ["rs"] };
    for (const [id, names] of Object.entries({ ...aliases, go: ["golang"], ruby: ["rb"] })) {
      expect(sdks.find((sdk) => sdk.id === id)?.aliases, id).toEqual(expect.arrayContaining(names));
    }
  });

  it.each(sdks.map((sdk) => [sdk.id, sdk] as const))("%s has a configuration that works", async (_, { template }) => {
    const argv = inHooks(template.run, hooks);
    writeFileSync(join(home, "config.toml"), configFor(argv));
    const config = await loadConfig({ codexHome: home });
    rmSync(join(home, "config.toml"));
    expect(config.problems).toEqual([]);
    expect(config.hooks).toMatchObject([{ runner: "command", command: { argv } }]);
  });

  it("are installed, checked, edited and uninstalled, and only what was edited stays", () => {
    const installed = xcodex("install", "sdks", "all", "--yes");
    expect(installed, installed.said).toMatchObject({ code: 0 });
    const wanted = new Set(sdks.flatMap(({ files }) => files.map(({ to }) => join(hooks, to))));
    expect(filesBelow(hooks).sort()).toEqual([...wanted, join(hooks, ".installed.json")].sort());
    const checked = xcodex("install", "sdks", "all", "--check");
    expect(checked, checked.said).toMatchObject({ code: 0 });

    const edited = sdks[0]?.template.source ?? "";
    appendFileSync(join(hooks, edited), "\n");
    const text = readFileSync(join(hooks, edited), "utf8");
    const differing = xcodex("install", "sdks", "all", "--check");
    expect(differing.code).toBe(1);
    expect(differing.said).toContain(`edited  ${edited}\n`);

    const removed = xcodex("uninstall", "sdks", "all", "--yes");
    expect(removed, removed.said).toMatchObject({ code: 0 });
    expect(filesBelow(home)).toEqual([join(hooks, edited)]);
    expect(readFileSync(join(hooks, edited), "utf8")).toBe(text);
  });
});
