// Changesets bump package.json only. This brings every other file that says a version into step with the package.json beside it:
// `node scripts/sync-versions.mjs`, part of `pnpm run version`; with --check nothing is written, and the exit code is 1 when one differs.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./workspace.mjs";

/** How a dependency on the module is written in XML, in poms and in what a README shows. */
const MAVEN = /(<artifactId>xcodex-hooks(?:-[a-z-]+)?<\/artifactId>\s*<version>)([^<]+)(<)/;

/** Where a version stands in a file: what is before it, the version, what is after it. The first match counts. */
const PATTERNS = [
  [/^deno\.json$/, /("version":\s*")([^"]+)(")/],
  [/^(pyproject|Cargo)\.toml$/, /(^version\s*=\s*")([^"]+)(")/m],
  [/^Cargo\.lock$/, /(name = "xcodex-(?:hooks|pyo3)"\nversion = ")([^"]+)(")/],
  [/^[a-z_]+\.gemspec$/, /(\.version\s*=\s*")([^"]+)(")/],
  [/^pom\.xml$/, MAVEN],
];

/** Files further down that say the version where they use the SDK; those that do not say it are none. */
const USERS = ["README.md", "template/hook/pom.xml"];

/** Folders of a package that have such files of their own. */
const INNER = ["crate"];

function patternFor(path) {
  return PATTERNS.find(([names]) => names.test(basename(path)))?.[1];
}

/** The files of a package's own folder, and of those inside that count. */
function filesOf(folder) {
  const inner = INNER.filter((name) => existsSync(join(folder, name)));
  return [
    ...readdirSync(folder),
    ...inner.flatMap((name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`)),
  ];
}

/** Every file that says a version of a package: its path relative to the repository, what it says, what it should say. */
export function versions(root = ROOT) {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name: folder }) => {
    const names = filesOf(join(root, "packages", folder));
    if (!names.includes("package.json")) return [];
    const { version } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    const file = (name, pattern) => {
      const path = `packages/${folder}/${name}`;
      return { path, pattern, says: pattern.exec(readFileSync(join(root, path), "utf8"))?.[2], should: version };
    };
    const own = names.filter(patternFor).map((name) => file(name, patternFor(name)));
    const users = USERS.filter((name) => existsSync(join(root, "packages", folder, name)));
    return [...own, ...users.map((name) => file(name, MAVEN)).filter(({ says }) => says !== undefined)];
  });
}

function mend({ path, pattern, should }) {
  const file = join(ROOT, path);
  writeFileSync(file, readFileSync(file, "utf8").replace(pattern, `$1${should}$3`));
}

function main(args) {
  const differing = versions().filter(({ says, should }) => says !== should);
  for (const found of differing) {
    const { path, says, should } = found;
    if (says === undefined) console.error(`Cannot find the version in ${path}: nothing in it looks like one.`);
    else if (args.includes("--check"))
      console.error(`Cannot use ${path}: it says ${says}, and package.json ${should}.`);
    else mend(found);
    if (says !== undefined && !args.includes("--check")) console.log(`${path}: ${says} is now ${should}`);
  }
  const failed = args.includes("--check") ? differing.length > 0 : differing.some(({ says }) => says === undefined);
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
