import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { Pyo3Error } from "./errors.ts";
import type { Report } from "./report.ts";

/** What an addon says about itself. */
export interface AddonInfo {
  /** Version of the crate that it was built from. */
  readonly version: string;
  /** Version of Python, as in `3.11.7`. */
  readonly python: string;
  /** The interpreter that it was built for; absolute. */
  readonly executable: string;
}

/** One script that was opened, as the addon hands it out (`crate/src/lib.rs`). */
export interface Handle {
  deliver(ticket: number, events: string | Uint8Array, count: number): void;
  /** The reports that came since the last call. */
  reports(): Report[];
  close(): void;
}

/** What the addon exports (`crate/src/lib.rs`). */
export interface Addon {
  info(): AddonInfo;
  open(
    options: {
      codexHome: string;
      scriptPath: string;
      callable: string;
      batch: boolean;
      timeoutMs: number;
      log: string;
    },
    wake: () => void,
  ): Handle;
}

const loaded = new Map<string, Addon>();

/**
 * What an addon says about itself. It is loaded for that, for as long as the process lives; Python is not started.
 *
 * @throws Pyo3Error `addon_missing`, `addon_broken`, `addon_mismatch`
 */
export function describeAddon(addon: string): AddonInfo {
  return loadAddon(addon).info();
}

/**
 * Loads an addon, once.
 *
 * @throws Pyo3Error `addon_missing`, `addon_broken`, `addon_mismatch`
 */
export function loadAddon(path: string): Addon {
  const known = loaded.get(path);
  if (known) return known;
  if (!existsSync(path)) {
    throw new Pyo3Error("addon_missing", `Cannot load the Python addon "${path}": it is not there. ${BUILD}.`);
  }
  const addon = open(path);
  const { version } = addon.info();
  const own = ownVersion();
  if (version !== own) {
    const state = `it was built from version ${version}, and this is ${own}`;
    throw new Pyo3Error("addon_mismatch", `Cannot use the Python addon "${path}": ${state}. ${BUILD} again.`);
  }
  loaded.set(path, addon);
  return addon;
}

const BUILD = "Build it: xcodex hooks build pyo3";

/** With global symbols: the C extensions of the standard library look for those of libpython. */
const FLAGS = constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL;

function open(path: string): Addon {
  const module: { exports: Partial<Addon> } = { exports: {} };
  try {
    process.dlopen(module, path, FLAGS);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw broken(path, said.trim().split("\n")[0] ?? "", { cause });
  }
  if (typeof module.exports.info !== "function") throw broken(path, "it is another addon");
  return module.exports as Addon;
}

function broken(path: string, state: string, options?: ErrorOptions): Pyo3Error {
  return new Pyo3Error("addon_broken", `Cannot load the Python addon "${path}": ${state}. ${BUILD} again.`, options);
}

function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
