import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyConfigEdit, planConfigEdit } from "../dist/edit-config.js";

const SNIPPET = '[hooks.command]\ndefault_timeout_sec = 30\n\n[[hooks.command.Stop]]\nhooks = [{ argv = ["true"] }]\n';

function configFile(content: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), "edit-config-")), "config.toml");
  writeFileSync(file, content);
  return file;
}

describe("adds the snippet behind what is there, and touches nothing of it", () => {
  it.each([
    ["an empty file", ""],
    ["settings without hooks", 'model = "x" # why\n'],
    ["no newline at the end", "a = 1"],
    ["a comment at the end", "a = 1\n# the end"],
    ["a table of hooks", "[hooks]\nkeep_last_n_payloads = 3\n"],
    ["tables below hooks", "[hooks.host]\nenabled = false\n\n[other]\nx = 1\n"],
    ["dotted keys", "hooks.keep_last_n_payloads = 3\n"],
    ["quoted keys", '["hooks"]\n"session start" = 1\n'],
    ["Windows line ends", "[hooks]\r\nkeep_last_n_payloads = 3\r\n"],
    ["a byte order mark", "\uFEFFa = 1\n"],
    ["dates, floats and big numbers", "d = 2020-01-01T00:00:00Z\nf = nan\nn = 9223372036854775807\n"],
    ["multi-line strings that look like tables", 't = """\n[hooks.command]\n"""\n'],
  ])("%s", async (_, content) => {
    const file = configFile(content);
    const edit = await planConfigEdit(file, SNIPPET);
    if (edit.kind !== "add") throw new Error(JSON.stringify(edit));
    const backup = await applyConfigEdit(edit);
    const now = readFileSync(file, "utf8");
    expect(now.startsWith(content)).toBe(true);
    expect(now.replaceAll("\r\n", "\n")).toContain(SNIPPET);
    expect(readFileSync(backup ?? "", "utf8")).toBe(content);
    expect(now.includes("\r\n") && /[^\r]\n/.test(now)).toBe(false);
    expect((await planConfigEdit(file, SNIPPET)).kind).toBe("skip");
  });
});

describe("leaves alone what it cannot add to", () => {
  it.each([
    ["skip", "a table with the same name", "[hooks.command]\n"],
    ["skip", "a sub-table of it", "[[hooks.command.Stop]]\nhooks = []\n"],
    ["skip", "dotted keys of it", "hooks.command.default_timeout_sec = 3\n"],
    ["skip", "an inline table that has it", "hooks = { command = {} }\n"],
    ["refuse", "an inline table that lacks it", "hooks = { keep_last_n_payloads = 3 }\n"],
    ["refuse", "an array of tables", "[[hooks]]\na = 1\n"],
    ["refuse", "a value", "hooks = 1\n"],
    ["refuse", "a value in its place", "[hooks]\ncommand = []\n"],
  ])("%s: %s", async (kind, _, content) => {
    const file = configFile(content);
    expect((await planConfigEdit(file, SNIPPET)).kind).toBe(kind);
    expect(readFileSync(file, "utf8")).toBe(content);
  });

  it("says where TOML is invalid", async () => {
    const file = configFile("a = 1\nb = x\n");
    await expect(planConfigEdit(file, SNIPPET)).rejects.toMatchObject({
      code: "bad_toml",
      message: expect.stringContaining(`${file}:2:`) as string,
    });
  });

  it("refuses when somebody writes the file between plan and change", async () => {
    const file = configFile("a = 1\n");
    const edit = await planConfigEdit(file, SNIPPET);
    writeFileSync(file, "a = 2\n");
    if (edit.kind !== "add") throw new Error(JSON.stringify(edit));
    await expect(applyConfigEdit(edit)).rejects.toMatchObject({ code: "changed_meanwhile" });
    expect(readFileSync(file, "utf8")).toBe("a = 2\n");
  });
});
