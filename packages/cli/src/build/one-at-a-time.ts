import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CliError, isSystemError } from "../errors.ts";
import { removeFile } from "../files.ts";
import { processExists, processId } from "../programs.ts";

/**
 * Does something while nobody else does anything under the same lock: a file that says which process has it. A process that was killed
 * leaves its lock, and has it no longer.
 *
 * @throws CliError `build_running`
 */
export async function oneAtATime<Value>(lock: string, body: () => Promise<Value>): Promise<Value> {
  if (!(await take(lock))) {
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (owner > 0 && processExists(owner)) {
      const text = `Cannot build: another build (process ${owner}) is at it. Wait for it, or stop it.`;
      throw new CliError("build_running", text);
    }
    await removeFile(lock);
    if (!(await take(lock))) {
      throw new CliError("build_running", `Cannot build: another build has just begun. Wait for it.`);
    }
  }
  try {
    return await body();
  } finally {
    await removeFile(lock);
  }
}

async function take(lock: string): Promise<boolean> {
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(String(processId()));
    await file.close();
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw error;
  }
}
