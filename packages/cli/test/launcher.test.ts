import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runProcess } from "../../../test/support/process.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import { launcherText } from "../dist/build/launcher.js";

/** Everything that a shell could take for something else. */
const STRANGE = `it's "a" $HOME \`x\` \\ %PATH% & ; é`;

function launcher(program: string, node: string): string {
  const folder = tempFolder("launcher");
  const file = join(folder, "xcodex-pyo3");
  writeFileSync(
    file,
    launcherText({ program, node, addon: join(folder, STRANGE, "a.node"), version: "1.2.3" }, "linux"),
  );
  chmodSync(file, 0o755);
  return file;
}

function program(): string {
  // Node itself loads no module from below a folder with a backslash in its name.
  const folder = join(tempFolder("program"), STRANGE.replace("\\", ""));
  mkdirSync(folder);
  const file = join(folder, "xcodex.mjs");
  writeFileSync(file, "console.log(JSON.stringify([process.env.XCODEX_HOOKS_PYO3, ...process.argv.slice(2)]))");
  return file;
}

describe("the launcher", () => {
  it("hands its arguments on as they are, and names the addon, whatever is in the paths", async () => {
    const file = launcher(program(), process.execPath);
    const ran = await runProcess([file, "hooks", STRANGE, "", "--yes"], "");
    const [addon, ...args] = JSON.parse(ran.stdout) as string[];
    expect(args).toEqual(["hooks", STRANGE, "", "--yes"]);
    expect(addon?.endsWith(join(STRANGE, "a.node"))).toBe(true);
  });

  it("takes the node of PATH when the one it was made with is gone", async () => {
    const ran = await runProcess([launcher(program(), "/no/such/node"), "x"], "");
    expect(JSON.parse(ran.stdout)).toContain("x");
  });

  it("says what to do when the program is gone", async () => {
    const ran = await runProcess([launcher("/no/such/xcodex.mjs", process.execPath)], "");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toBe(
      'Cannot start xcodex: it is no longer at "/no/such/xcodex.mjs". Run: xcodex hooks build pyo3.\n',
    );
  });

  it("is a batch file on Windows, where a percent sign is written twice", () => {
    const paths = { program: "C:\\a b\\100%\\xcodex.mjs", node: "C:\\node.exe", addon: "C:\\é\\a.node" };
    const text = launcherText({ ...paths, version: "1.2.3" }, "win32");
    expect(text.split("\r\n")).toEqual([
      "@echo off",
      "rem Written by `xcodex hooks build pyo3` of xcodex hooks 1.2.3; the next build writes it anew.",
      "setlocal DisableDelayedExpansion",
      'set "XCODEX_HOOKS_PYO3=C:\\é\\a.node"',
      'set "node=C:\\node.exe"',
      'if not exist "%node%" set "node=node"',
      '"%node%" "C:\\a b\\100%%\\xcodex.mjs" %*',
      "exit /b %ERRORLEVEL%",
      "",
    ]);
  });
});
