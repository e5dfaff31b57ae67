import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../scripts/sdk-assets.mjs", import.meta.url));
const FIXTURES = fileURLToPath(new URL("fixtures/packages", import.meta.url));
const PACKAGES = fileURLToPath(new URL("../..", import.meta.url));

type Json = Record<string, unknown>;
interface Shipped {
  readonly version: string;
  readonly sdks: readonly { readonly id: string; readonly files: readonly Json[]; readonly template: Json }[];
}

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sdk-assets-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** A language with one SDK that is right but for what is given. */
function language(folder: string, sdk: Json): void {
  const whole = {
    ...{ id: folder.replace(/^sdk-/, ""), aliases: [], title: "A language", notes: [] },
    files: [{ from: "a.py", to: `${folder}.py` }],
    template: { source: `${folder}.py`, build: [], run: ["python3", `{{hooks}}/${folder}.py`] },
    ...sdk,
  };
  put(`packages/${folder}/a.py`, "# a\n");
  put(`packages/${folder}/language.json`, JSON.stringify({ sdks: [whole] }));
}

function build(): { readonly code: number | null; readonly said: string } {
  const args = [SCRIPT, join(root, "packages"), join(root, "bundle"), "1.2.3"];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { code: status, said: stderr + stdout };
}

const shipped = (): Shipped => JSON.parse(readFileSync(join(root, "bundle/manifest.json"), "utf8"));

describe("the SDK files of the package", () => {
  it("are those of every folder with a manifest, and nobody has to list the folders", () => {
    cpSync(FIXTURES, join(root, "packages"), { recursive: true });
    put("packages/other/package.json", "{}");
    language("sdk-ninth", { id: "ninth" });
    expect(build()).toEqual({ code: 0, said: "" });
    const { version, sdks } = shipped();
    expect(version).toBe("1.2.3");
    expect(sdks.map(({ id }) => id)).toEqual(["compiled", "ninth", "script", "typed-script"]);
    expect(sdks[2]?.files).toEqual([
      { from: "sdk-script/lib/read.sh.asset", to: "hooks_lib/read.sh", executable: false },
      { from: "sdk-script/lib/reply.sh.asset", to: "hooks_lib/reply.sh", executable: false },
      { from: "sdk-script/shared.sh.asset", to: "shared.sh", executable: false },
      { from: "sdk-script/template/log.sh.asset", to: "templates/script/log.sh", executable: true },
    ]);
    for (const { from, to } of sdks.flatMap(({ files }) => files)) {
      if (to === "sdk-ninth.py") continue;
      const source = readFileSync(join(FIXTURES, String(from).replace(/\.asset$/, "")));
      expect(readFileSync(join(root, "bundle", String(from)))).toEqual(source);
    }
  });

  it("hold nothing that git ignores, whatever .gitignore says it, and all that is named one by one", () => {
    put(".gitignore", "__pycache__/\n*.pyc\ndist/\n");
    put("packages/sdk-x/.gitignore", "/tree/target\n!kept.pyc\n");
    put("packages/sdk-x/tree/deep/.gitignore", "built*\n!built.txt\n");
    for (const name of ["a.py", "b.pyc", "kept.pyc", "target/out", "deep/built.o", "deep/built.txt", "deep/target/x"])
      put(`packages/sdk-x/tree/${name}`, name);
    put("packages/sdk-x/tree/__pycache__/a.py", "");
    put("packages/sdk-x/dist/index.mjs", "built");
    const files = [
      { from: "tree", to: "tree" },
      { from: "dist/index.mjs", to: "index.mjs" },
      { from: "a.py", to: "sdk-x.py" },
    ];
    language("sdk-x", { files });
    expect(build()).toEqual({ code: 0, said: "" });
    expect(shipped().sdks[0]?.files.map(({ to }) => to)).toEqual([
      ...["index.mjs", "sdk-x.py", "tree/a.py", "tree/deep/.gitignore", "tree/deep/built.txt"],
      ...["tree/deep/target/x", "tree/kept.pyc"],
    ]);
  });

  it("are not mixed with what was there before", () => {
    put("bundle/sdk-old/old.asset", "");
    language("sdk-x", {});
    expect(build().code).toBe(0);
    expect(readdirSync(join(root, "bundle")).sort()).toEqual(["manifest.json", "sdk-x"]);
  });
});

describe("a manifest that would ship something wrong is refused", () => {
  const file = (from: unknown, to: unknown): Json => ({
    files: [
      { from: "a.py", to: "sdk-x.py" },
      { from, to },
    ],
  });
  it.each<[string, Json, RegExp]>([
    [
      "a file that is missing",
      file("b.py", "b.py"),
      /Cannot ship "b\.py" of sdks\[0\] of sdk-x\/language\.json: there is no/,
    ],
    ["a place out of the folder", file("a.py", "../b.py"), /"to" "\.\.\/b\.py" leaves/],
    ["a place inside and out again", file("a.py", "x/../../b.py"), /leaves its folder/],
    ["an absolute place", file("a.py", "/etc/b.py"), /leaves its folder/],
    ["a Windows place", file("a.py", "..\\b.py"), /leaves its folder/],
    ["a drive", file("a.py", "C:b.py"), /leaves its folder/],
    ["a place with a line break", file("a.py", "b\n.py"), /leaves its folder/],
    ["no place", file("a.py", undefined), /"to" undefined leaves/],
    ["the place of our own notes", file("a.py", ".installed.json"), /installed files are noted/],
    ["a source out of the folder", file("../a.py", "b.py"), /"from" "\.\.\/a\.py" leaves/],
    ["an absolute source", file("/etc/passwd", "b.py"), /"from" "\/etc\/passwd" leaves/],
    ["a file below a file", file("a.py", "sdk-x.py/b.py"), /"sdk-x\.py" is installed as a file/],
    ["two files at one place of a disk without case", file("language.json", "SDK-X.py"), /installs something else/],
    ["no files", { files: [] }, /has no files/],
    ["files that are no list", { files: "a.py" }, /they are no list/],
    ["a name that cannot be typed", { id: "X y" }, /the name "X y" cannot be typed/],
    ["a name that means something else", { aliases: ["all"] }, /"all" means something else/],
    ["a name twice", { aliases: ["x"] }, /"x" also names "x"/],
    ["a title of two lines", { title: "a\nb" }, /its title is no line/],
    ["a note that is no text", { notes: [1] }, /its note 1 is no line/],
    ["no template", { template: undefined }, /its source undefined is none of its files/],
    ["a template that is not installed", { template: { source: "b.py", build: [], run: ["b"] } }, /none of its files/],
    ["no command", { template: { source: "sdk-x.py", build: [], run: [] } }, /\[\] is no command/],
    ["a line of shell", { template: { source: "sdk-x.py", build: ["make"], run: ["b"] } }, /"make" is no command/],
    [
      "an unknown placeholder",
      { template: { source: "sdk-x.py", build: [], run: ["{{home}}/b"] } },
      /unknown placeholder/,
    ],
  ])("%s", (_, sdk, said) => {
    language("sdk-x", sdk);
    const built = build();
    expect(built.said).toMatch(said);
    expect(built.said.trim().split("\n")).toHaveLength(1);
    expect(built.code).toBe(1);
  });

  it("when two of them have a name, or another file at a place, in common", () => {
    language("sdk-x", { aliases: ["z"] });
    language("sdk-y", { aliases: ["z"] });
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining('"z" also names "x"') });
    language("sdk-y", {
      files: [
        { from: "a.py", to: "sdk-y.py" },
        { from: "language.json", to: "sdk-x.py" },
      ],
    });
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining('"x" installs something else there') });
  });

  it("when it is no JSON, a link leads out, or a folder holds nothing or links", () => {
    put("secret", "");
    language("sdk-x", file("out/secret", "b.py"));
    symlinkSync(root, join(root, "packages/sdk-x/out"));
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining("leads out of the language's folder") });
    rmSync(join(root, "packages/sdk-x/out"));
    mkdirSync(join(root, "packages/sdk-x/out/secret"), { recursive: true });
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining("nothing is in the folder") });
    symlinkSync(join(root, "secret"), join(root, "packages/sdk-x/out/secret/link"));
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining("it is no regular file") });
    put("packages/sdk-x/.gitignore", "out/\n");
    expect(build()).toMatchObject({ code: 1, said: expect.stringContaining("is ignored by git") });
    put("packages/sdk-x/language.json", "{");
    expect(build()).toMatchObject({ code: 1, said: expect.stringMatching(/^Cannot ship sdk-x\/language\.json: /) });
  });
});

describe("the languages of this repository", () => {
  const read = (path: string): Json => JSON.parse(readFileSync(join(PACKAGES, path), "utf8")) as Json;

  it("are built before the command line, and a change of theirs builds it again", () => {
    const folders = readdirSync(PACKAGES).filter((name) => readdirSync(join(PACKAGES, name)).includes("language.json"));
    const names = folders.map((folder) => String(read(`${folder}/package.json`).name));
    const known = Object.keys(read("cli/package.json").devDependencies as Json);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});
