import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as sdk from "../dist/index.mjs";
import { EVENT } from "./support/hook.ts";
import { runProcess } from "./support/process.ts";
import { tempFolder } from "./support/temp.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const FIXTURE = fileURLToPath(new URL("./fixtures/consumer.ts", import.meta.url));
const TSC = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
const manifest = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as Record<string, unknown>;
const code = readFileSync(join(PACKAGE, "dist/index.mjs"), "utf8");
const declarations = readFileSync(join(PACKAGE, "dist/index.d.mts"), "utf8");

/** A folder that has the package as it is published, and nothing else. */
function consumer(): string {
  const folder = tempFolder("consumer");
  const installed = join(folder, "node_modules/@xcodex/hooks");
  mkdirSync(installed, { recursive: true });
  for (const file of ["package.json", ...(manifest.files as string[])]) {
    cpSync(join(PACKAGE, file), join(installed, file), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  return folder;
}

describe("a project that has installed the package", () => {
  it.each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])("type-checks with module %s and resolution %s, and nothing else installed", async (module, moduleResolution) => {
    const folder = consumer();
    cpSync(FIXTURE, join(folder, "consumer.ts"));
    const compilerOptions = {
      ...{ module, moduleResolution, target: "ES2022", lib: ["ES2022"], types: [], strict: true, noEmit: true },
      // The declarations themselves are checked too.
      ...{
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
      },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["consumer.ts"] }));
    const ended = await runProcess([process.execPath, TSC, "-p", folder], "");
    expect(ended.stdout).toBe("");
    expect(ended.code).toBe(0);
  });

  it("notices in this way when a type is wrong", async () => {
    const folder = consumer();
    writeFileSync(
      join(folder, "wrong.mts"),
      `import { parseEvent } from "@xcodex/hooks";\nparseEvent("{}").session_id satisfies number;\n`,
    );
    const ended = await runProcess(
      [process.execPath, TSC, "--noEmit", "--module", "NodeNext", "--ignoreConfig", join(folder, "wrong.mts")],
      "",
    );
    expect(ended.stdout).toContain("TS1360");
  });

  it("runs a hook", async () => {
    const folder = consumer();
    writeFileSync(
      join(folder, "hook.mjs"),
      `import { run } from "@xcodex/hooks"; run((event) => console.log(event.tool_alias));`,
    );
    expect(await runProcess([process.execPath, join(folder, "hook.mjs")], JSON.stringify(EVENT))).toMatchObject({
      code: 0,
      stderr: "Bash\n",
    });
  });
});

describe("the package", () => {
  it("has no dependencies, in its manifest, its code and its types", () => {
    expect(Object.keys(manifest)).not.toContain("dependencies");
    expect(Object.keys(manifest)).not.toContain("peerDependencies");
    const imported = [...`${code}${declarations}`.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["'`]([^"'`]+)["'`]/g)].map(
      ([, name]) => name ?? "",
    );
    expect(imported).toEqual([]);
    // What it needs of Node it asks for at the moment it needs it.
    const asked = [...code.matchAll(/\bbuiltin\(["'`]([^"'`]+)["'`]\)/g)].map(([, name]) => name ?? "");
    expect(asked.filter((name) => !builtinModules.includes(name.replace("node:", "")))).toEqual([]);
    expect(asked).toContain("node:fs");
  });

  it("declares as values exactly what it exports", () => {
    const [, list = ""] = /export \{([^}]*)\};?\s*$/.exec(declarations) ?? [];
    const exported = list
      .split(",")
      .map((name) => name.trim())
      .filter((name) => !name.startsWith("type "));
    const values = exported.filter((name) =>
      new RegExp(`^declare (?:const|function|class) ${name}\\b`, "m").test(declarations),
    );
    expect(values.sort()).toEqual(Object.keys(sdk).sort());
  });

  it("exports a type for every event of the catalogue", async () => {
    const { CATALOGUE } = await import("@xcodex/hooks-schema");
    const names = CATALOGUE.map(
      ({ type }) =>
        `${type
          .split("-")
          .map((word) => word[0]?.toUpperCase() + word.slice(1))
          .join("")}Event`,
    );
    const [, list = ""] = /export \{([^}]*)\};?\s*$/.exec(declarations) ?? [];
    const exported = list.split(",").map((name) => name.trim().replace(/^type /, ""));
    expect(names.filter((name) => !exported.includes(name))).toEqual([]);
  });
});

describe("the README", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language, name, text = ""]) => ({ language, name, text }),
  );

  it("shows what its programs really say", async () => {
    const folder = consumer();
    for (const { name, text } of blocks) if (name) writeFileSync(join(folder, name), text);
    symlinkSync(process.execPath, join(folder, "node"));
    const consoles = blocks.filter(({ language }) => language === "console");
    expect(consoles.length).toBeGreaterThan(2);
    for (const { text } of consoles) {
      const commands = text
        .split("\n")
        .filter((line) => line.startsWith("$ "))
        .map((line) => line.slice(2));
      const shown = text
        .split("\n")
        .filter((line) => !line.startsWith("$ "))
        .join("\n");
      const env = { PATH: `${folder}:${process.env.PATH}` };
      const ended = await runProcess(["sh", "-c", `exec 2>&1\n${commands.join("\n")}`], "", { cwd: folder, env });
      expect(ended.stdout).toBe(shown);
    }
  });

  it.each(["ts", "js"])("shows programs in %s that the compiler has nothing to say against", async (language) => {
    const folder = consumer();
    const programs = blocks.filter((block) => block.language === language);
    expect(programs.length).toBeGreaterThan(0);
    for (const { name, text } of programs) if (name) writeFileSync(join(folder, name), text);
    const compilerOptions = {
      ...{ module: "NodeNext", lib: ["ES2022", "DOM"], types: [], strict: true, noEmit: true },
      ...{ allowJs: true, checkJs: true },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    expect(await runProcess([process.execPath, TSC, "-p", folder], "")).toMatchObject({ code: 0, stdout: "" });
  });

  it("speaks of everything that the package exports as a value", () => {
    for (const name of Object.keys(sdk)) expect(readme).toContain(`\`${name}`);
  });
});
