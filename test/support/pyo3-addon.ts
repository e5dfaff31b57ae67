import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CRATE = join(ROOT, "packages", "pyo3", "crate");

/** What is asked of `python3` before anything is built for it. */
const QUESTION = `
import json, os, platform, sys, sysconfig
of = sysconfig.get_config_var
# What the linker looks for; distributions have it in a package of its own.
library = os.path.join(of("LIBDIR") or "", of("LDLIBRARY") or "")
shared = bool(of("PYTHONFRAMEWORK") or (of("Py_ENABLE_SHARED") and os.path.exists(library)))
print(json.dumps({"executable": sys.executable, "version": platform.python_version(), "shared": shared}))
`;

interface Interpreter {
  readonly executable: string;
  readonly version: string;
  readonly shared: boolean;
}

let building: Promise<{ addon: string } | { skipped: string }> | undefined;

/**
 * The addon of `packages/pyo3`, built with cargo for the `python3` on the PATH into `node_modules/.cache/pyo3/<version of Python>/`. Building
 * it from nothing takes a minute or two, after that a moment.
 *
 * On a user's machine a missing toolchain is a skip that says what is missing; where `CI` is set it is an error, and so is a build that fails.
 */
export function pyo3Addon(): Promise<{ addon: string } | { skipped: string }> {
  building ??= build();
  return building;
}

/**
 * The interpreter that the addon is built for: what `python3` on the PATH says of itself, past any shim.
 *
 * @throws when there is no `python3`
 */
export async function addonPython(): Promise<Interpreter> {
  const { stdout } = await run("python3", ["-c", QUESTION]);
  return JSON.parse(stdout) as Interpreter;
}

async function build(): Promise<{ addon: string } | { skipped: string }> {
  const python = await addonPython().catch(() => undefined);
  const lacking = await whatIsMissing(python);
  if (lacking && process.env.CI) throw new Error(`Cannot build the Python addon: ${lacking}. Install it.`);
  if (lacking || !python) return { skipped: lacking ?? "python3 not found" };
  const folder = join(ROOT, "node_modules", ".cache", "pyo3", python.version);
  await mkdir(folder, { recursive: true });
  await cargo(folder, python.executable);
  return { addon: await installed(folder) };
}

async function whatIsMissing(python: Interpreter | undefined): Promise<string | undefined> {
  if (!python) return "python3 not found";
  if (!python.shared) return `${python.executable} has no shared libpython`;
  const [cargo, rustc] = await Promise.all(["cargo", "rustc"].map(minorOf));
  const needed = Number(/^rust-version = "1\.(\d+)"/m.exec(await readFile(join(CRATE, "Cargo.toml"), "utf8"))?.[1]);
  if (cargo === undefined || rustc === undefined) return "cargo not found";
  return rustc < needed ? `Rust 1.${needed} not found, only 1.${rustc}` : undefined;
}

/** The second number of a Rust program's version; undefined when it is not there. */
async function minorOf(program: string): Promise<number | undefined> {
  const said = await run(program, ["--version"]).catch(() => undefined);
  return said && Number(/ 1\.(\d+)/.exec(said.stdout)?.[1]);
}

async function cargo(target: string, python: string): Promise<void> {
  const env = { ...process.env, CARGO_TARGET_DIR: target, PYO3_PYTHON: python };
  try {
    await run("cargo", ["build", "--release", "--locked"], { cwd: CRATE, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`Cannot build the Python addon: cargo failed.\n${(stderr ?? String(error)).slice(-8000)}`);
  }
}

/** Puts the library where Node takes it for an addon. Never over one that is loaded: a new file takes its name. */
async function installed(folder: string): Promise<string> {
  const library = join(folder, "release", process.platform === "darwin" ? "libxcodex_pyo3.dylib" : "libxcodex_pyo3.so");
  const addon = join(folder, "xcodex-pyo3.node");
  const [from, to] = await Promise.all([stat(library), stat(addon).catch(() => undefined)]);
  if (to && to.mtimeMs >= from.mtimeMs && to.size === from.size) return addon;
  const copy = `${addon}.${process.pid}`;
  await copyFile(library, copy);
  await rename(copy, addon);
  return addon;
}
