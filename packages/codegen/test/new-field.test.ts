import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
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
import { findLanguages } from "../src/manifest.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TSX = createRequire(import.meta.url).resolve("tsx/cli");
const LANGUAGES = findLanguages(ROOT);

/** The files of the repository as they would be committed. */
function tracked(...folders: readonly string[]): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ...folders];
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

describe("adding a field to one event", { timeout: 120_000 }, () => {
  const folders = ["packages/schema", "packages/codegen", ...LANGUAGES.map(({ path }) => path)];
  const files = tracked(...folders);
  let root: string;
  let said: string;
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "new-field-")));
    for (const path of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(join(ROOT, path), join(root, path));
    }
    for (const folder of folders) symlinkSync(join(ROOT, folder, "node_modules"), join(root, folder, "node_modules"));
    const event = join(root, "packages/schema/src/events/notification.ts");
    const field = `  /**\n   * How loud it is, from 0 to 10.\n   * @TJS-type integer\n   * @examples [3]\n   */\n  loudness_level?: number;\n`;
    writeFileSync(
      event,
      readFileSync(event, "utf8").replace(/(export interface NotificationEvent .*\{\n)/, `$1${field}`),
    );
    const run = spawnSync(process.execPath, [TSX, join(root, "packages/codegen/src/main.ts")], { encoding: "utf8" });
    said = run.stdout + run.stderr;
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const changed = (): string[] =>
    files.filter((path) => readFileSync(join(root, path), "utf8") !== readFileSync(join(ROOT, path), "utf8"));

  it("changes generated files of every language and no hand-written one", () => {
    const generated = LANGUAGES.flatMap(({ path, manifest }) =>
      (manifest.codegen?.generated ?? []).map((entry) => `${path}/${entry}`),
    );
    const isGenerated = (path: string): boolean =>
      /^packages\/schema\/(src\/)?generated\//.test(path) ||
      generated.some((entry) => path === entry || path.startsWith(`${entry}/`));
    const byHand = changed().filter((path) => !isGenerated(path));
    expect(byHand, said).toEqual(["packages/schema/src/events/notification.ts"]);
    for (const { path, manifest } of LANGUAGES.filter((language) => language.manifest.codegen)) {
      expect(
        changed().some((file) => file.startsWith(`${path}/`)),
        `${manifest.title}: ${said}`,
      ).toBe(true);
    }
  });

  it("puts the field and its sentence into every language", () => {
    for (const { path, manifest } of LANGUAGES.filter((language) => language.manifest.codegen)) {
      const text = changed()
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => readFileSync(join(root, file), "utf8"))
        .join("\n");
      expect(text.toLowerCase().replaceAll("_", ""), manifest.title).toContain("loudnesslevel");
      expect(text, manifest.title).toContain("How loud it is, from 0 to 10");
    }
  });
});
