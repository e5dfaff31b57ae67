import { access, constants, open, stat } from "node:fs/promises";
import type { Origin } from "@xcodex/hooks-dispatcher";
import { systemReason } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { fail } from "./section.ts";

/**
 * Why a script cannot be read, if it cannot.
 *
 * @param samples the sample set that brings scripts of this kind, if there is one
 */
export async function scriptFinding(
  path: string,
  samples: string | undefined,
  origin: Origin,
): Promise<Finding | undefined> {
  const subject = `script ${path}`;
  const broken = (state: string, advice: string): Finding => fail("script", subject, state, advice, { origin });
  const found = await stat(path).catch(() => undefined);
  const install = samples === undefined ? "" : `, or run: xcodex hooks install samples ${samples}`;
  if (!found) return broken("it is not there", `Mend the path${install}.`);
  if (!found.isFile()) return broken("it is no regular file", "Mend the path.");
  try {
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return broken(systemReason(error), `Run: chmod u+r '${path}'.`);
  }
}

/** Bytes in which a first line ends, if it is one for the system. */
const FIRST_LINE = 256;

/** The first line of a file, without its line feed; "" when it cannot be read. */
export async function firstLine(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return "";
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_LINE), 0, FIRST_LINE, 0);
    return buffer.subarray(0, bytesRead).toString("latin1").split("\n", 1)[0] ?? "";
  } finally {
    await file.close();
  }
}
