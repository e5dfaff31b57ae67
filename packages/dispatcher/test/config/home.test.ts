import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { resolveCodexHome } from "../../dist/config/home.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-home-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe("CODEX_HOME", () => {
  it("is taken as it is when it is a folder", () => {
    expect(resolveCodexHome({ CODEX_HOME: folder, HOME: "/elsewhere" })).toBe(folder);
  });

  it("is made absolute", () => {
    expect(resolveCodexHome({ CODEX_HOME: relative(process.cwd(), folder) })).toBe(folder);
  });

  it("is freed of links", () => {
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect(resolveCodexHome({ CODEX_HOME: join(folder, "link") })).toBe(join(folder, "real"));
  });

  it.each([
    ["nothing", join(folder, "nothing"), "it does not exist"],
    ["something below a file", join(folder, "file", "below"), "it does not exist"],
    ["a file", join(folder, "file"), "it is not a folder"],
  ])("is refused when it names %s", (_, path, why) => {
    writeFileSync(join(folder, "file"), "");
    expect(() => resolveCodexHome({ CODEX_HOME: path })).toThrow(
      expect.objectContaining({
        name: "HooksError",
        code: "codex_home_missing",
        message: expect.stringContaining(why),
      }),
    );
  });
});

describe("without CODEX_HOME", () => {
  it("is .codex in the user's folder, whether it exists or not", () => {
    expect(resolveCodexHome({ HOME: folder })).toBe(join(folder, ".codex"));
    expect(resolveCodexHome({ CODEX_HOME: "", HOME: folder })).toBe(join(folder, ".codex"));
  });

  it.each([{}, { HOME: "" }])("asks the system when the environment %j does not know the user's folder", (env) => {
    const { homedir } = userInfo();
    expect(resolveCodexHome(env)).toBe(join(homedir, ".codex"));
  });

  it("is not made where the process happens to be, when the process has an empty HOME too", () => {
    vi.stubEnv("HOME", "");
    expect(isAbsolute(resolveCodexHome(process.env))).toBe(true);
  });
});
