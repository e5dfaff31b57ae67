import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CLI_CODES } from "../dist/errors.js";

const SRC = fileURLToPath(new URL("../src", import.meta.url));
const sources = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), "utf8") }));

describe("the catalogue of errors", () => {
  it("holds exactly the codes that are used", () => {
    const used = sources.flatMap(({ text }) =>
      [...text.matchAll(/new CliError\(\s*"(\w+)"/g)].map((match) => match[1]),
    );
    expect([...new Set(used)].sort()).toEqual([...CLI_CODES.failed, ...CLI_CODES.usage].sort());
  });
});

describe("verbs", () => {
  it("touch the process only through their context", () => {
    const touching = sources.filter(({ text }) => /\bprocess\.\w/.test(text)).map(({ path }) => path);
    // The last is a program of its own.
    expect(touching.sort()).toEqual(
      [...["context.ts", "main.ts", "programs.ts", "signals.ts"], "build/verify-addon.ts"].sort(),
    );
  });

  it("do not import each other", () => {
    const commands = sources.filter(({ path }) => path.startsWith("commands/") && !path.endsWith("index.ts"));
    const importing = commands.filter(({ text }) => /from "\.\/(?!index)/.test(text)).map(({ path }) => path);
    expect(importing).toEqual([]);
  });
});
