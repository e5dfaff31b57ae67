// What `xcodex hooks install sdks` installs, as a part of this package: the SDK files of every language, and a manifest of them.
//
//   node scripts/sdk-assets.mjs [PACKAGES [TARGET [VERSION]]]
//
// A folder of PACKAGES with a `language.json` is a language (`Manifest` in packages/codegen/src/manifest.ts); nothing else says which
// there are. Below TARGET every file keeps its folders and gets `.asset` behind its name: npm leaves `.gitignore` and others out of
// packages, and reads rules from them.
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ignore from "ignore";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const LANGUAGE = "language.json";
const SUFFIX = ".asset";
const NAME = /^[a-z][a-z0-9-]*$/;
/** Words that mean something else after `install sdks`. */
const RESERVED = ["all", "list"];
/** Where the command line notes what it installed. */
const STAMP = ".installed.json";

/** Something in a `language.json` that has to be mended before anything is shipped. */
class AssetError extends Error {}

function fail(what, state, advice) {
  throw new AssetError(`Cannot ship ${what}: ${state}. ${advice}`);
}

/** Every SDK of every language, with the single files it installs. */
function collect(packages) {
  const languages = readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const sdks = languages.flatMap((folder) => sdksOf(packages, folder));
  needOneMeaningPerName(sdks);
  needOneFilePerPlace(sdks, packages);
  return sdks.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function sdksOf(packages, folder) {
  const where = `${folder}/${LANGUAGE}`;
  const language = readLanguage(join(packages, folder, LANGUAGE), where);
  if (language === undefined) return [];
  if (!Array.isArray(language.sdks)) fail(where, 'its "sdks" are no list', "List what users can install, or [].");
  return language.sdks.map((sdk, index) => readSdk(sdk, `sdks[${index}] of ${where}`, packages, folder));
}

function readLanguage(file, where) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(where, error.message, "Write one JSON object.");
  }
}

function readSdk(sdk, where, packages, folder) {
  for (const name of [sdk.id, ...list(sdk.aliases, `aliases of ${where}`)]) needName(name, where);
  if (!isLine(sdk.title)) fail(where, "its title is no line of text", "Write one line for lists.");
  for (const note of list(sdk.notes, `notes of ${where}`)) {
    if (!isLine(note))
      fail(where, `its note ${JSON.stringify(note)} is no line of text`, "Write one sentence per note.");
  }
  const entries = list(sdk.files, `files of ${where}`);
  const files = entries.flatMap((entry) =>
    expand(entry, `${JSON.stringify(entry?.from)} of ${where}`, packages, folder),
  );
  if (files.length === 0) fail(where, "it has no files", "List the SDK and its template.");
  const { id, aliases, title, notes } = sdk;
  const template = readTemplate(sdk.template, files, where);
  return { id, aliases, title, files: files.sort((a, b) => (a.to < b.to ? -1 : 1)), template, notes };
}

function needName(name, where) {
  if (typeof name !== "string" || !NAME.test(name))
    fail(where, `the name ${JSON.stringify(name)} cannot be typed`, "Use small letters, digits and hyphens.");
  if (RESERVED.includes(name)) fail(where, `the name "${name}" means something else there`, "Choose another one.");
}

function isLine(value) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return typeof value === "string" && value.trim() !== "" && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value);
}

function list(value, what) {
  if (!Array.isArray(value)) fail(`the ${what}`, "they are no list", "Write [].");
  return value;
}

/** The single files of an entry. A file that is named is taken; of a folder that is named, what git ignores is left out. */
function expand(entry, where, packages, folder) {
  needPlace(entry.from, where, '"from"');
  needPlace(entry.to, where, '"to"');
  const from = join(packages, folder, entry.from);
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (!found)
    fail(where, "there is no such file or folder", `Build it first, or mend the path in ${folder}/${LANGUAGE}.`);
  if (!realpathSync(from).startsWith(realpathSync(join(packages, folder)) + sep))
    fail(where, "a link on its way leads out of the language's folder", "Name the file itself.");
  const executable = entry.executable === true;
  if (found.isFile()) return [{ from: `${folder}/${entry.from}`, to: entry.to, executable }];
  if (!found.isDirectory()) fail(where, "it is neither a file nor a folder", "Name the file itself.");
  const rules = rulesFor(packages, from);
  if (isIgnored(rules, from, true))
    fail(where, "the folder is ignored by git, as build outputs are", "Name its files one by one.");
  const files = filesBelow(from, rules).map((path) => {
    const below = relative(from, path).split(sep).join("/");
    return { from: posix.join(folder, entry.from, below), to: posix.join(entry.to, below), executable };
  });
  if (files.length === 0) fail(where, "nothing is in the folder but what git ignores", "Name a folder with files.");
  return files;
}

/** Relative, below its root, written in the one way that is the same everywhere. */
function needPlace(path, where, what) {
  const ok =
    typeof path === "string" &&
    isLine(path) &&
    !/[\\:]/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!ok)
    fail(where, `its ${what} ${JSON.stringify(path)} leaves its folder or is not plain`, "Write a/relative/path.");
  if (path.split("/")[0] === STAMP)
    fail(where, `"${STAMP}" is where installed files are noted`, "Choose another place.");
}

/** The `.gitignore` files from the folder around PACKAGES down to `folder`: read here, so that no git has to be there. */
function rulesFor(packages, folder) {
  const root = dirname(packages);
  const parts = relative(root, folder).split(sep);
  return parts.reduce((rules, _, index) => withRules(rules, join(root, ...parts.slice(0, index))), []);
}

function withRules(rules, folder) {
  const file = join(folder, ".gitignore");
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return rules;
  return [{ folder, matcher: ignore().add(readFileSync(file, "utf8")) }, ...rules];
}

/** The nearest `.gitignore` that says something about a path decides. */
function isIgnored(rules, path, isFolder) {
  for (const { folder, matcher } of rules) {
    const name = relative(folder, path).split(sep).join("/") + (isFolder ? "/" : "");
    const { ignored, unignored } = matcher.test(name);
    if (ignored || unignored) return ignored;
  }
  return false;
}

function filesBelow(folder, above) {
  const rules = withRules(above, folder);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === ".git" || isIgnored(rules, path, entry.isDirectory())) return [];
    if (entry.isDirectory()) return filesBelow(path, rules);
    if (!entry.isFile()) fail(`"${path}"`, "it is no regular file, and packages hold only those", "Put a file there.");
    return [path];
  });
}

function readTemplate(template, files, where) {
  const { source, build, run } = template ?? {};
  if (!files.some((file) => file.to === source))
    fail(
      `the template of ${where}`,
      `its source ${JSON.stringify(source)} is none of its files`,
      "Name what is installed.",
    );
  for (const argv of [...list(build, `build commands of ${where}`), run]) needArgv(argv, where);
  return { source, build, run };
}

function needArgv(argv, where) {
  const ok = Array.isArray(argv) && argv.length > 0 && argv.every((word) => typeof word === "string" && word !== "");
  if (!ok) fail(`the template of ${where}`, `${JSON.stringify(argv)} is no command`, 'Write ["program", "argument"].');
  const strange = argv.find((word) => word.replaceAll("{{hooks}}", "").includes("{{"));
  if (strange)
    fail(`the template of ${where}`, `"${strange}" has an unknown placeholder`, "Only {{hooks}} is replaced.");
}

function needOneMeaningPerName(sdks) {
  const owners = new Map();
  for (const { id, aliases } of sdks) {
    for (const name of [id, ...aliases]) {
      if (owners.has(name))
        fail(`the SDK "${id}"`, `"${name}" also names "${owners.get(name)}"`, "Choose another name.");
      owners.set(name, id);
    }
  }
}

/** SDKs may share a file, but only the same one; and nothing is a file here and a folder there. */
function needOneFilePerPlace(sdks, packages) {
  const places = new Map();
  for (const { id, files } of sdks) {
    for (const file of files) {
      const content = readFileSync(join(packages, file.from));
      // Two names that differ in case are one file on many disks.
      const other = places.get(file.to.toLowerCase());
      if (other && !isSame(other, { ...file, content }))
        fail(`"${file.to}" of "${id}"`, `"${other.id}" installs something else there`, "Choose another place.");
      places.set(file.to.toLowerCase(), { id, ...file, content });
    }
  }
  for (const place of places.keys()) {
    for (let above = posix.dirname(place); above !== "."; above = posix.dirname(above)) {
      if (places.has(above)) fail(`"${place}"`, `"${above}" is installed as a file`, "Choose another place.");
    }
  }
}

function isSame(a, b) {
  return a.to === b.to && a.executable === b.executable && a.content.equals(b.content);
}

function write(sdks, packages, target, version) {
  rmSync(target, { recursive: true, force: true });
  for (const from of new Set(sdks.flatMap(({ files }) => files.map((file) => file.from)))) {
    const to = join(target, from + SUFFIX);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(packages, from), to);
  }
  const shipped = sdks.map((sdk) => ({
    ...sdk,
    files: sdk.files.map((file) => ({ ...file, from: file.from + SUFFIX })),
  }));
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify({ version, sdks: shipped }, null, 2)}\n`);
}

function main([packages = dirname(PACKAGE), target = join(PACKAGE, "bundle/sdks"), version = ownVersion()]) {
  try {
    const root = resolve(packages);
    write(collect(root), root, resolve(target), version);
  } catch (error) {
    if (!(error instanceof AssetError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function ownVersion() {
  return JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")).version;
}

main(process.argv.slice(2));
