// Appends to the log files that hooks keep under CODEX_HOME.
import { closeSync, constants, mkdirSync, openSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The folder that hooks keep their files in: $CODEX_HOME, else ~/.codex. */
export function codexHome() {
  return process.env.CODEX_HOME || join(homedir(), ".codex");
}

/**
 * Appends a line to a file that only its owner may read. Hooks may do so at the same time: the whole line is one write
 * at the end of the file, so lines never mix.
 */
export function appendLine(name, line) {
  mkdirSync(codexHome(), { recursive: true, mode: 0o700 });
  const data = Buffer.from(`${line}\n`);
  const file = openSync(join(codexHome(), name), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    if (writeSync(file, data) !== data.length) {
      throw new Error(`Cannot append all of a line to ${name}: the disk is full. Make room.`);
    }
  } finally {
    closeSync(file);
  }
}
