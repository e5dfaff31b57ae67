import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AddonInfo } from "@xcodex/hooks-pyo3";
import type { Context } from "../context.ts";
import { packageFile } from "../package-file.ts";
import { runProgram, whatWentWrong } from "../programs.ts";

/** In milliseconds: Node and Python start once. */
const VERIFY_MS = 90_000;

/** Loads an addon in a process of its own and asks it what it is. A text when that goes wrong: why. Nothing is written. */
export async function askAddon(addon: string, context: Context): Promise<AddonInfo | string> {
  return verify([addon], context);
}

/** The same, and has it start Python, import C extensions and call a function with an event. */
export async function tryAddon(addon: string, buildDir: string, context: Context): Promise<AddonInfo | string> {
  const folder = join(buildDir, `verify-${randomUUID()}`);
  try {
    return await verify([addon, folder], context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verify(args: readonly string[], context: Context): Promise<AddonInfo | string> {
  const argv = [context.node, packageFile("bundle/verify-addon.mjs"), ...args];
  const ran = await runProgram(argv, { env: context.env, deadlineMs: VERIFY_MS });
  if (ran.code !== 0) return whatWentWrong(ran);
  return JSON.parse(ran.stdout) as AddonInfo;
}
