// Changesets bump package.json only. This brings every other file that says a version into step with the package.json beside it:
// `node scripts/sync-versions.mjs`, part of `pnpm run version`; with --check nothing is written, and the exit code is 1 when one differs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./workspace.mjs";

/** Where a version stands in a file: what is before it, the version, what is after it. The first match counts. */
const PATTERNS = {
  "deno.json": /("version":\s*")([^"]+)(")/,
  "pyproject.toml": /(^version\s*=\s*")([^"]+)(")/m,
  "Cargo.toml": /(^version\s*=\s*")([^"]+)(")/m,
  "Cargo.lock": /(name = "xcodex-hooks"\nversion = ")([^"]+)(")/,
  "pom.xml": /(<artifactId>xcodex-hooks(?:-[a-z-]+)?<\/artifactId>\s*<version>)([^<]+)(<)/,
  gemspec: /(\.version\s*=\s*")([^"]+)(")/,
};

function patternFor(name) {
  return PATTERNS[name] ?? (name.endsWith(".gemspec") ? PATTERNS.gemspec : undefined);
}

/** Every file that says a version of a package: its path relative to the repository, what it says, what it should say. */
export function versions(root = ROOT) {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name: folder }) => {
    const names = readdirSync(join(root, "packages", folder));
    if (!names.includes("package.json")) return [];
    const { version } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    return names.filter(patternFor).map((name) => {
      const path = `packages/${folder}/${name}`;
      const found = patternFor(name).exec(readFileSync(join(root, path), "utf8"));
      return { path, says: found?.[2], should: version };
    });
  });
}

function mend({ path, should }) {
  const file = join(ROOT, path);
  const name = path.split("/").at(-1);
  writeFileSync(file, readFileSync(file, "utf8").replace(patternFor(name), `$1${should}$3`));
}

function main(args) {
  const differing = versions().filter(({ says, should }) => says !== should);
  for (const { path, says, should } of differing) {
    if (says === undefined) console.error(`Cannot find the version in ${path}: nothing in it looks like one.`);
    else if (args.includes("--check"))
      console.error(`Cannot use ${path}: it says ${says}, and package.json ${should}.`);
    else mend({ path, should });
    if (says !== undefined && !args.includes("--check")) console.log(`${path}: ${says} is now ${should}`);
  }
  const failed = args.includes("--check") ? differing.length > 0 : differing.some(({ says }) => says === undefined);
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
