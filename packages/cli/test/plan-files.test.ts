import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInstalled } from "../dist/installed.js";
import { applyFiles, changesAnything, type FilePlan, type FileSet, planFiles } from "../dist/plan-files.js";
import { applyRemoval, planRemoval } from "../dist/plan-removal.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plan-files-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const hooks = (): string => join(root, "hooks");

function put(path: string, content: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  return join(root, path);
}

/** A set whose files hold these texts. */
function set(name: string, version: string, files: Readonly<Record<string, string>>): FileSet {
  const copied = Object.entries(files).map(([to, text]) => {
    return { source: put(`sources/${name}/${version}/${to}`, text), to, executable: false };
  });
  return { name, version, files: copied };
}

async function plan(sets: readonly FileSet[], force = false): Promise<FilePlan> {
  return planFiles(sets, hooks(), await readInstalled(hooks()), force);
}

async function install(...sets: readonly FileSet[]): Promise<void> {
  await applyFiles(await plan(sets));
}

const actions = ({ files }: FilePlan): string[] => files.map(({ action, to, state }) => `${action} ${to} ${state}`);

describe("a plan", () => {
  const v1 = { "a.py": "1", "lib/b.py": "1" };
  const v2 = { "a.py": "2", "lib/b.py": "1" };

  it("creates, then has nothing to do", async () => {
    const one = set("sdks/x", "0.1.0", v1);
    expect(actions(await plan([one]))).toEqual(["create a.py missing", "create lib/b.py missing"]);
    await install(one);
    expect(changesAnything(await plan([one]))).toBe(false);
  });

  it("may be carried out twice at the same time", async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`lib/${at}/a.py`, String(at)]));
    const one = set("sdks/x", "0.1.0", files);
    for (let round = 0; round < 10; round++) {
      const plans = [await plan([one]), await plan([one])];
      await Promise.all(plans.map(applyFiles));
      expect(changesAnything(await plan([one]))).toBe(false);
      rmSync(hooks(), { recursive: true });
    }
  });

  it("that was carried out by another at the same time, removals too, is as good", async () => {
    await install(set("sdks/x", "0.1.0", { ...v1, "old.py": "1" }));
    const two = set("sdks/x", "0.2.0", v2);
    const plans = [await plan([two]), await plan([two])];
    for (const each of plans) await applyFiles(each);
    expect(actions(await plan([two]))).toEqual(["skip a.py same", "skip lib/b.py same"]);
  });

  it("tells what we wrote from what the user wrote", async () => {
    await install(set("sdks/x", "0.1.0", v1));
    const two = set("sdks/x", "0.2.0", v2);
    expect(actions(await plan([two]))).toEqual(["overwrite a.py outdated", "skip lib/b.py same"]);
    put("hooks/a.py", "mine");
    expect(actions(await plan([two]))).toEqual(["skip a.py edited", "skip lib/b.py same"]);
    expect(actions(await plan([two], true))).toEqual(["overwrite a.py edited", "skip lib/b.py same"]);
  });

  it("knows an edited file again after an update that kept it", async () => {
    await install(set("sdks/x", "0.1.0", v1));
    put("hooks/a.py", "mine");
    await install(set("sdks/x", "0.2.0", v2));
    put("hooks/a.py", "1");
    expect(actions(await plan([set("sdks/x", "0.2.0", v2)]))).toContain("overwrite a.py outdated");
  });

  it("takes a file that is the same already for installed", async () => {
    put("hooks/a.py", "1");
    const one = set("sdks/x", "0.1.0", v1);
    await install(one);
    expect(Object.keys((await readInstalled(hooks())).sets["sdks/x"]?.files ?? {})).toEqual(["a.py", "lib/b.py"]);
  });

  it("leaves a backup of what was edited, and none of what we wrote", async () => {
    await install(set("sdks/x", "0.1.0", { "a.py": "1", "b.py": "1" }));
    put("hooks/a.py", "mine");
    const written = await applyFiles(await plan([set("sdks/x", "0.2.0", { "a.py": "2", "b.py": "2" })], true));
    expect(written.map(({ backup }) => backup !== undefined)).toEqual([true, false]);
    expect(readFileSync(written[0]?.backup ?? "", "utf8")).toBe("mine");
  });

  it("has a file that several sets share once, and keeps their notes alike", async () => {
    await install(set("sdks/x", "0.1.0", { "s.mjs": "1" }), set("sdks/y", "0.1.0", { "s.mjs": "1" }));
    const next = await plan([set("sdks/x", "0.2.0", { "s.mjs": "2" })]);
    expect(actions(next)).toEqual(["overwrite s.mjs outdated"]);
    await applyFiles(next);
    const { sets } = await readInstalled(hooks());
    expect(sets["sdks/y"]).toEqual({ version: "0.1.0", files: sets["sdks/x"]?.files });
  });

  it("removes what is no longer a part, unless it was edited or another set has it", async () => {
    const old = { "gone/a.py": "1", "gone/b.py": "1", "s.mjs": "1", "a.py": "1" };
    await install(set("sdks/x", "0.1.0", old), set("sdks/y", "0.1.0", { "s.mjs": "1" }));
    put("hooks/gone/b.py", "mine");
    const next = await plan([set("sdks/x", "0.2.0", { "a.py": "1" })]);
    expect(actions(next)).toEqual(["skip a.py same", "remove gone/a.py outdated", "skip gone/b.py edited"]);
    await applyFiles(next);
    expect(readdirSync(join(hooks(), "gone"))).toEqual(["b.py"]);
    expect(existsSync(join(hooks(), "s.mjs"))).toBe(true);
  });

  it.each([
    ["changed", "theirs"],
    ["made", "theirs"],
  ])("is not carried out over a file that somebody %s meanwhile", async (how, text) => {
    if (how === "changed") await install(set("sdks/x", "0.1.0", v1));
    const next = await plan([set("sdks/x", "0.2.0", v2)]);
    put("hooks/a.py", text);
    await expect(applyFiles(next)).rejects.toMatchObject({ code: "changed_meanwhile" });
    expect(readFileSync(join(hooks(), "a.py"), "utf8")).toBe(text);
  });
});

describe("a removal", () => {
  it("is not carried out on a file that somebody changes meanwhile", async () => {
    await install(set("sdks/x", "0.1.0", { "a.py": "1" }));
    const removal = await planRemoval(["sdks/x"], hooks(), await readInstalled(hooks()));
    put("hooks/a.py", "theirs");
    await expect(applyRemoval(removal)).rejects.toMatchObject({ code: "changed_meanwhile" });
    expect(readFileSync(join(hooks(), "a.py"), "utf8")).toBe("theirs");
  });

  it("keeps what an entry that cannot be read seems to list", async () => {
    await install(set("sdks/x", "0.1.0", { "s.mjs": "1" }));
    const stamp = join(hooks(), ".installed.json");
    const noted = JSON.parse(readFileSync(stamp, "utf8"));
    noted.sets["sdks/torn"] = { version: 1, files: { "s.mjs": "?" } };
    writeFileSync(stamp, JSON.stringify(noted));
    const { files } = await planRemoval(["sdks/x"], hooks(), await readInstalled(hooks()));
    expect(files).toMatchObject([{ action: "keep", users: ["sdks/torn"] }]);
  });

  it("removes folders that are empty now, says what is in others, and never the hooks folder", async () => {
    await install(set("sdks/x", "0.1.0", { "a/b/c.py": "1", "d/e.py": "1" }));
    put("hooks/d/built.o", "");
    const kept = await applyRemoval(await planRemoval(["sdks/x"], hooks(), await readInstalled(hooks())));
    expect(kept).toEqual([{ folder: "d", holds: ["built.o"] }]);
    expect(readdirSync(hooks())).toEqual(["d"]);
  });
});

describe.skipIf(process.getuid?.() === 0)("a folder that may not be written to", () => {
  it("is said, and nothing is noted", async () => {
    mkdirSync(hooks(), { mode: 0o555 });
    await expect(install(set("sdks/x", "0.1.0", { "a.py": "1" }))).rejects.toMatchObject({ code: "unwritable_file" });
    expect(readdirSync(hooks())).toEqual([]);
  });
});
