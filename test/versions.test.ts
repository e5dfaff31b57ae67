import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CHANGESET = createRequire(import.meta.url).resolve("@changesets/cli/bin.js");

/** What the script says of the files of a repository; an empty text when all is well. */
function check(root: string): string {
  const script = join(root, "scripts/sync-versions.mjs");
  try {
    return execFileSync(process.execPath, [script, "--check"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

function manifests(root: string): { readonly name: string; readonly version: string }[] {
  return readdirSync(join(root, "packages"))
    .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
    .map((folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")));
}

describe("versions", () => {
  it("are one and the same in every package", () => {
    expect(new Set(manifests(ROOT).map(({ version }) => version)).size).toBe(1);
  });

  it("are the same in the manifests of every language", () => {
    expect(check(ROOT)).toBe("");
  });

  describe("after a release", { timeout: 60_000 }, () => {
    let root: string;
    beforeAll(() => {
      root = realpathSync(mkdtempSync(join(tmpdir(), "versions-")));
      for (const path of ["package.json", "pnpm-workspace.yaml", ".changeset", "scripts"]) {
        cpSync(join(ROOT, path), join(root, path), { recursive: true });
      }
      const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "packages"];
      const files = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\0");
      for (const path of files.filter((file) => file !== "" && existsSync(join(ROOT, file)))) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        cpSync(join(ROOT, path), join(root, path));
      }
      symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
      writeFileSync(join(root, ".changeset/new.md"), '---\n"@xcodex/hooks-schema": minor\n---\n\nA field.\n');
      execFileSync(process.execPath, [CHANGESET, "version"], { cwd: root, stdio: "ignore" });
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it("are still one and the same: what belongs together is released together", () => {
      const [before] = manifests(ROOT);
      const versions = new Set(manifests(root).map(({ version }) => version));
      expect(versions.size).toBe(1);
      expect([...versions]).not.toContain(before?.version);
    });

    it("are behind in the manifests of the other languages, which is seen, and brought into step", () => {
      expect(check(root)).toContain("sdk-rust/Cargo.toml");
      const said = execFileSync(process.execPath, [join(root, "scripts/sync-versions.mjs")], { encoding: "utf8" });
      for (const file of [
        "deno.json",
        "pyproject.toml",
        "sdk-rust/Cargo.toml",
        "pyo3/crate/Cargo.toml",
        "pyo3/crate/Cargo.lock",
        "pom.xml",
        "xcodex_hooks.gemspec",
        "template/hook/pom.xml",
      ]) {
        expect(said).toContain(file);
      }
      expect(check(root)).toBe("");
    });
  });
});
