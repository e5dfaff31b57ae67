import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { addonPython } from "../../../test/support/pyo3-addon.ts";
import { ADDON_FILE, ADDON_VARIABLE, addonPath, crateFolder } from "../src/index.ts";
import { ADDON, expect, it, makeHome, optionsIn, withAddon } from "./scenario.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const FACE = fileURLToPath(new URL("../dist/index.js", import.meta.url));

/** Runs a module in a process of its own; what it prints is JSON. The face is there as `face`. */
function inNode(code: string, face: string = FACE): unknown {
  const text = `import * as face from ${JSON.stringify(face)};\n${code}`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", text], { encoding: "utf8" });
  return JSON.parse(out);
}

/** How describing an addon fails, with that face. */
function failure(addon: string, face: string = FACE): unknown {
  const call = `face.describeAddon(${JSON.stringify(addon)})`;
  return inNode(
    `try { ${call}; console.log("null") } catch (e) { console.log(JSON.stringify([e instanceof face.Pyo3Error, e.code, e.message])) }`,
    face,
  );
}

describe("the package", () => {
  it("says where the addon is: the variable, if it says anything, else CODEX_HOME/bin", () => {
    expect([ADDON_FILE, ADDON_VARIABLE]).toEqual(["xcodex-pyo3.node", "XCODEX_HOOKS_PYO3"]);
    expect(addonPath("/home/codex", {})).toBe("/home/codex/bin/xcodex-pyo3.node");
    expect(addonPath("/home/codex", { XCODEX_HOOKS_PYO3: "" })).toBe("/home/codex/bin/xcodex-pyo3.node");
    expect(addonPath("/home/codex", { XCODEX_HOOKS_PYO3: "/else/where.node" })).toBe("/else/where.node");
  });

  it("has the crate in it, with all that it needs to be built as it was tested", () => {
    for (const file of ["Cargo.toml", "Cargo.lock", "build.rs", "src/lib.rs", "python/bootstrap.py"]) {
      expect(existsSync(join(crateFolder(), file)), file).toBe(true);
    }
  });

  it("has one version, in package.json, Cargo.toml and Cargo.lock", () => {
    const text = (file: string): string => readFileSync(join(PACKAGE, file), "utf8");
    const { version } = JSON.parse(text("package.json")) as { version: string };
    expect(/^version = "(.*)"$/m.exec(text("crate/Cargo.toml"))?.[1]).toBe(version);
    expect(/^name = "xcodex-pyo3"\nversion = "(.*)"$/m.exec(text("crate/Cargo.lock"))?.[1]).toBe(version);
  });

  it("says of an addon that is missing how it is built", () => {
    const addon = join(makeHome(), "bin", ADDON_FILE);
    expect(failure(addon)).toEqual([
      true,
      "addon_missing",
      `Cannot load the Python addon "${addon}": it is not there. Build it: xcodex hooks build pyo3.`,
    ]);
  });

  it("says of a file that is none what the system says", () => {
    const addon = join(makeHome({ [ADDON_FILE]: "text" }), ADDON_FILE);
    expect(failure(addon)).toEqual([
      true,
      "addon_broken",
      expect.stringMatching(/^Cannot load the Python addon ".*": .+\. Build it: xcodex hooks build pyo3 again\.$/),
    ]);
  });
});

withAddon("an addon", () => {
  it("says what it is: the version of the crate, of Python, and the interpreter; Python is not started for it", async () => {
    const python = await addonPython();
    const threads = `import("node:fs").then((fs) => fs.readdirSync("/proc/self/task").map((t) => fs.readFileSync("/proc/self/task/" + t + "/comm", "utf8").trim()))`;
    const said = inNode(
      `console.log(JSON.stringify({ info: face.describeAddon(${JSON.stringify(ADDON)}), threads: process.platform === "linux" ? await ${threads} : [] }))`,
    ) as { info: unknown; threads: string[] };
    const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
    expect(said.info).toEqual({ version, python: python.version, executable: python.executable });
    expect(said.threads).not.toContain("xcodex-python");
  });

  it("of another version is refused", () => {
    const home = makeHome();
    cpSync(join(PACKAGE, "dist"), join(home, "dist"), { recursive: true });
    writeFileSync(join(home, "package.json"), '{"type":"module","version":"9.9.9"}');
    expect(failure(ADDON, join(home, "dist", "index.js"))).toEqual([
      true,
      "addon_mismatch",
      expect.stringMatching(
        /it was built from version .* and this is 9\.9\.9\. Build it: xcodex hooks build pyo3 again\.$/,
      ),
    ]);
  });

  it("is used by one thread of Node at a time; another is told so, and may when the first has ended", () => {
    const options = optionsIn(makeHome({ "hook.py": "def on_event(event): print(event)" }));
    const fixture = fileURLToPath(new URL("./fixtures/environments.mjs", import.meta.url));
    const out = execFileSync(process.execPath, [fixture, JSON.stringify(options)], { encoding: "utf8" });
    const { workers, beside, own } = JSON.parse(out) as Record<string, unknown>;
    expect([workers, own]).toEqual([[true, true], true]);
    expect(beside).toEqual([
      "addon_broken",
      expect.stringMatching(
        /^Cannot open the hook ".*" with the Python addon: another thread of this process uses it\./,
      ),
    ]);
  });
});
