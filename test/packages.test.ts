import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { packageManager: string };

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
});
