// What the root scripts share: they need nothing on the machine but Node and npm.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the workspace. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** Runs a command with the terminal's input and output; true when it succeeded. */
export function run(command, args, options = {}) {
  const shell = process.platform === "win32";
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell, ...options });
  if (error) console.error(`Cannot run ${command}: ${error.message}.`);
  return status === 0;
}

/** Whether a program is on the machine. */
export function has(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Runs exactly the pinned pnpm: another version would try to switch to it and fail (no downloads by itself). */
export function pnpm(...args) {
  return run("npx", ["-y", packageManager, ...args], { env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } });
}

/** Installs from the lockfile and builds every package. Ends the process when that fails. */
export function installAndBuild() {
  step("install");
  if (!pnpm("install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn")) process.exit(1);
  step("build");
  if (!pnpm("run", "build", "--output-logs=errors-only")) process.exit(1);
}

/** Prints the heading of a step. */
export function step(name) {
  console.log(`\n== ${name}`);
}
