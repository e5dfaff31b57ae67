import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What readers of our pages have installed, and where it is here. */
const INSTALLED: readonly (readonly [name: string, folder: string])[] = [
  ["@xcodex/hooks", "packages/sdk-node"],
  ["@xcodex/hooks-dispatcher", "packages/dispatcher"],
  ["@xcodex/hooks-schema", "packages/schema"],
  ["@types", "node_modules/@types"],
];

/**
 * Type-checks or compiles the files of a reader's project, in which our packages are installed.
 *
 * @param include which files, as in a tsconfig.json
 * @returns what tsc has to say: "" when nothing is wrong
 */
export function compileProject(project: string, include: string, more: Readonly<Record<string, unknown>> = {}): string {
  mkdirSync(join(project, "node_modules", "@xcodex"), { recursive: true });
  for (const [name, folder] of INSTALLED) symlinkSync(join(ROOT, folder), join(project, "node_modules", name));
  const compilerOptions = { module: "NodeNext", target: "ES2022", types: ["node"], strict: true, ...more };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: [include] }));
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  return status === 0 ? stdout : `${stdout}${stderr}` || `tsc ended with ${status}`;
}
