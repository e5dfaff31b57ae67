import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { absolutePath } from "../../../test/support/absolute-path.ts";

/**
 * A script is a text file: what is done on top, what it prints below `---`.
 *
 *     # Words for the reader.
 *     file PATH [MODE]       the lines after it, indented by four spaces, are written to PATH, relative to $WORK
 *     env NAME=VALUE         for the commands after it
 *     $ COMMAND              run by bash, in $WORK, with nothing on standard input
 *
 * Below: every command, its standard output, its standard error with `! ` in front, and `[exit N]` when N is not 0. What is
 * different every time, or on every machine, stands there as a placeholder: [CODEX_HOME], [WORK], [ROOT], [PACKAGES], [NODE],
 * [VERSION], [UUID], [TIME], `N ms`, and `{…}` for an event that was cut to a length.
 */
export interface Script {
  readonly top: string;
  readonly steps: readonly Step[];
  readonly expected: string;
}

type Step =
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly content: string }
  | { readonly kind: "env"; readonly name: string; readonly value: string }
  | { readonly kind: "command"; readonly text: string };

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = dirname(PACKAGE);
const DIVIDER = "---\n";

/** Reads a script file. */
export function parseScript(text: string): Script {
  const [top = "", expected = ""] = text.split(new RegExp(`^${DIVIDER}`, "m"), 2);
  const steps: Step[] = [];
  const lines = top.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, word = "", rest = ""] = /^(\S*) ?(.*)$/.exec(line) ?? [];
    if (word === "" || word === "#") continue;
    if (word === "$") steps.push({ kind: "command", text: rest });
    else if (word === "env")
      steps.push({ kind: "env", name: rest.split("=", 1)[0] ?? "", value: rest.replace(/^[^=]*=/, "") });
    else if (word === "file") steps.push(fileStep(rest, lines));
    else throw new Error(`Cannot read the script: unknown word "${word}". Use file, env, $ or #.`);
  }
  return { top, steps, expected };
}

function fileStep(rest: string, lines: string[]): Step {
  const [path = "", mode = "644"] = rest.split(" ");
  const content: string[] = [];
  while (lines[0] !== undefined && /^( {4}|$)/.test(lines[0])) content.push((lines.shift() ?? "").slice(4));
  while (content.at(-1) === "") content.pop();
  return { kind: "file", path, mode: Number.parseInt(mode, 8), content: `${content.join("\n")}\n` };
}

/** Runs a script in folders of its own and returns what stands below the divider then. */
export async function runScript({ steps }: Script): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "hooks-cli-")));
  const place: Place = { root, work: join(root, "work"), codexHome: join(root, "codex-home") };
  try {
    for (const folder of [place.work, place.codexHome, join(root, "bin"), join(root, "home")]) mkdirSync(folder);
    for (const name of ["xcodex", "xcodex-hooks"])
      symlinkSync(join(PACKAGE, "bin", `${name}.mjs`), join(root, "bin", name));
    for (const tool of ["terminal.py", "brief.sh", "fixture-cli.sh"]) {
      symlinkSync(join(PACKAGE, "test/tools", tool), join(root, "bin", tool.replace(/\..*/, "")));
    }
    return await runSteps(steps, place);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Place {
  readonly root: string;
  readonly work: string;
  readonly codexHome: string;
}

async function runSteps(steps: readonly Step[], place: Place): Promise<string> {
  const env = environment(place);
  let transcript = "";
  for (const step of steps) {
    if (step.kind === "env") env[step.name] = inPlace(step.value, place);
    else if (step.kind === "file") writeStep(step, place);
    else transcript += `$ ${step.text}\n${withPlaceholders(await runCommand(step.text, env, place.work), place)}`;
  }
  return transcript;
}

function environment({ root, work, codexHome }: Place): NodeJS.ProcessEnv {
  const { XCODEX_HOOKS_DEPTH: _, NO_COLOR: __, FORCE_COLOR: ___, ...inherited } = process.env;
  const PATH = [join(root, "bin"), dirname(process.execPath), absolutePath(inherited.PATH)].join(delimiter);
  const folders = { CODEX_HOME: codexHome, WORK: work, HOME: join(root, "home"), PACKAGES };
  return { ...inherited, ...folders, PATH, LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" };
}

function inPlace(text: string, { work, codexHome }: Place): string {
  return text.replaceAll("$CODEX_HOME", codexHome).replaceAll("$WORK", work);
}

function writeStep({ path, mode, content }: Step & { kind: "file" }, place: Place): void {
  const file = resolve(place.work, inPlace(path, place));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, inPlace(content, place));
  chmodSync(file, mode);
}

function runCommand(text: string, env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  return new Promise((settle, reject) => {
    const child = spawn("bash", ["-o", "pipefail", "-c", text], { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      settle(ended(out) + ended(err).replace(/^(?=.)|^(?=\n)/gm, "! ") + (code ? `[exit ${code}]\n` : "")),
    );
  });
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function withPlaceholders(text: string, { work, codexHome, root }: Place): string {
  return text
    .replaceAll(codexHome, "[CODEX_HOME]")
    .replaceAll(work, "[WORK]")
    .replaceAll(root, "[ROOT]")
    .replaceAll(PACKAGES, "[PACKAGES]")
    .replaceAll(process.execPath, "[NODE]")
    .replace(/\b(Node|Python|Ruby) \d+\.\d+\.\d+\S*?(?=[ ,:)]|$)/gm, "$1 [VERSION]")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "[UUID]")
    .replace(/\d{13}-\[UUID\]\.log/g, "[LOG]")
    .replace(/\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d[.\d]*Z/g, "[TIME]")
    .replace(/("duration_ms": )[\d.]+/g, "$1N")
    .replace(/ *\b[\d.]+ m?s$/gm, "  N ms")
    .replace(/^( {4}(?:stdin|stdin, in a file|event): ).*$/gm, "$1{…}")
    .replace(/ +TIME$/gm, "  TIME");
}

/** Reads the script of a file. */
export function readScript(file: string): Script {
  return parseScript(readFileSync(file, "utf8"));
}

/** Writes what a script prints now below its divider: `UPDATE_SCRIPTS=1 npx vitest run packages/cli`, then read the diff. */
export function updateScript(file: string, script: Script, transcript: string): void {
  writeFileSync(file, script.top + DIVIDER + transcript);
}
