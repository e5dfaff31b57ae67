/**
 * `pnpm generate` writes every generated file of the repository: the schema's and every language's. `pnpm generate --check` writes
 * nothing and exits with 1 when one of them is missing, changed or stale.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { driftMessage, findDrift, mend } from "../../schema/generator/drift.ts";
import { GenerateError } from "../../schema/generator/refuse.ts";
import { CodegenError } from "./errors.ts";
import { generateAll } from "./generate.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

async function main(args: readonly string[]): Promise<number> {
  const { files, folders } = await generateAll(ROOT);
  const drifts = findDrift(ROOT, files, folders);
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
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof GenerateError || error instanceof CodegenError)) throw error;
  process.exitCode = say(error.message, 1);
}
