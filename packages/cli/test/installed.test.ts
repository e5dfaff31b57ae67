import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf, installedSet, noteInstalled, readInstalled, STAMP } from "../dist/installed.js";

const HASH = hashOf(Buffer.from("x"));
const SET = { version: "0.1.0", files: { "a/b.py": HASH } };

let hooks = "";
beforeEach(() => {
  hooks = mkdtempSync(join(tmpdir(), "installed-"));
});
afterEach(() => rmSync(hooks, { recursive: true, force: true }));

const stamp = (): string => join(hooks, STAMP);
const write = (content: unknown): void => writeFileSync(stamp(), JSON.stringify(content));

describe("what is installed", () => {
  it("is nothing where there is no stamp", async () => {
    expect(await readInstalled(hooks)).toEqual({ sets: {}, broken: {} });
  });

  it("is read as it was noted, by nobody but its owner", async () => {
    await noteInstalled(hooks, { "sdks/a": SET });
    expect(await readInstalled(hooks)).toEqual({ sets: { "sdks/a": SET }, broken: {} });
    expect(statSync(stamp()).mode & 0o777).toBe(0o600);
  });

  it("keeps what somebody else notes meanwhile", async () => {
    await noteInstalled(hooks, { "sdks/a": SET });
    await noteInstalled(hooks, { "sdks/b": SET });
    await noteInstalled(hooks, { "sdks/a": undefined });
    expect(Object.keys((await readInstalled(hooks)).sets)).toEqual(["sdks/b"]);
  });

  it("keeps what several note at the same time, and no lock", async () => {
    const names = Array.from({ length: 8 }, (_, at) => `sdks/${at}`);
    await Promise.all(names.map((name) => noteInstalled(hooks, { [name]: SET })));
    expect(Object.keys((await readInstalled(hooks)).sets)).toEqual(names);
    expect(readdirSync(hooks)).toEqual([STAMP]);
  });

  it("is noted although somebody who noted something was killed", { timeout: 60_000 }, async () => {
    writeFileSync(`${stamp()}.lock`, "");
    await noteInstalled(hooks, { "sdks/a": SET });
    expect(readdirSync(hooks)).toEqual([STAMP]);
  });

  it("leaves no stamp when nothing is installed any more", async () => {
    await noteInstalled(hooks, { "sdks/a": SET });
    await noteInstalled(hooks, { "sdks/a": undefined });
    expect(existsSync(stamp())).toBe(false);
  });

  it("keeps what it does not know, and entries that cannot be read", async () => {
    write({ schema_version: 1, more: [1], sets: { "sdks/bad": 3, "sdks/a": { ...SET, why: "x" } } });
    await noteInstalled(hooks, { "sdks/a": { ...SET, version: "0.2.0" } });
    expect(JSON.parse(readFileSync(stamp(), "utf8"))).toEqual({
      ...{ schema_version: 1, more: [1] },
      sets: { "sdks/bad": 3, "sdks/a": { ...SET, version: "0.2.0", why: "x" } },
    });
  });
});

describe("a stamp that cannot be read", () => {
  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["no object", "[]"],
    ["null", "null"],
    ["another format", '{"schema_version":2,"sets":{}}'],
    ["no format", '{"sets":{}}'],
    ["sets that are a list", '{"schema_version":1,"sets":[]}'],
  ])("with %s stays as it is, and is said", async (_, text) => {
    writeFileSync(stamp(), text);
    await expect(readInstalled(hooks)).rejects.toMatchObject({ code: "bad_stamp" });
    await expect(noteInstalled(hooks, { "sdks/a": SET })).rejects.toMatchObject({ code: "bad_stamp" });
    expect(readFileSync(stamp(), "utf8")).toBe(text);
  });

  it.each([
    ["a number", 3],
    ["no version", { files: {} }],
    ["a version that is none", { version: "new", files: {} }],
    ["no files", { version: "0.1.0" }],
    ["a path out of the folder", { version: "0.1.0", files: { "../a": HASH } }],
    ["an absolute path", { version: "0.1.0", files: { "/etc/passwd": HASH } }],
    ["a path with a detour", { version: "0.1.0", files: { "a/./b": HASH } }],
    ["an empty path", { version: "0.1.0", files: { "": HASH } }],
    ["a path with backslashes", { version: "0.1.0", files: { "..\\a": HASH } }],
    ["a hash that is none", { version: "0.1.0", files: { a: "0" } }],
  ])("in one set, %s, spoils only that set", async (_, set) => {
    write({ schema_version: 1, sets: { "sdks/bad": set, "sdks/a": SET } });
    const installed = await readInstalled(hooks);
    expect(installedSet(installed, "sdks/a", hooks)).toEqual(SET);
    expect(() => installedSet(installed, "sdks/bad", hooks)).toThrow(/"sdks\/bad"/);
  });
});
