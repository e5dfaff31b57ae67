import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, loadConfig } from "@xcodex/hooks-dispatcher";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { absolutePath } from "./support/absolute-path.ts";
import { compileProject } from "./support/reader-project.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGES = [
  "modes.md",
  "hooks-host.md",
  "hooks-inproc.md",
  "hooks-pyo3.md",
  "records.md",
  "explain.md",
  "decisions.md",
  "hooks-arrays.md",
  "hooks-command.md",
  "hooks-lifecycle.md",
  "redaction.md",
  "hooks-toml.md",
];

/** Pages that leave the codes of failures to others. */
const WITHOUT_CODES = ["modes.md", "hooks-arrays.md", "hooks-lifecycle.md", "explain.md"];

/** What the pages call the folders of their reader. */
const SHOWN_HOME = "/home/dev/.codex";
const SHOWN_PROJECT = "/home/dev/project";

/** A block of code, with the notes to this test that stand before it. */
interface Fence {
  readonly language: string;
  /** The file that it is, below CODEX_HOME/hooks, or of the project where it is TypeScript. */
  readonly name: string;
  readonly text: string;
  readonly notes: readonly string[];
}

/** The blocks of a page, in order. */
function fencesOf(page: string): readonly Fence[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  const found = text.matchAll(/((?:^<!-- .* -->\n)*)^```(\w*) ?(\S*)\n((?:(?!```).*\n)*)```$/gm);
  const fences = [...found].map(([, notes = "", language = "", name = "", body = ""]) => ({
    language,
    name,
    text: body,
    notes: [...notes.matchAll(/<!-- (.*?) -->/g)].map(([, note = ""]) => note),
  }));
  // None may be passed over in silence.
  expect(text.match(/^```/gm)?.length, page).toBe(2 * fences.length);
  return fences;
}

const noteOf = ({ notes }: Fence, about: string): string | undefined => notes.find((note) => note.startsWith(about));

const folder = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-docs-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const runs = `does what it shows${hasPython ? "" : " (skipped: python3 not found)"}`;
if (!hasPython && process.env.CI) throw new Error("Cannot run what the pages show: python3 not found. Install it.");

/** A reader who does what a page says: a CODEX_HOME and a project. */
class Reader {
  readonly folder: string = mkdtempSync(join(folder, "reader-"));
  readonly project: string = join(this.folder, "project");
  #homes = 0;
  home = "";

  constructor() {
    mkdirSync(this.project);
    this.moveIn();
  }

  /** A fresh CODEX_HOME. */
  moveIn(): void {
    this.#homes += 1;
    this.home = join(this.folder, `home-${this.#homes}`);
    mkdirSync(join(this.home, "hooks"), { recursive: true, mode: 0o700 });
  }

  /** Writes a block to where it belongs, or runs it. */
  follow(fence: Fence): void {
    const { language, name, text } = fence;
    if (noteOf(fence, "fresh CODEX_HOME")) this.moveIn();
    if (noteOf(fence, "not run") || noteOf(fence, "a mistake")) return;
    if (language === "toml")
      writeFileSync(join(this.home, name || "config.toml"), text.replaceAll(SHOWN_HOME, this.home));
    else if (language === "json" && name !== "") writeFileSync(join(this.home, name), text);
    else if (language === "console") for (const each of commandsIn(text)) this.run(each);
    else if (name !== "" && language !== "ts") writeFileSync(join(this.home, "hooks", name), text);
  }

  run({ command, output }: { readonly command: string; readonly output: string }): void {
    const { XCODEX_HOOKS_DEPTH: _, XCODEX_HOOKS_PYO3: __, ...env } = process.env;
    const PATH = `${join(ROOT, "node_modules", ".bin")}${delimiter}${absolutePath(env.PATH)}`;
    const options = { cwd: this.project, env: { ...env, PATH, CODEX_HOME: this.home }, encoding: "utf8" } as const;
    const { stdout, stderr, status } = spawnSync("bash", ["-c", command], options);
    const said = stderr.replace(/^(?=.)/gm, "! ");
    const shown = `${stdout}${said}${status === 0 ? "" : `[exit ${status}]\n`}`
      .replaceAll(this.home, SHOWN_HOME)
      .replaceAll(this.project, SHOWN_PROJECT);
    const wanted = patternOf(output);
    expect(timeless(shown), `$ ${command}\n${output}`).toMatch(wanted);
  }
}

/** The commands of a transcript, each with what it prints. */
function commandsIn(transcript: string): readonly { readonly command: string; readonly output: string }[] {
  return transcript
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

const timeless = (text: string): string => text.replace(/\b\d+(\.\d+)? ms\b/g, "N ms");

/** `…` is whatever stands there: the rest of a line, or whole lines where it stands alone. */
function patternOf(output: string): RegExp {
  const lines = timeless(output).split("\n").slice(0, -1);
  const quoted = lines.map((line) => (line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(literal).join(".*")}\\n`));
  return new RegExp(`^${quoted.join("")}$`);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Compiles the TypeScript of a page as a reader's project; what tsc has to say. */
function compile(project: string, fences: readonly Fence[]): string {
  for (const { name, text } of fences) writeFileSync(join(project, name), text);
  return compileProject(project, "*.mts");
}

/** Everything in the sources that looks like a code. */
function codesInSources(): ReadonlySet<string> {
  const sources = ["dispatcher", "cli", "pyo3"].flatMap((name) => {
    const src = join(ROOT, "packages", name, "src");
    return readdirSync(src, { recursive: true, encoding: "utf8" }).map((file) => join(src, file));
  });
  const texts = sources.filter((file) => extname(file) === ".ts").map((file) => readFileSync(file, "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(/"([a-z0-9_]+)"/g)].map(([, code = ""]) => code)));
}

/** Loads a configuration of a page: a hooks.toml beside the config.json and the config.toml that the page has under these names. */
async function load(fence: Fence, fences: readonly Fence[]): Promise<Config> {
  const codexHome = mkdtempSync(join(folder, "config-"));
  const named = (name: string): readonly Fence[] => fences.filter((other) => other.name === name);
  const beside = fence.name === "hooks.toml" ? [...named("config.json"), ...named("config.toml")] : [];
  for (const { name, text } of [...beside, fence]) writeFileSync(join(codexHome, name || "config.toml"), text);
  const variables = noteOf(fence, "with: ")?.slice("with: ".length).split(" ") ?? [];
  const env = Object.fromEntries(variables.map((name) => [name, "c2VjcmV0"]));
  return loadConfig({ codexHome, env });
}

/** The first cells of the tables of a page whose first heading begins like this, without their back quotes. */
function firstCells(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  const tables = text.matchAll(new RegExp(`^\\| ${heading}.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, "gm"));
  return [...tables].flatMap(([, rows = ""]) => [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = ""]) => cell));
}

describe.each(PAGES)("docs/%s", (page) => {
  const fences = fencesOf(page);
  const reader = new Reader();

  beforeAll(() => {
    const typed = fences.filter(({ language }) => language === "ts");
    if (typed.length > 0) expect(compile(reader.project, typed)).toBe("");
  });

  it("shows configurations that work, and mistakes that are reported", async () => {
    const configurations = fences.filter(({ language }) => language === "toml");
    expect(configurations.length).toBeGreaterThan(0);
    for (const fence of configurations) {
      const { problems, hooks } = await load(fence, fences);
      const mistake = noteOf(fence, "a mistake: ")?.slice("a mistake: ".length);
      expect(
        problems.map(({ code }) => code),
        fence.text,
      ).toEqual(mistake === undefined ? [] : [mistake]);
      // A config.toml of its own name is there for the files beside it.
      if (mistake === undefined && fence.name !== "config.toml") expect(hooks.length, fence.text).toBeGreaterThan(0);
    }
  });

  it("names only keys that it shows, and codes that there are", () => {
    const shown = fences.filter(({ language }) => language === "toml" || language === "json").map(({ text }) => text);
    for (const key of firstCells(page, "key of ")) expect(shown.join("\n"), key).toMatch(new RegExp(`\\b${key}\\b`));
    const known = codesInSources();
    const codes = firstCells(page, "code");
    expect(codes.length).toBeGreaterThan(WITHOUT_CODES.includes(page) ? -1 : 5);
    for (const code of codes) expect(known.has(code), code).toBe(true);
  });

  it.skipIf(!hasPython)(runs, { timeout: 300_000 }, () => {
    for (const fence of fences) reader.follow(fence);
  });
});

it("docs/records.md lists every field and every outcome of a record", () => {
  const contracts = readFileSync(join(ROOT, "packages", "dispatcher", "src", "contracts.ts"), "utf8");
  const declared = (pattern: RegExp): string => pattern.exec(contracts)?.[1] ?? "";
  const fields = declared(/^export interface RunRecord \{\n([\s\S]*?)^\}/m).matchAll(/^ {2}readonly (\w+)/gm);
  expect(firstCells("records.md", "field ")).toEqual([...fields].map(([, field]) => field));
  const outcomes = declared(/^export type Outcome =\n([\s\S]*?);/m).matchAll(/\| "(\w+)"/g);
  expect(firstCells("records.md", "outcome ")).toEqual([...outcomes].map(([, outcome]) => outcome));
});
