import { access, constants, stat } from "node:fs/promises";
import { systemReason } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { fail, ok, type Patient, warn } from "./section.ts";

/** What is kept about hooks: what they were told is for nobody else to read. */
export async function checkFolders({ paths, context }: Patient): Promise<readonly Finding[]> {
  const { tmp, payloads, logs, host_logs, records } = paths;
  const folders = await Promise.all(
    [tmp, payloads, logs, host_logs].map((path) => checkFolder(path, context.platform)),
  );
  const findings = [...folders, await checkRecords(records, context.platform)].filter((found) => found !== undefined);
  if (findings.length > 0) return findings;
  const state = (await stat(tmp).catch(() => undefined)) ? `${tmp}, for you alone` : `${tmp}, made when it is needed`;
  return [ok("folders", "payloads, logs and records", state)];
}

async function checkFolder(path: string, platform: NodeJS.Platform): Promise<Finding | undefined> {
  const check = "folders";
  const subject = `folder ${path}`;
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (!found.isDirectory()) return fail(check, subject, "it is no folder", "Move it away.");
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    return fail(check, subject, `nothing can be written: ${systemReason(error)}`, `Run: chmod u+rwx '${path}'.`);
  }
  if (platform === "win32" || (found.mode & 0o077) === 0) return undefined;
  return warn(
    check,
    subject,
    "others may look into it",
    `Run: chmod 700 '${path}'. (It is done when the next hook runs.)`,
  );
}

async function checkRecords(path: string, platform: NodeJS.Platform): Promise<Finding | undefined> {
  const check = "records";
  const subject = `records ${path}`;
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (!found.isFile()) return fail(check, subject, "it is no regular file", "Move it away.");
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    return fail(check, subject, `nothing can be written: ${systemReason(error)}`, `Run: chmod u+rw '${path}'.`);
  }
  if (platform === "win32" || (found.mode & 0o077) === 0) return undefined;
  return warn(check, subject, "others may read it", `Run: chmod 600 '${path}'.`);
}
