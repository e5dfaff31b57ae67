import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Argv, findLanguages, type Language, type Requirement } from "../../packages/codegen/src/index.ts";

/** Folder of the repository. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Every language, by its manifest. */
export const LANGUAGES: readonly Language[] = findLanguages(ROOT);

/** The language in a folder. */
export function languageIn(folder: URL): Language {
  const path = fileURLToPath(folder).replace(/[\\/]$/, "");
  const found = LANGUAGES.find((language) => language.folder === path);
  if (found) return found;
  throw new Error(`Cannot test the language in "${path}": it has no language.json. Write one.`);
}

/** Tools that only the checks need stand here when `.ci/run` has installed them. */
const PYTHON_TOOLS = join(ROOT, "node_modules", ".cache", "python-tools", "bin");

/** The environment in which a language's programs run: what the workspace has installed comes first. */
export function environment(folder: string): Record<string, string> {
  const path = [
    join(folder, "node_modules", ".bin"),
    join(ROOT, "node_modules", ".bin"),
    process.env.PATH ?? "",
    // Last: it has a `python3` of its own, which is not the one to test.
    PYTHON_TOOLS,
  ].join(process.platform === "win32" ? ";" : ":");
  return { PATH: path, DENO_NO_UPDATE_CHECK: "1" };
}

/** Names of the programs that are not on the machine. */
export function missing(requirements: readonly Requirement[], folder: string): readonly string[] {
  const env = { ...process.env, ...environment(folder) };
  const absent = requirements.filter(
    ({ program, version = ["--version"] }) => spawnSync(program, version, { stdio: "ignore", env }).status !== 0,
  );
  return absent.map(({ program }) => program);
}

/**
 * Runs commands in a language's folder, one after another.
 *
 * @throws Error with what the command said, when one fails
 */
export function runAll(commands: readonly Argv[], folder: string): void {
  for (const [program, ...args] of commands) {
    const env = { ...process.env, ...environment(folder) };
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      ...{ cwd: folder, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (status === 0) continue;
    const said = error ? error.message : `${stdout}${stderr}`.slice(-8000);
    throw new Error(`Cannot run "${[program, ...args].join(" ")}" in ${folder}: it ended with ${status}.\n${said}`);
  }
}

/** An argv as it has to be started: what begins with a dot is relative to the language's folder. */
export function located(argv: readonly string[], folder: string): readonly string[] {
  return argv.map((word) => (/^\.{1,2}\//.test(word) ? join(folder, word) : word));
}
