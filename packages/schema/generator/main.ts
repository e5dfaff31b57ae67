/**
 * `pnpm generate` writes every file that is generated from packages/schema/src; `pnpm generate --check` writes nothing and
 * exits with 1 when one of them is missing, changed or stale.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { driftMessage, findDrift, mend } from "./drift.ts";
import { GENERATED_FOLDERS, generate } from "./generate.ts";
import { GenerateError } from "./refuse.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

function main(args: readonly string[]): number {
  const files = generate();
  const drifts = findDrift(ROOT, files, GENERATED_FOLDERS);
  if (drifts.length === 0) return say(`${files.size} generated files are up to date.`, 0);
  if (args.includes("--check")) return say(driftMessage(drifts), 1);
  mend(ROOT, files, drifts);
  return say(drifts.map(({ path, state }) => `${state === "stale" ? "removed" : "written"} ${path}`).join("\n"), 0);
}

function say(text: string, exitCode: number): number {
  (exitCode === 0 ? console.log : console.error)(text);
  return exitCode;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof GenerateError)) throw error;
  process.exitCode = say(error.message, 1);
}
