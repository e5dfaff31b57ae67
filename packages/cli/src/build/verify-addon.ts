/**
 * A program of its own, because an addon that cannot be loaded may take its process along:
 *
 *   node verify-addon.mjs ADDON [FOLDER]
 *
 * prints what the addon says about itself as one line of JSON. With a FOLDER it also starts Python in it, with a script that it writes
 * there, and ends with 1 when that goes wrong. What went wrong stands on standard error, in one line.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeAddon, openPython, type Report } from "@xcodex/hooks-pyo3";

/** C extensions of the standard library look for libpython's symbols; which of them are files of their own differs. */
const SCRIPT = `import importlib

for name in ("_struct", "math", "_random", "_json", "_socket", "zlib", "_ctypes"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        pass


def on_event(event):
    if event != {"text": "\\u00fc", "numbers": [1, 2.5, 12345678901234567890], "nothing": None}:
        raise ValueError(repr(event))
`;

const EVENT = '{"text": "\\u00fc", "numbers": [1, 2.5, 12345678901234567890], "nothing": null}';

/** In milliseconds. A cold disk has Python's standard library to read. */
const CALL_MS = 30_000;

async function main([addon = "", folder]: readonly string[]): Promise<void> {
  const info = describeAddon(addon);
  if (folder !== undefined) needSuccess(await callPython(addon, folder));
  process.stdout.write(`${JSON.stringify(info)}\n`);
}

function callPython(addon: string, folder: string): Promise<Report> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const script_path = join(folder, "verify.py");
  writeFileSync(script_path, SCRIPT, { flag: "wx", mode: 0o600 });
  const files = { addon, codex_home: folder, script_path, log: join(folder, "verify.log") };
  return new Promise((resolve) => {
    const python = openPython({ ...files, callable: "on_event", batch: false, timeout_ms: CALL_MS }, resolve);
    python.hold(true);
    python.deliver(1, `[${EVENT}]`, 1);
  });
}

function needSuccess({ failed: [failure] }: Report): void {
  if (failure) throw new Error(`Python in it fails: ${failure.error}`);
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
