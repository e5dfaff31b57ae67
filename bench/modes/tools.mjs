// What the rows need of the machine: Python, cargo, the original's method and the addon. What is missing is said, once.
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CACHE = join(ROOT, "node_modules", ".cache");
const ORIGINAL = fileURLToPath(new URL("./original", import.meta.url));
const ADDON_CRATE = join(ROOT, "packages", "pyo3", "crate");
const HOST = join(ROOT, "packages", "samples", "python-host", "host.py");
const PYTHON_SDK = join(ROOT, "packages", "sdk-python", "xcodex_hooks");

/** Folder of the hooks and loops that the rows run. */
export const HOOKS = fileURLToPath(new URL("./hooks", import.meta.url));

const ASK = `import json, sys, sysconfig
value = sysconfig.get_config_var
print(json.dumps({
  "executable": sys.executable, "version": sys.version.split()[0], "prefix": sys.base_prefix,
  "shared": bool(value("Py_ENABLE_SHARED") or value("PYTHONFRAMEWORK")), "libraries": value("LIBDIR"),
}))`;

/**
 * Finds and builds what there is.
 *
 * @returns `python` (`executable`, `version`, `env`: what an embedded interpreter needs), `host` (path of host.py), `original` (the program),
 *   `embeds` (whether it has PyO3) and `addon` (path); each undefined when it is missing
 */
export function findTools() {
  const python = findPython();
  if (!python) return {};
  const cargo = spawnSync("cargo", ["--version"], { encoding: "utf8" });
  const tools = { python, host: findHost() };
  if (cargo.status !== 0) {
    skip("cargo", "no row of the original's method, none of posix_spawn, and PyO3 only with XCODEX_HOOKS_PYO3");
    return { ...tools, addon: process.env.XCODEX_HOOKS_PYO3 };
  }
  return { ...tools, rust: cargo.stdout.trim().split(" ")[1], ...buildOriginal(python), addon: buildAddon(python) };
}

function skip(what, consequence) {
  console.log(`skipped: ${what} not found, so ${consequence}`);
}

/**
 * The interpreter itself: version managers put programs before it that cost more than it does.
 *
 * @returns `executable`, `version`, whether it is `shared`, and `env`, what it needs when it is embedded
 */
export function findPython() {
  const { status, stdout } = spawnSync("python3", ["-c", ASK], { encoding: "utf8" });
  if (status !== 0) return void skip("python3", "only in-process JavaScript is measured");
  const { prefix, libraries, ...python } = JSON.parse(stdout);
  const path = process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  return { ...python, env: { [path]: libraries, PYTHONHOME: prefix } };
}

/** Path of the Python host, laid out as `xcodex hooks install samples python-host` does it; undefined when there is none. */
export function findHost() {
  if (!existsSync(HOST)) return void skip("the sample python-host", "no row of the host");
  const hooks = join(CACHE, "bench-host", "hooks");
  const host = join(hooks, "host", "python", "host.py");
  mkdirSync(dirname(host), { recursive: true });
  copyFileSync(HOST, host);
  cpSync(PYTHON_SDK, join(hooks, "xcodex_hooks"), { recursive: true });
  return host;
}

function cargoBuild(folder, target, python, ...more) {
  const env = { ...process.env, CARGO_TARGET_DIR: target, PYO3_PYTHON: python.executable };
  const args = ["build", "--release", "--locked", "--quiet", ...more];
  return spawnSync("cargo", args, { cwd: folder, env, stdio: "inherit" }).status === 0;
}

function buildOriginal(python) {
  const target = join(CACHE, "bench-original");
  const embeds = python.shared;
  if (!embeds) skip(`a shared library of Python ${python.version}`, "no row of PyO3");
  if (!cargoBuild(ORIGINAL, target, python, ...(embeds ? ["--features", "python"] : []))) {
    skip("a build of bench/modes/original", "no row of the original's method and none of posix_spawn");
    return {};
  }
  return { original: join(target, "release", "bench-original"), embeds };
}

/** In the same place as test/support/pyo3-addon.ts, so that it is built once. */
function buildAddon(python) {
  if (process.env.XCODEX_HOOKS_PYO3) return process.env.XCODEX_HOOKS_PYO3;
  if (!python.shared) return undefined;
  const folder = join(CACHE, "pyo3", python.version);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(ADDON_CRATE)) return void skip("packages/pyo3/crate", "no row of PyO3 of ours");
  if (!cargoBuild(ADDON_CRATE, folder, python))
    return void skip("a build of packages/pyo3/crate", "no row of PyO3 of ours");
  const library = process.platform === "darwin" ? "libxcodex_pyo3.dylib" : "libxcodex_pyo3.so";
  return installed(join(folder, "release", library), join(folder, "xcodex-pyo3.node"));
}

/** Never over an addon that a test has loaded: a new file takes its name. */
function installed(library, addon) {
  const [from, to] = [statSync(library), statSync(addon, { throwIfNoEntry: false })];
  if (to && to.mtimeMs >= from.mtimeMs && to.size === from.size) return addon;
  const copy = `${addon}.${process.pid}`;
  copyFileSync(library, copy);
  renameSync(copy, addon);
  return addon;
}
