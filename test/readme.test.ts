import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { compileProject } from "./support/reader-project.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "xcodex-readme-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first code block of a language in a section. */
function block(section: string, language: string): string {
  const from = README.indexOf(`## ${section}\n`);
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(README.slice(from));
  if (from < 0 || !found?.[1]) throw new Error(`README.md has no ${language} block under "${section}".`);
  return found[1];
}

describe("the README", () => {
  it("shows a first hook that works as it says", () => {
    const section = "A first hook in ten lines";
    const guard = join(folder, "guard.mjs");
    const home = join(folder, "home");
    mkdirSync(home);
    mkdirSync(join(folder, "node_modules", "@xcodex"), { recursive: true });
    symlinkSync(join(ROOT, "packages", "sdk-node"), join(folder, "node_modules", "@xcodex", "hooks"));
    writeFileSync(guard, block(section, "js"));
    expect(block(section, "js").trimEnd().split("\n").length).toBeLessThanOrEqual(10);
    writeFileSync(join(home, "config.toml"), block(section, "toml").replace("/absolute/path/guard.mjs", guard));
    const [command, ...output] = block(section, "console").trimEnd().split("\n");
    const { XCODEX_HOOKS_DEPTH: _, ...env } = process.env;
    const path = `${join(ROOT, "node_modules", ".bin")}${delimiter}${env.PATH}`;
    const ran = spawnSync("bash", ["-c", `${command?.slice(2)}`], {
      encoding: "utf8",
      env: { ...env, PATH: path, CODEX_HOME: home },
    });
    expect(`${ran.stderr}${ran.stdout}`.trimEnd()).toBe(output.join("\n"));
  });

  it("shows JavaScript and TypeScript that the compiler has nothing to say against", () => {
    const project = join(folder, "typed");
    mkdirSync(project);
    writeFileSync(join(project, "guard.mjs"), block("A first hook in ten lines", "js"));
    const agent = block("In your own agent", "ts");
    writeFileSync(join(project, "agent.mts"), `declare const id: string, cwd: string, tool_input: unknown;\n${agent}`);
    expect(compileProject(project, "*.m*", { noEmit: true, allowJs: true, checkJs: true })).toBe("");
  });
});

/** Every page that leads a reader through the project. */
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "ARCHITECTURE.md",
  "packages/dispatcher/README.md",
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
];

/** What a link can name within a page: its headings, as GitHub spells them. */
function anchorsOf(file: string): readonly string[] {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8");

  it("names only files that are there, and headings that are in them", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
    // A page that leads nowhere is one whose links are not seen.
    expect(links.length).toBeGreaterThan(page === "README.md" ? 5 : 0);
    for (const [link, path = "", heading = ""] of links) {
      const file = path === "" ? join(ROOT, page) : join(ROOT, dirname(page), path);
      expect(existsSync(file), link).toBe(true);
      if (heading !== "") expect(anchorsOf(file), link).toContain(heading);
    }
  });

  it("names only commands that there are", () => {
    const verbs = new Set([...text.matchAll(/xcodex hooks ([a-z]+)/g)].map((match) => match[1]));
    const xcodex = join(ROOT, "node_modules", ".bin", "xcodex");
    const help = spawnSync(xcodex, ["hooks", "help"], { encoding: "utf8" }).stdout;
    for (const verb of verbs) expect(help).toMatch(new RegExp(`^  ${verb} `, "m"));
  });
});
